/** What the tests use and an older Node lacks. */
import { Missing } from "./missing.ts";

/** A built-in that came late. */
interface Newer {
  readonly name: string;
  /** The object that has it. */
  readonly owner: object;
  /** Enough of it for the tests; without one it is lacking, or comes from a polyfill. */
  readonly standIn?: unknown;
}

/**
 * Half floats as the 16 bits that they are: the memory is all that pybytes looks at.
 *
 * An index gives the bits and not the number, so none can be made from numbers.
 */
class HalfFloatBits extends Uint16Array {
  constructor(source?: number | ArrayBuffer, byteOffset?: number, length?: number) {
    if (typeof source === "object" && !(source instanceof ArrayBuffer)) {
      throw new Missing("needs a Float16Array of numbers");
    }
    super(source as ArrayBuffer, byteOffset, length);
  }

  // deno-lint-ignore no-explicit-any -- its type is the parent's name, literally
  override get [Symbol.toStringTag](): any {
    return "Float16Array";
  }
}

/** Each with the version of Node that brought it. */
const NEWER: readonly Newer[] = [
  {
    name: "transfer", // Node 21
    owner: ArrayBuffer.prototype,
    standIn(this: ArrayBuffer) {
      return structuredClone(this, { transfer: [this] });
    },
  },
  {
    name: "union", // Node 22; the assertions use it
    owner: Set.prototype,
    standIn(this: Set<unknown>, other: ReadonlySet<unknown>) {
      return new Set([...this, ...other.keys()]);
    },
  },
  { name: "Float16Array", owner: globalThis, standIn: HalfFloatBits }, // Node 24
  {
    name: "toHex", // Node 25
    owner: Uint8Array.prototype,
    standIn(this: Uint8Array) {
      return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  },
  {
    name: "fromHex", // Node 25
    owner: Uint8Array,
    standIn(text: string) {
      return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    },
  },
  { name: "Temporal", owner: globalThis }, // Node 26
];

/** Tells whether a name is in the table, and this Node has it not. */
export function isLacking(name: string): boolean {
  return NEWER.some((row) => row.name === name && !(name in row.owner));
}

/** Defines what is lacking and has a stand-in. */
export function installStandIns(): void {
  for (const { name, owner, standIn } of NEWER) {
    if (name in owner || standIn === undefined) continue;
    Object.defineProperty(owner, name, { value: standIn, writable: true, configurable: true });
  }
}
