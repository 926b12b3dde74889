/** What a subscriber has not got yet: several messages are taken out of the memory at a time, so that it is not overtaken while it handles one. */
import type { Versions } from "../value/versions.ts";
import type { TopicDelivery } from "./topic.ts";

/** A look takes up to so many messages. */
const BATCH_ITEMS = 64;
/** A look takes no further message after so many bytes. */
const BATCH_BYTES = 1 << 18;

/** One subscriber's place in a topic. */
export class Backlog<T> {
  readonly #versions: Versions<T>;
  readonly #taken: TopicDelivery<T>[] = [];
  /** How many of `#taken` were delivered. */
  #delivered = 0;
  /** The next version to take out of the memory. */
  #next: number;
  #missed = 0;
  #seen: number;

  /** @param first The first version that is wanted. */
  constructor(versions: Versions<T>, first: number) {
    this.#versions = versions;
    this.#next = first;
    this.#seen = first - 1;
  }

  /** Up to which version everything was delivered or missed. */
  get seen(): number {
    return this.#seen;
  }

  /**
   * Returns the next message, in order; `undefined` when there is none.
   *
   * @throws as reading a version does; the messages before it were delivered.
   */
  take(): TopicDelivery<T> | undefined {
    if (this.#delivered === this.#taken.length) {
      this.#taken.length = this.#delivered = 0;
      this.#refill();
    }
    const delivery = this.#taken[this.#delivered];
    if (delivery === undefined) {
      this.#seen = this.#next - 1;
      return undefined;
    }
    this.#delivered++;
    this.#seen = delivery.version;
    return delivery;
  }

  #refill(): void {
    const last = this.#versions.countableVersion;
    let bytes = 0;
    while (this.#next <= last && this.#taken.length < BATCH_ITEMS && bytes < BATCH_BYTES) {
      try {
        const message = this.#versions.at(this.#next);
        if (message === undefined) {
          this.#skip(last);
          continue;
        }
        bytes += message.sizeBytes;
        this.#taken.push({ version: this.#next, value: message.value, missed: this.#missed });
      } catch (error) {
        // Those before it are delivered first; then it is met again.
        if (this.#taken.length > 0) return;
        throw error;
      }
      this.#missed = 0;
      this.#next++;
    }
  }

  // Overtaken: on with the oldest that is there.
  #skip(last: number): void {
    // No higher than what was there before: further ones are for the next look, which finds them wherever `oldest` is then.
    const next = Math.min(last + 1, Math.max(this.#next + 1, this.#versions.oldest));
    this.#missed += next - this.#next;
    this.#next = next;
  }
}
