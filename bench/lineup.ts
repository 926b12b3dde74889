/** Who takes part for which value: every contender that returns the value as it was. */
import { allRivals, type Contender, type Engine, OURS, pybytes } from "./contenders.ts";
import { CORPORA } from "./corpora.ts";
import { type Payload, PAYLOADS, type Texts } from "./payloads.ts";
import { difference } from "./same.ts";

/** A contender with a value that it has carried there and back. */
export interface Entrant {
  /** The contender's name. */
  readonly name: string;
  /** What the contender is made of. */
  readonly engine: Engine;
  /** Whether it lacks the value's types and carries texts in their place. */
  readonly asTexts: boolean;
  /** Encodes the value. */
  readonly encode: () => Uint8Array;
  /** Decodes its bytes. */
  readonly decode: () => unknown;
  /** The size of its bytes. */
  readonly encodedBytes: number;
}

/** A value with those that can carry it. */
export interface Lineup {
  /** The value. */
  readonly payload: Payload;
  /** pybytes first. */
  readonly entrants: readonly Entrant[];
  /** Whether every contender carries the value as it is, none as texts. */
  readonly carriedByAll: boolean;
  /** A copy of the bytes that pybytes writes: nothing that produces or reads each of them could be faster. */
  readonly floor: () => void;
}

/** The name of the floor in every table. */
export const FLOOR = "memcpy (floor)";

/** Every value that is measured. */
export const ALL_PAYLOADS: readonly Payload[] = [...PAYLOADS, ...CORPORA];

/** Lets a contender carry texts. */
function withTexts(contender: Contender, { from, to }: Texts): Contender {
  return {
    ...contender,
    encode: (value) => contender.encode(from(value as never)),
    decode: (bytes) => to(contender.decode(bytes) as string[]),
  };
}

/** Sends a value there and back, and returns the entrant or why there is none. */
function enter(contender: Contender, value: unknown, asTexts: boolean): Entrant | string {
  try {
    // The second message: whoever left something out of it that the first one said, cannot read it.
    contender.encode(value);
    // Encoders reuse their buffers; what is decoded again and again is a copy.
    const bytes = contender.encode(value).slice();
    const found = difference(contender.decode(bytes), value);
    if (found !== undefined) return `returns something else at ${found}`;
    return {
      name: contender.name,
      engine: contender.engine,
      asTexts,
      encode: () => contender.encode(value),
      decode: () => contender.decode(bytes),
      encodedBytes: bytes.length,
    };
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Lets a rival carry the value as it is or, if it cannot, as texts. */
function enterRival(rival: Contender, { value, texts }: Payload): Entrant | string {
  const asItIs = enter(rival, value, false);
  if (typeof asItIs !== "string" || texts === undefined) return asItIs;
  return enter(withTexts(rival, texts), value, true);
}

function lineup(payload: Payload, rivals: readonly Contender[]): Lineup {
  const ours = enter(pybytes(payload.decodeOptions), payload.value, false);
  if (typeof ours === "string") throw new Error(`${payload.name}: ${OURS} ${ours}`);
  const entrants = [ours];
  for (const rival of rivals) {
    const entrant = enterRival(rival, payload);
    if (typeof entrant !== "string") entrants.push(entrant);
    else console.log(`left out: ${rival.name} for ${payload.name}: ${entrant}`);
  }
  const bytes = ours.encode().slice();
  const target = new Uint8Array(bytes.length);
  return {
    payload,
    entrants,
    carriedByAll: entrants.length > rivals.length && entrants.every(({ asTexts }) => !asTexts),
    floor: () => target.set(bytes),
  };
}

/**
 * Returns every payload with its entrants, after each has carried it correctly.
 *
 * Who does not is named on the console and left out.
 *
 * @throws {Error} if pybytes is among them
 */
export function lineups(): Lineup[] {
  const rivals = allRivals();
  return ALL_PAYLOADS.map((payload) => lineup(payload, rivals));
}
