/**
 * What a thread looks at: everything that others may have written to, the busy ones more often than the others.
 *
 * A source that had something lately is hot and looked at each time. The others are looked at in turn, one for each look at the hot ones,
 * and all of them before the thread sleeps and after it was woken. So a look costs what there is to do, not what there is: a thousand idle
 * handles make a busy one no slower. Those that nothing can come for rest, and are not looked at until they are heated, or somebody rings
 * for no other reason.
 *
 * @module
 */

/** Something that others write to: a client's replies, a service's requests, a watched value. */
export interface Source {
  /** Takes in what is there. Returns whether there was anything. Never throws. */
  poll(): boolean;
  /** Whether nothing can come before the thread itself does something; what ends such a source rings. */
  readonly idle?: boolean;
  /** Called every second, or every three while nothing happens, while something keeps the program running for it: looks for deaths that ring no bell. */
  checkAlive?(): void;
  /** Called when the program ends without having closed it. */
  abandon?(): void;
}

/** Looks in vain at all hot sources together after which one of them is one among the others again; each has some of its own. */
const COOLING_LOOKS = 2000;
const LEAST_COOLING_LOOKS = 16;

/** The sources of one thread. */
export class SourceSet {
  readonly #indexes = new Map<Source, number>();
  readonly #sources: Source[] = [];
  readonly #resting = new Set<Source>();
  #hot: Source[] = [];
  #idleLooks: number[] = [];
  #next = 0;

  /** How many there are. */
  get size(): number {
    return this.#sources.length + this.#resting.size;
  }

  /** Returns all of them, as they are now. */
  all(): Source[] {
    return [...this.#sources, ...this.#resting];
  }

  /** Adds a source. */
  add(source: Source): void {
    if (this.#indexes.has(source) || this.#resting.has(source)) return;
    this.#append(source);
  }

  #append(source: Source): void {
    this.#indexes.set(source, this.#sources.length);
    this.#sources.push(source);
  }

  /** Removes a source. Returns `false` if it was none. */
  delete(source: Source): boolean {
    return this.#take(source) || this.#resting.delete(source);
  }

  #take(source: Source): boolean {
    const index = this.#indexes.get(source);
    if (index === undefined) return false;
    this.#indexes.delete(source);
    const last = this.#sources.pop()!;
    if (last !== source) {
      this.#sources[index] = last;
      this.#indexes.set(last, index);
    }
    const hot = this.#hot.indexOf(source);
    if (hot >= 0) this.#cool(hot);
    return true;
  }

  /** Says that something is about to come for a source. */
  heat(source: Source): void {
    const hot = this.#hot.indexOf(source);
    if (hot >= 0) this.#idleLooks[hot] = 0;
    else {
      if (this.#resting.delete(source)) this.#append(source);
      else if (!this.#indexes.has(source)) return;
      this.#hot.push(source);
      this.#idleLooks.push(0);
    }
  }

  // New arrays: a look may be going through the old ones.
  #cool(hot: number): void {
    this.#hot = this.#hot.toSpliced(hot, 1);
    this.#idleLooks = this.#idleLooks.toSpliced(hot, 1);
  }

  /** Looks at the hot sources, and at one of the others. Returns whether there was anything. */
  pollHot(): boolean {
    let progress = false;
    const hot = this.#hot, idleLooks = this.#idleLooks;
    // The more there are, the sooner they cool: a thousand that are called in turn are not all looked at each time.
    const cooling = Math.max(LEAST_COOLING_LOOKS, COOLING_LOOKS / hot.length);
    for (let i = 0; i < hot.length; i++) {
      if (poll(hot[i])) {
        idleLooks[i] = 0;
        progress = true;
      } else if (++idleLooks[i] > cooling && this.#hot === hot) {
        this.#cool(i);
        break;
      }
    }
    const sources = this.#sources;
    if (sources.length <= this.#hot.length) return progress;
    if (this.#next >= sources.length) this.#next = 0;
    const source = sources[this.#next++];
    if (poll(source)) {
      this.heat(source);
      return true;
    }
    this.#restIfIdle(source);
    return progress;
  }

  #restIfIdle(source: Source): void {
    if (source.idle === true && this.#take(source)) this.#resting.add(source);
  }

  /** Looks at those that rest. Returns whether there was anything. */
  pollResting(): boolean {
    let progress = false;
    for (const source of [...this.#resting]) progress = poll(source) || progress;
    return progress;
  }

  /** Looks at all sources. Returns whether there was anything. */
  poll(): boolean {
    let progress = false;
    const sources = this.#sources;
    // From the end: one that is removed meanwhile leaves its place to one that was looked at already.
    for (let i = sources.length - 1; i >= 0; i--) {
      if (i >= sources.length) continue;
      const source = sources[i];
      if (poll(source)) {
        progress = true;
        this.heat(source);
      } else this.#restIfIdle(source);
    }
    return progress;
  }
}

function poll(source: Source): boolean {
  try {
    return source.poll();
  } catch (error) {
    // A fault of one source is an uncaught error of the program, not the end of all the others.
    reportError(error);
    return false;
  }
}
