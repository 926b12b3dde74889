/**
 * Remembers which objects are being taken for equal while their contents are compared.
 *
 * With cycles, comparing two objects comes back to comparing them; with shared parts, the same two
 * are met again and again. Objects taken for equal are joined into classes, so each
 * comparison either joins two classes, of which there are only so many, or is known already.
 *
 * Mirrors: the Hopcroft-Karp test whether two automata accept the same language.
 * Cost: near O(1) for a check.
 */
export class AssumedEqual {
  /** From an object to another one of its class; the last of a chain speaks for the class. */
  readonly #next = new Map<object, object>();

  /** Takes two objects for equal, and tells whether they already were. */
  check(a: object, b: object): boolean {
    const first = this.#speaker(a), second = this.#speaker(b);
    if (first === second) return true;
    this.#next.set(first, second);
    return false;
  }

  #speaker(object: object): object {
    let current = object;
    let next = this.#next.get(current);
    while (next !== undefined) {
      const afterNext = this.#next.get(next);
      // Halves the chain on the way.
      if (afterNext !== undefined) this.#next.set(current, afterNext);
      current = next;
      next = afterNext;
    }
    return current;
  }
}
