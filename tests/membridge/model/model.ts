/**
 * What a model of a protocol is made of: shared words, kernel locks, and actors that take one step at a time.
 *
 * A state is a list of small numbers: the words, the locks, the actors' private variables and where each actor is. A step is ONE access
 * to shared memory or ONE system call, checked by {@linkcode Turn}, with whatever private work belongs to it. What the holder of a lock
 * loads of words that are only written under that lock is as good as private, and read with {@linkcode Turn.protected}.
 *
 * Memory is sequentially consistent, as `Atomics` are, unless a mutation calls {@linkcode Model.delay}.
 *
 * @module
 */

/** A state: one number for each field of the model, each from 0 to 65535. */
export type State = number[];
/** Does one step and returns the label of the next one; `undefined` if it cannot be taken now. */
export type Step = (turn: Turn) => string | undefined;
/** Where an actor is that died. */
export const DEAD = 0;

/** There are more states than the explorer was to look at. */
export class TooManyStates extends Error {}

/** A condition that does not hold. */
export class Violation extends Error {}

/** One process, or thread, of a model. */
export interface Actor {
  readonly name: string;
  /** Its place among the actors; a lock that it holds says this + 1. */
  readonly index: number;
  /** The field that says where it is: an index in `labels`. */
  readonly pc: number;
  /** What {@linkcode Model.variable} gave it: forgotten when it dies. */
  readonly variables: number[];
  readonly labels: string[];
  /** The index of each label. */
  readonly places: Map<string, number>;
  readonly steps: (Step | undefined)[];
  /** Labels at which it may stay for ever, and when. */
  readonly rests: Map<string, (state: State) => boolean>;
  /** Words whose stores wait in a buffer of one entry, which is in two fields: the word + 1, and the value. */
  readonly delayed: Set<number>;
  buffer: number;
}

/** A way to die: what it does to the state, besides ending the actor. */
export interface Death {
  readonly name: string;
  readonly effect: (state: State, actor: Actor) => void;
  /** Where it can happen; anywhere unless given. */
  readonly when?: (state: State, actor: Actor) => boolean;
}

/** A protocol as a state machine. */
export class Model {
  readonly name: string;
  /** How many actors may die in one run. */
  readonly maxDeaths: number;
  readonly fields: string[] = ["deaths left"];
  readonly initial: State = [];
  readonly actors: Actor[] = [];
  readonly locks: number[] = [];
  readonly invariants: { what: string; holds: (state: State) => boolean }[] = [];
  readonly outcomes: { what: string; holds: (state: State) => boolean }[] = [];
  readonly deaths: Death[] = [];
  #mortal = (_actor: Actor): boolean => true;
  #onDeath: Death["effect"] = () => {};

  constructor(name: string, maxDeaths: number) {
    this.name = name;
    this.maxDeaths = maxDeaths;
    this.initial.push(maxDeaths);
    this.deaths.push({ name: "is killed", effect: (state, actor) => this.#kill(state, actor) });
  }

  /** Adds a field: a shared word, something in the kernel, or a note that only the conditions look at. */
  word(name: string, initial = 0): number {
    this.initial.push(initial);
    return this.fields.push(name) - 1;
  }

  /** Adds some fields in a row and returns the first. */
  words(name: string, count: number, initial: (index: number) => number = () => 0): number {
    const first = this.fields.length;
    for (let i = 0; i < count; i++) this.word(`${name}[${i}]`, initial(i));
    return first;
  }

  /** Adds a kernel lock: 0, or the holder's index + 1. Its holder's being killed frees it. */
  lock(name: string): number {
    const field = this.word(name);
    this.locks.push(field);
    return field;
  }

  /** Adds an actor; {@linkcode program} says what it does. */
  actor(name: string): Actor {
    const actor: Actor = {
      name,
      index: this.actors.length,
      pc: this.word(`${name} is at`),
      variables: [],
      labels: ["dead"],
      places: new Map(),
      steps: [undefined],
      rests: new Map(),
      delayed: new Set(),
      buffer: -1,
    };
    this.actors.push(actor);
    return actor;
  }

  /** Adds a private variable of an actor: gone (0 again) when it dies. */
  variable(actor: Actor, name: string, initial = 0): number {
    const field = this.word(`${actor.name}'s ${name}`, initial);
    actor.variables.push(field);
    return field;
  }

  /** Says what an actor does, from the first label on. A label without a step is an end. */
  program(actor: Actor, steps: Record<string, Step | undefined>): void {
    for (const [label, step] of Object.entries(steps)) {
      actor.places.set(label, actor.labels.push(label) - 1);
      actor.steps.push(step);
    }
    this.initial[actor.pc] = 1;
  }

  /** Allows an actor to stay at a label for ever, under a condition. */
  mayRest(actor: Actor, label: string, when: (state: State) => boolean = () => true): void {
    actor.rests.set(label, when);
  }

  /** Tells whether an actor is at one of those labels. */
  isAt(state: State, actor: Actor, ...labels: string[]): boolean {
    return labels.includes(actor.labels[state[actor.pc]]);
  }

  /** Tells whether an actor was not killed. */
  lives(state: State, actor: Actor): boolean {
    return state[actor.pc] !== DEAD;
  }

  /** Says what holds in every state. */
  always(what: string, holds: (state: State) => boolean): void {
    this.invariants.push({ what, holds });
  }

  /** Says what holds in every state in which nobody can take a step. */
  finally(what: string, holds: (state: State) => boolean): void {
    this.outcomes.push({ what, holds });
  }

  /** Says who may die, and what else happens then. */
  dying(mortal: (actor: Actor) => boolean, onDeath: Death["effect"] = () => {}): void {
    this.#mortal = mortal;
    this.#onDeath = onDeath;
  }

  /** Tells whether an actor may die now. */
  mayDie(state: State, actor: Actor): boolean {
    return state[0] > 0 && state[actor.pc] !== DEAD && this.#mortal(actor);
  }

  #kill(state: State, actor: Actor): void {
    for (const lock of this.locks) if (state[lock] === actor.index + 1) state[lock] = 0;
    this.#onDeath(state, actor);
  }

  /** Has an actor's stores to a word wait in a buffer of one entry, until its next store or system call, or any time before. */
  delay(actor: Actor, word: number): void {
    actor.delayed.add(word);
    if (actor.buffer < 0) actor.buffer = this.words(`${actor.name}'s delayed`, 2);
  }
}

/** What an actor may do in one step. */
export class Turn {
  /** The state, for private variables and notes; shared words only through the methods. */
  s: State = [];
  /** Whose turn it is. */
  actor!: Actor;
  /** How many ways to go on the step said that there are. */
  options = 1;
  #choice = 0;
  #accesses = 0;

