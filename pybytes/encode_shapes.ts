/** The keys of plain objects seen lately, so that most objects are written without asking for theirs. */
import { writeString } from "./wire/strings.ts";
import { Writer } from "./wire/writer.ts";
import { writeDictHeader } from "./write_headers.ts";

/** Objects of more keys are written key by key: they are seldom records. */
export const MAX_SHAPE_KEYS = 128;
/** When so much is remembered, all of it is forgotten before the next document. */
const MAX_KEYS = 1 << 14, MAX_UNITS = 1 << 20;

/** The keys of an object, in their order. */
export class Shape {
  /** The keys. */
  readonly keys: readonly string[];
  /** The call in which {@linkcode number} holds. */
  document = 0;
  /** What later dicts of the document refer to it by. */
  number = 0;
  #uses = 0;
  #bytes: Uint8Array | undefined = undefined;
  /** What was seen last under each key. */
  #places: (Place | undefined)[] = [];

  /** Remembers keys. */
  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  /** The header and the keys as a document has them; `undefined` the first few times, when making them would not pay. */
  get bytes(): Uint8Array | undefined {
    if (this.#bytes === undefined && ++this.#uses > 3) this.#bytes = keysBytes(this.keys);
    return this.#bytes;
  }

  /** The place of the values under the key with this index. */
  placeAt(index: number): Place {
    return this.#places[index] ??= new Place();
  }
}

/** A place in documents, such as "the items of the list under the third key of this shape", and what stood there last. */
export class Place {
  /** The shape of the last object. */
  shape: Shape | undefined = undefined;
  /** The shape of the one before that had another. */
  other: Shape | undefined = undefined;
  #items: Place | undefined = undefined;

  /** The place of the items of lists here. */
  get items(): Place {
    return this.#items ??= new Place();
  }
}

/** A node of the tree of all key lists: the keys up to here. */
class Node {
  shape: Shape | undefined = undefined;
  /** The first key that came next, and where it leads; others are in the map. */
  key: string | undefined = undefined;
  next: Node | undefined = undefined;
  more: Map<string, Node> | undefined = undefined;
}

let root = new Node();
let keyCount = 0, unitCount = 0;

/** The place of whole documents, and of whatever has none of its own. */
export let topPlace: Place = new Place();

/** Starts anew if too much is remembered. Only between documents, or one would depend on what came before it. */
export function trimShapes(): void {
  if (keyCount <= MAX_KEYS && unitCount <= MAX_UNITS) return;
  root = new Node();
  topPlace = new Place();
  keyCount = unitCount = 0;
}

/** Finds or makes the shape with these keys. Cost: linear in their number. */
export function shapeOf(keys: readonly string[]): Shape {
  let node = root;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    node = node.key === key ? node.next! : branch(node, key);
  }
  return node.shape ??= new Shape(keys);
}

function branch(node: Node, key: string): Node {
  const known = node.more?.get(key);
  if (known !== undefined) return known;
  const next = new Node();
  keyCount++;
  unitCount += key.length;
  if (node.key === undefined) {
    node.key = key;
    node.next = next;
  } else {
    (node.more ??= new Map()).set(key, next);
  }
  return next;
}

/** Whether an object has exactly these keys in this order; only where `Object.prototype` has nothing enumerable. */
export function hasKeys(value: object, keys: readonly string[]): boolean {
  const count = keys.length;
  let i = 0;
  for (const key in value) {
    if (i >= count || key !== keys[i]) return false;
    i++;
  }
  return i === count;
}

/** Memory of our own: what is read back from the caller's could have been changed. */
const keyWriter = new Writer();

function keysBytes(keys: readonly string[]): Uint8Array {
  keyWriter.begin();
  writeDictHeader(keyWriter, keys.length);
  for (const key of keys) writeString(keyWriter, key);
  const bytes = keyWriter.finish(false);
  keyWriter.release();
  return bytes;
}
