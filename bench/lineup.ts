/** Who takes part for which value: every contender that returns the value as it was. */
import { allContenders, type Contender, OURS } from "./contenders.ts";
import { CORPORA } from "./corpora.ts";
import { type Payload, PAYLOADS } from "./payloads.ts";
import { difference } from "./same.ts";

/** A contender with a value that it has carried there and back. */
export interface Entrant {
  /** The contender's name. */
  readonly name: string;
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
  /** A copy of the bytes that pybytes writes: as fast as anything that produces or reads them could be. */
  readonly floor: () => void;
}

/** The name of the floor in every table. */
export const FLOOR = "memcpy (floor)";

/** Lets a contender without the payload's types carry them as texts. */
function withTexts(contender: Contender, { texts }: Payload): Contender {
  if (texts === undefined || contender.name === OURS) return contender;
  return {
    name: contender.name,
    encode: (value) => contender.encode(texts.from(value as never)),
    decode: (bytes) => texts.to(contender.decode(bytes) as string[]),
  };
}

/** Makes a contender that returns views of its input copy them, as pybytes does: all then own what they return. */
function withCopies(contender: Contender, { value }: Payload): Contender {
  if (!(value instanceof Uint8Array)) return contender;
  const { decode } = contender;
  const isView = (result: unknown, bytes: Uint8Array): result is Uint8Array =>
    result instanceof Uint8Array && result.buffer === bytes.buffer;
  return {
    ...contender,
    decode: (bytes) => {
      const result = decode(bytes);
      return isView(result, bytes) ? new Uint8Array(result) : result;
    },
  };
}

/** Sends the payload there and back, and returns the entrant or why there is none. */
function enter(contender: Contender, { value }: Payload): Entrant | string {
  try {
    // Encoders reuse their buffers; what is decoded again and again is a copy.
    const bytes = contender.encode(value).slice();
    const found = difference(contender.decode(bytes), value);
    if (found !== undefined) return `returns something else at ${found}`;
    return {
      name: contender.name,
      encode: () => contender.encode(value),
      decode: () => contender.decode(bytes),
      encodedBytes: bytes.length,
    };
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/**
 * Returns every payload with its entrants, after each has carried it correctly.
 *
 * Who does not is named on the console and left out.
 *
 * @throws {Error} if pybytes is among them
 */
export function lineups(): Lineup[] {
  const contenders = allContenders();
  return [...PAYLOADS, ...CORPORA].map((payload) => {
    const entrants: Entrant[] = [];
    for (const contender of contenders) {
      const entrant = enter(withCopies(withTexts(contender, payload), payload), payload);
      if (typeof entrant !== "string") entrants.push(entrant);
      else if (contender.name === OURS) throw new Error(`${payload.name}: ${OURS} ${entrant}`);
      else console.log(`left out: ${contender.name} for ${payload.name}: ${entrant}`);
    }
    const bytes = entrants[0].encode().slice();
    const target = new Uint8Array(bytes.length);
    return { payload, entrants, floor: () => target.set(bytes) };
  });
}
