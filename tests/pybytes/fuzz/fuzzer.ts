/** The fuzzer: makes documents, changes them, and checks what has to hold. */
import { Random } from "../helpers/random.ts";
import { validDocument } from "./documents.ts";
import { smallest } from "./minimize.ts";
import { mutated } from "./mutate.ts";
import { checkDocument, Violation } from "./properties.ts";

/** Bytes that violate a property. */
export interface Finding {
  /** The property. */
  readonly property: string;
  /** What was seen. */
  readonly message: string;
  /** The smallest document with the same fault that was found. */
  readonly hex: string;
  /** The document as the fuzzer made it. */
  readonly originalHex: string;
}

/** What a run has done. */
export interface Report {
  /** Documents checked. */
  readonly documents: number;
  /** Those of them that were valid. */
  readonly valid: number;
  /** What went wrong, if anything. */
  readonly finding: Finding | undefined;
}

/** How long a run may take. */
export interface FuzzOptions {
  /** The run is the same for the same seed. */
  readonly seed: number;
  /** It ends after this time at the latest. */
  readonly timeMs: number;
}

/** Makes and checks documents until the time is over or a property does not hold. */
export function fuzz({ seed, timeMs }: FuzzOptions): Report {
  const random = new Random(seed);
  const end = performance.now() + timeMs;
  let documents = 0, valid = 0;
  while (performance.now() < end) {
    const original = validDocument(random);
    for (let change = 0; change < 6; change++) {
      const bytes = change === 0 ? original : mutated(original, random);
      const violation = violationOf(bytes);
      documents++;
      if (violation === undefined) valid++;
      else if (violation instanceof Violation) {
        return { documents, valid, finding: findingOf(bytes, violation) };
      }
    }
  }
  return { documents, valid, finding: undefined };
}

/** The violation, `undefined` for valid bytes, `"malformed"` for others. */
function violationOf(bytes: Uint8Array): Violation | "malformed" | undefined {
  try {
    return checkDocument(bytes) ? undefined : "malformed";
  } catch (error) {
    return error instanceof Violation ? error : new Violation("nothing else is thrown", error);
  }
}

function findingOf(bytes: Uint8Array, { property, message }: Violation): Finding {
  const hasFault = (candidate: Uint8Array) => {
    const violation = violationOf(candidate);
    return violation instanceof Violation && violation.property === property;
  };
  const least = smallest(bytes, hasFault);
  const violation = violationOf(least);
  return {
    property,
    message: violation instanceof Violation ? violation.message : message,
    hex: least.toHex(),
    originalHex: bytes.toHex(),
  };
}
