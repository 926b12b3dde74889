/** Adds up what the actors report, and says what is wrong. */
import { Channel, Mutex, SharedMemory, SharedValue } from "../../../membridge/mod.ts";
import type { ActorProcess } from "./actor_process.ts";
import { CallLedger, MessageLedger } from "./ledger.ts";
import { faultOf, type Payload } from "./payload.ts";
import type { FaultKind, Report } from "./reports.ts";
import { FIRST, MUTEX, SECOND, TABLE } from "./roles/lock_and_count.ts";
import { CHANNELS } from "./roles/send.ts";
import { type Counted, COUNTER } from "./roles/write.ts";

/** Faults of a kind that are told in full. */
const TOLD = 5;

/** The judge of one run. */
export class Judge {
  /** Operations by name, with those that ended in an error by its name. */
  readonly operations = new Map<string, number>();
  /** How many faults of each kind. */
  readonly faults = new Map<FaultKind, number>();
  /** The first ones of each kind. */
  readonly details: string[] = [];
  readonly #channels = new Map<string, MessageLedger>();
  readonly #calls = new CallLedger((kind, detail) => this.fault(kind, detail));
  readonly #raised = { value: 0, mutex: 0 };
  /** Actors that may have raised a counter without a report. */
  readonly #killed = { value: 0, mutex: 0 };

  constructor() {
    for (const { what } of CHANNELS) {
      this.#channels.set(
        what,
        new MessageLedger(what, (kind, detail) => this.fault(kind, detail)),
      );
    }
  }

  /** Whether anything was wrong. */
  get failed(): boolean {
    return this.faults.size > 0;
  }

  /** How many operations ended well. */
  get total(): number {
    let total = 0;
    for (const [what, count] of this.operations) if (!what.includes(":")) total += count;
    return total;
  }

  /** How often each operation ended, and how, a line each. */
  operationLines(): string[] {
    return [...this.operations].toSorted(([a], [b]) => a < b ? -1 : 1)
      .map(([what, count]) => `  ${what}: ${count}`);
  }

  /** What was wrong, and how often. */
  faultLines(): string[] {
    const counts = [...this.faults].map(([kind, count]) => `${count} ${kind}`);
    return [
      ...this.details.map((detail) => `FAULT ${detail}`),
      counts.length === 0 ? "no faults" : `faults: ${counts.join(", ")}`,
    ];
  }

  /** Something is wrong. */
  fault(kind: FaultKind, detail: string): void {
    const count = (this.faults.get(kind) ?? 0) + 1;
    this.faults.set(kind, count);
    if (count <= TOLD) {
      this.details.push(`${kind}: ${detail}`);
      console.error(`  ${kind}: ${detail}`);
    }
  }

  /** Takes in a report. */
  hear(actor: ActorProcess, report: Report): void {
    switch (report.kind) {
      case "tick":
        for (const [what, count] of Object.entries(report.operations)) {
          this.operations.set(what, (this.operations.get(what) ?? 0) + count);
        }
        break;
      case "fault":
        this.fault(report.fault, `${actor.describe()}: ${report.detail}`);
        break;
      case "sent":
        this.#channels.get(report.channel)!.sent(actor.number, report.first, report.last);
        break;
      case "got":
        this.#channels.get(report.channel)!.got(report);
        break;
      case "acked":
        this.#channels.get(report.channel)!.acked(report.by, report.number, report.atMs);
        break;
      case "raised":
        this.#raised[report.counter]++;
        break;
      case "ran":
        this.#calls.ran(report.by, report.number);
        break;
      case "answered":
        this.#calls.answered(actor.number, report.number, report.repeats);
        break;
      case "ended": {
        const { sharedDescriptors, sharedMappings } = report.resources;
        if (sharedDescriptors + sharedMappings > 0) {
          const held = `${sharedDescriptors} descriptors and ${sharedMappings} mappings`;
          this.fault("leak", `${actor.describe()} closed everything and has ${held}`);
        }
        break;
      }
    }
  }

  /** An actor was killed: of each thing it may have done one more than it said. */
  killed(actor: ActorProcess): void {
    if (actor.roles.includes("write")) this.#killed.value++;
    if (actor.roles.includes("lock")) this.#killed.mutex++;
  }

  /** After all actors ended: receives what is left, and compares what was said with what is there. */
  async close(prefix: string): Promise<void> {
    for (const { what } of CHANNELS) await this.#drain(prefix, what);
    for (const ledger of this.#channels.values()) ledger.close();
    this.#calls.close();
    this.#checkCounter("value", readCounter(prefix));
    this.#checkCounter("mutex", this.#readTable(prefix));
  }

  async #drain(prefix: string, what: string): Promise<void> {
    using channel = Channel.open<Payload>(`${prefix}.${what}`, { create: true });
    channel.end();
    for await (const message of channel.messages()) {
      const { value, redelivered } = message;
      const fault = faultOf(value);
      if (fault !== undefined) this.fault("torn", `${what}: ${fault}`);
      const { by, number } = value;
      this.#channels.get(what)!.got({ by, number, redelivered, atMs: Date.now() });
      message.ack();
    }
  }

  #readTable(prefix: string): number {
    using mutex = Mutex.open(`${prefix}.${MUTEX}`, { create: true });
    using guard = mutex.lockSync({ timeoutMs: 10_000 });
    const { what, sizeBytes } = TABLE;
    using memory = SharedMemory.open(`${prefix}.${what}`, { create: true, sizeBytes });
    const words = memory.view(Int32Array);
    const [first, second] = [words[FIRST], words[SECOND]];
    if (first !== second && !guard.previousOwnerDied) {
      this.fault("exclusion", `at the end the words are ${first} and ${second}`);
    }
    return first;
  }

  #checkCounter(counter: "value" | "mutex", count: number): void {
    const said = this.#raised[counter];
    const most = said + this.#killed[counter];
    if (count < said || count > most) {
      this.fault("lost", `the counter (${counter}) is ${count}; expected ${said} to ${most}`);
    }
  }
}

function readCounter(prefix: string): number {
  using value = SharedValue.open<Counted>(`${prefix}.${COUNTER.what}`, {
    create: true,
    history: COUNTER.history,
  });
  return value.get()?.count ?? 0;
}
