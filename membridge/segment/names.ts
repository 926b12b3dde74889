/**
 * Names of segments and the files behind them.
 *
 * A user's name `/thermostat.status` is the file `/dev/shm/sysframe.thermostat.status`. What membridge keeps for itself is
 * `/dev/shm/sysframe@<16 hex digits>.<what>`; `@` cannot occur in a user's name.
 */

/** Where shared memory lives as files. */
export const SHM_DIRECTORY = "/dev/shm";
/** The beginning of every file of a user's name. */
export const NAMED_PREFIX = "sysframe.";
/** The beginning of every file of membridge's own. */
export const OWN_PREFIX = "sysframe@";

const NAME = /^\/[A-Za-z0-9._-]{1,200}$/;

/**
 * Returns the path of the segment that a user's name means.
 *
 * @throws {TypeError} if the name is not a slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
 */
export function pathOfName(name: string): string {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(name)
      } as a name: expected "/" and 1 to 200 of the characters A-Z a-z 0-9 . _ -`,
    );
  }
  return `${SHM_DIRECTORY}/${NAMED_PREFIX}${name.slice(1)}`;
}

/** Returns the user's name of a file; `undefined` for any other file. */
export function parseNamedFile(file: string): string | undefined {
  if (!file.startsWith(NAMED_PREFIX)) return undefined;
  const name = `/${file.slice(NAMED_PREFIX.length)}`;
  return NAME.test(name) ? name : undefined;
}

/**
 * What membridge keeps files of its own for. `watch`, `hold`, `consumers` and `lock` have the id of the segment that they belong to; the others that of the
 * participant that made them, so that they can be swept away when it is dead.
 */
export type OwnFileKind =
  | "peer"
  | "bell"
  | "life"
  | "watch"
  | "hold"
  | "consumers"
  | `lane${number}`
  | `new${number}`
  | `lock${number}`;

/** The kinds that belong to a participant, and go with it. What a later version may make besides is not among them. */
export const PARTICIPANT_FILE_KINDS: ReadonlySet<string> = new Set([
  "peer",
  "bell",
  "life",
  "lane",
  "new",
]);

/** The kinds that belong to a segment, and go with it. */
export const SEGMENT_FILE_KINDS: ReadonlySet<string> = new Set([
  "watch",
  "hold",
  "consumers",
  "lock",
]);

/** Returns the path of one of membridge's own files. */
export function pathOfId(id: bigint, kind: OwnFileKind): string {
  return `${SHM_DIRECTORY}/${OWN_PREFIX}${id.toString(16).padStart(16, "0")}.${kind}`;
}

/** Takes the name of one of membridge's own files apart; `undefined` for any other file. */
export function parseOwnFile(file: string): { id: bigint; kind: string } | undefined {
  const match = /^sysframe@([0-9a-f]{16})\.([a-z]+)[0-9]*$/.exec(file);
  return match === null ? undefined : { id: BigInt(`0x${match[1]}`), kind: match[2] };
}

/** Returns a random id that is not 0. */
export function randomId(): bigint {
  const words = new BigUint64Array(1);
  do crypto.getRandomValues(words); while (words[0] === 0n);
  return words[0];
}
