/**
 * Explores a model: all interleavings of its actors' steps, all choices, and at every step of each actor its death.
 *
 * Breadth first, so that a counterexample is as short as can be. In each state the invariants are checked; in each state where nobody
 * can go on, that everybody may stay there, and the outcomes; at last, that from every state such an end can be reached without a
 * further death: nobody runs in circles for ever.
 *
 * @module
 */
import { type Actor, DEAD, decode, type Exploration, flush } from "./model.ts";
import { type Model, type State, TooManyStates, Turn, Violation } from "./model.ts";

/** How a state was reached: a step, a delayed store carried out, or the death with that index. */
const STEP = 0, FLUSH = 1, DEATH = 2;
const KINDS = 16;

/** An exploration under way. */
class Explorer {
  readonly #model: Model;
  readonly #keys: string[] = [];
  readonly #index = new Map<string, number>();
  readonly #parents: number[] = [];
  readonly #vias: number[] = [];
  // The transitions that are no deaths, for the way back from the ends.
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #ends: number[] = [];
  readonly #turn = new Turn();
  #transitions = 0;

  constructor(model: Model) {
    this.#model = model;
  }
  run(maxStates: number): Exploration {
    try {
      this.#reach(this.#model.initial, -1, 0);
      for (let at = 0; at < this.#keys.length; at++) {
        if (at >= maxStates) {
          throw new TooManyStates(`${this.#model.name}: more than ${maxStates} states`);
        }
        this.#expand(at);
      }
      this.#checkProgress();
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      return { ...this.#result(), violation: { what: error.message, trace: this.#trace(error) } };
    }
    return this.#result();
  }

  #result() {
    const { length: states } = this.#keys;
    return { states, transitions: this.#transitions, ends: this.#ends.length };
  }

  // Everything that can happen next.
  #expand(at: number): void {
    const state = decode(this.#keys[at]);
    let live = 0;
    for (const actor of this.#model.actors) {
      const { index, pc, buffer } = actor;
      if (state[pc] === DEAD) continue;
      live += this.#step(at, state, actor);
      if (buffer >= 0 && state[buffer] !== 0) {
        const next = state.slice();
        flush(next, actor);
        this.#link(at, this.#reach(next, at, index * KINDS + FLUSH));
        live++;
      }
      if (!this.#model.mayDie(state, actor)) continue;
      for (const [kind, death] of this.#model.deaths.entries()) {
        if (death.when?.(state, actor) === false) continue;
        const next = state.slice();
        flush(next, actor);
        death.effect(next, actor);
        next[0]--;
        next[pc] = DEAD;
        for (const variable of actor.variables) next[variable] = 0;
        this.#reach(next, at, index * KINDS + DEATH + kind);
      }
    }
    if (live === 0) this.#end(at, state);
  }

  #step(at: number, state: State, actor: Actor): number {
    const step = actor.steps[state[actor.pc]];
    if (step === undefined) return 0;
    const turn = this.#turn;
    let live = 0, options = 1;
    for (let choice = 0; choice < options; choice++) {
      turn.begin(state.slice(), actor, choice);
      let label: string | undefined;
      try {
        label = step(turn);
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        throw new Found(error.message, at, `${actor.name}: ${actor.labels[state[actor.pc]]}`);
      }
      options = turn.options;
      if (label === undefined) continue;
      const next = actor.places.get(label);
      if (next === undefined) throw new Error(`${actor.name} has no step ${label}`);
      turn.s[actor.pc] = next;
      this.#link(at, this.#reach(turn.s, at, actor.index * KINDS + STEP));
      live++;
    }
    return live;
  }

  #link(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  #reach(state: State, parent: number, via: number): number {
    this.#transitions++;
    const key = String.fromCharCode.apply(null, state);
    const there = this.#index.get(key);
    if (there !== undefined) return there;
    const at = this.#keys.push(key) - 1;
    this.#index.set(key, at);
    this.#parents.push(parent);
    this.#vias.push(via);
    for (const { what, holds } of this.#model.invariants) {
      if (!holds(state)) throw new Found(what, at);
    }
    return at;
  }

  #end(at: number, state: State): void {
    this.#ends.push(at);
    for (const { name, pc, steps, labels, rests } of this.#model.actors) {
      const label = labels[state[pc]];
      if (steps[state[pc]] === undefined || rests.get(label)?.(state)) continue;
      throw new Found(`${name} waits for ever at "${label}"`, at);
    }
    for (const { what, holds } of this.#model.outcomes) {
      if (!holds(state)) throw new Found(what, at);
    }
  }

  // Backwards from the ends: what is not met never ends.
  #checkProgress(): void {
    const count = this.#keys.length;
    const starts = new Int32Array(count + 1);
    for (const to of this.#to) starts[to + 1]++;
    for (let i = 0; i < count; i++) starts[i + 1] += starts[i];
    const sources = new Int32Array(this.#to.length);
    const filled = starts.slice();
    for (let i = 0; i < this.#to.length; i++) sources[filled[this.#to[i]]++] = this.#from[i];
    const met = new Uint8Array(count);
    const queue = this.#ends.slice();
    for (const end of queue) met[end] = 1;
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      for (let i = starts[state]; i < starts[state + 1]; i++) {
        if (met[sources[i]]) continue;
        met[sources[i]] = 1;
        queue.push(sources[i]);
      }
    }
    const lost = met.indexOf(0);
    if (lost >= 0) throw new Found("from here on it never ends", lost);
  }

  #trace({ at, last }: Found): string {
    const path: number[] = [];
    for (let state = at; state >= 0; state = this.#parents[state]) path.unshift(state);
    const lines = path.slice(1).map((state, i) => this.#describe(path[i], state));
    return [...lines, ...(last === undefined ? [] : [last])].join("\n");
  }

  #describe(before: number, after: number): string {
    const { actors, fields, deaths } = this.#model;
    const old = decode(this.#keys[before]), now = decode(this.#keys[after]);
    const actor = actors[Math.floor(this.#vias[after] / KINDS)];
    const kind = this.#vias[after] % KINDS;
    const what = kind === STEP
      ? `: ${actor.labels[old[actor.pc]]}`
      : kind === FLUSH
      ? ": its delayed store arrives"
      : ` ${deaths[kind - DEATH].name}`;
    const changes = fields.flatMap((field, i) =>
      i === 0 || old[i] === now[i] || actors.some(({ pc }) => pc === i)
        ? []
        : [`${field} = ${now[i]}`]
    );
    return `${actor.name}${what}${changes.length > 0 ? `   [${changes.join(", ")}]` : ""}`;
  }
}

/** Where something was found to be wrong. */
class Found extends Error {
  constructor(what: string, readonly at: number, readonly last?: string) {
    super(what);
  }
}

/** Explores a model completely, or up to its first violation. */
export const explore = (model: Model, maxStates = 8_000_000): Exploration =>
  new Explorer(model).run(maxStates);
