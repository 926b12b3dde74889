/** What became of each numbered thing that the actors reported: messages of a channel, and calls. */

/** Clocks of one machine that are read in two processes agree to this. */
const CLOCK_MS = 5;

/** What became of the things of one actor, at the index of their number. */
interface Fates {
  readonly announced: boolean[];
  readonly count: number[];
  readonly firstMs: number[];
  readonly unmarkedMs: number[];
  readonly doneMs: number[];
}

/** One delivery of a message. */
export interface Delivered {
  readonly by: number;
  readonly number: number;
  readonly redelivered: boolean;
  readonly atMs: number;
}

/** The messages of one channel. What is wrong is told to `fault`. */
export class MessageLedger {
  readonly #what: string;
  readonly #fault: (kind: "lost" | "duplicate", detail: string) => void;
  readonly #fates = new Map<number, Fates>();

  constructor(what: string, fault: (kind: "lost" | "duplicate", detail: string) => void) {
    this.#what = what;
    this.#fault = fault;
  }

  #of(by: number): Fates {
    let fates = this.#fates.get(by);
    if (fates === undefined) {
      fates = { announced: [], count: [], firstMs: [], unmarkedMs: [], doneMs: [] };
      this.#fates.set(by, fates);
    }
    return fates;
  }

  /** Messages are in the channel, say those who sent them. */
  sent(by: number, first: number, last: number): void {
    const { announced } = this.#of(by);
    for (let number = first; number <= last; number++) announced[number] = true;
  }

  /** A message came to somebody. Reports of several actors come in any order. */
  got({ by, number, redelivered, atMs }: Delivered): void {
    const fates = this.#of(by);
    const message = `${this.#what}: ${by}.${number}`;
    const firstMs = fates.firstMs[number] ?? Infinity;
    const unmarkedMs = fates.unmarkedMs[number] ?? Infinity;
    if (!redelivered && firstMs < atMs - CLOCK_MS) {
      this.#fault("duplicate", `${message} came again without a mark`);
    }
    if (unmarkedMs !== Infinity && (!redelivered || atMs < unmarkedMs - CLOCK_MS)) {
      this.#fault("duplicate", `${message} came twice without a mark`);
    }
    if (atMs > (fates.doneMs[number] ?? Infinity) + CLOCK_MS) {
      this.#fault("duplicate", `${message} came after it was acknowledged`);
    }
    fates.firstMs[number] = Math.min(firstMs, atMs);
    if (!redelivered) fates.unmarkedMs[number] = atMs;
    fates.count[number] = (fates.count[number] ?? 0) + 1;
  }

  /** A message is done. */
  acked(by: number, number: number, atMs: number): void {
    const { doneMs } = this.#of(by);
    if (doneMs[number] !== undefined) {
      this.#fault("duplicate", `${this.#what}: ${by}.${number} was acknowledged twice`);
    }
    doneMs[number] = atMs;
  }

  /** After everything was received: what was sent has come to somebody. Returns how many messages came. */
  close(): number {
    let came = 0;
    for (const [by, { announced, count }] of this.#fates) {
      announced.forEach((_, number) => {
        if (count[number] === undefined) this.#fault("lost", `${this.#what}: ${by}.${number}`);
      });
      count.forEach(() => came++);
    }
    return came;
  }
}

/** The calls of all actors. What is wrong is told to `fault`. */
export class CallLedger {
  readonly #fault: (kind: "wrong", detail: string) => void;
  readonly #runs = new Map<number, number[]>();
  readonly #answered: { by: number; number: number; repeats: boolean }[] = [];

  constructor(fault: (kind: "wrong", detail: string) => void) {
    this.#fault = fault;
  }

  /** A call began at a service. */
  ran(by: number, number: number): void {
    let runs = this.#runs.get(by);
    if (runs === undefined) this.#runs.set(by, runs = []);
    runs[number] = (runs[number] ?? 0) + 1;
  }

  /** A call was answered. */
  answered(by: number, number: number, repeats: boolean): void {
    this.#answered.push({ by, number, repeats });
  }

  /** After everything ended: each answered call ran, and one that must not run twice did not. */
  close(): void {
    const seen = new Set<string>();
    for (const { by, number, repeats } of this.#answered) {
      const call = `call ${by}.${number}`;
      const runs = this.#runs.get(by)?.[number] ?? 0;
      if (runs === 0) this.#fault("wrong", `${call} was answered, and never ran`);
      if (runs > 1 && !repeats) this.#fault("wrong", `${call} ran ${runs} times`);
      if (seen.has(call)) this.#fault("wrong", `${call} was answered twice`);
      seen.add(call);
    }
  }
}