  /** Begins a step on a copy of the state. */
  begin(state: State, actor: Actor, choice: number): void {
    this.s = state;
    this.actor = actor;
    this.options = 1;
    this.#choice = choice;
    this.#accesses = 0;
  }

  #access(): void {
    if (++this.#accesses > 1) throw new Error(`${this.actor.name}: two accesses in one step`);
  }

  /** Loads a shared word. */
  load(word: number): number {
    this.#access();
    const { s, actor } = this;
    if (actor.buffer >= 0 && s[actor.buffer] === word + 1) return s[actor.buffer + 1];
    return s[word];
  }

  /** Stores to a shared word. */
  store(word: number, value: number): void {
    this.#access();
    flush(this.s, this.actor);
    if (this.actor.delayed.has(word)) {
      this.s[this.actor.buffer] = word + 1;
      this.s[this.actor.buffer + 1] = value;
    } else this.s[word] = value;
  }

  /** Takes a kernel lock if nobody has it. */
  tryLock(lock: number): boolean {
    return this.system((s) => {
      if (s[lock] !== 0) return false;
      s[lock] = this.actor.index + 1;
      return true;
    });
  }

  /** Gives a kernel lock up. */
  unlock(lock: number): void {
    this.system((s) => s[lock] = 0);
  }

  /** Makes a system call: the kernel does all of it at once. */
  system<T>(effect: (state: State) => T): T {
    this.#access();
    flush(this.s, this.actor);
    return effect(this.s);
  }

  /** Loads a word that only the holder of a lock writes, which this actor is. */
  protected(word: number): number {
    return this.s[word];
  }

  /** Chooses one of `count` ways to go on: all of them are explored. */
  choose(count: number): number {
    this.options = count;
    return this.#choice;
  }

  /** Reports a violation if the condition does not hold. */
  claim(holds: boolean, what: string): void {
    if (!holds) throw new Violation(what);
  }
}

/** Carries an actor's delayed store out. */
export function flush(state: State, { buffer }: Actor): void {
  if (buffer < 0 || state[buffer] === 0) return;
  state[state[buffer] - 1] = state[buffer + 1];
  state[buffer] = state[buffer + 1] = 0;
}

/** Returns the state that a key of the visited ones stands for. */
export function decode(key: string): State {
  const state = new Array<number>(key.length);
  for (let i = 0; i < key.length; i++) state[i] = key.charCodeAt(i);
  return state;
}

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** States in which nobody can go on. */
  readonly ends: number;
  /** The first violation, with the steps that lead to it, one a line. */
  readonly violation?: { readonly what: string; readonly trace: string };
}

/** A protocol with its mutations: each named one must be caught. */
export interface Protocol {
  readonly name: string;
  /** What can be broken on purpose. */
  readonly mutations: readonly string[];
  /** A run that finds fewer states explored something else. */
  readonly minimumStates: number;
  /** Makes the model, as it is or broken; with larger bounds for the long run. */
  build(mutation?: string, large?: boolean): Model;
}
