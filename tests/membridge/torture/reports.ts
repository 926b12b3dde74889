/**
 * What an actor tells: a line of JSON each on its standard output, written before the actor goes on.
 *
 * A kill between a deed and its report loses that one report, so whoever judges allows one deed too many for each actor that was killed,
 * and none too few: what was reported has happened.
 *
 * @module
 */

/** How much of the system's an actor holds. */
export interface Resources {
  /** Open descriptors. */
  readonly descriptors: number;
  /** Those of them that are of files in `/dev/shm`. */
  readonly sharedDescriptors: number;
  /** Mappings of files in `/dev/shm`. */
  readonly sharedMappings: number;
  readonly rssBytes: number;
}

/** What is wrong: each kind is counted by itself. */
export type FaultKind =
  | "hang"
  | "torn"
  | "backwards"
  | "lost"
  | "duplicate"
  | "exclusion"
  | "wrong"
  | "undocumented"
  | "crash"
  | "leak";

/** One line. */
export type Report =
  | { readonly kind: "ready" }
  /** Operations that ended since the last one, by name. */
  | { readonly kind: "tick"; readonly operations: Readonly<Record<string, number>> }
  | { readonly kind: "fault"; readonly fault: FaultKind; readonly detail: string }
  /** It is about to block its thread. */
  | { readonly kind: "blocks"; readonly what: string }
  /** Messages of this actor from `first` to `last` are in the channel. */
  | {
    readonly kind: "sent";
    readonly channel: string;
    readonly first: number;
    readonly last: number;
  }
  /** A message was delivered to this actor, which acknowledges it later. */
  | {
    readonly kind: "got";
    readonly channel: string;
    readonly by: number;
    readonly number: number;
    readonly redelivered: boolean;
    readonly atMs: number;
  }
  /** A message was acknowledged as this actor's. */
  | {
    readonly kind: "acked";
    readonly channel: string;
    readonly by: number;
    readonly number: number;
    readonly atMs: number;
  }
  /** The counter of that name was raised by one. */
  | { readonly kind: "raised"; readonly counter: "value" | "mutex" }
  /** A call of actor `by` began here. */
  | { readonly kind: "ran"; readonly by: number; readonly number: number }
  /** A call of this actor was answered; `repeats` says that it may have run several times. */
  | { readonly kind: "answered"; readonly number: number; readonly repeats: boolean }
  | { readonly kind: "measured"; readonly resources: Resources }
  /** All handles are closed. */
  | { readonly kind: "ended"; readonly resources: Resources };
