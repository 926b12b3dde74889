/** Walking through a document head by head, with what is open around each. */
import { type Head, type Role, ScanCursor, scanHead } from "./scan.ts";
import { isStringTag } from "./text.ts";

/** An open tag, and the nested value that comes next or is being read. */
export interface Level {
  /** The tag. */
  readonly head: Head;
  /** Index of the nested value, from 0 to the head's count. */
  index: number;
  /** Whether it is a dict that later ones may refer to, as far as its keys were read. */
  isCounted: boolean;
}

/** Walks one document from its first byte. */
export class Walker {
  /** Where the next head begins. */
  readonly cursor: ScanCursor;
  /** The tags that are open around it, outermost first. */
  readonly levels: Level[] = [];
  /** Whether the document is complete. */
  isDone = false;

  /** Stands before the first byte. */
  constructor(bytes: Uint8Array) {
    this.cursor = new ScanCursor(bytes);
  }

  /** What the next value is to the one around it. */
  get role(): Role {
    const level = this.levels.at(-1);
    if (level === undefined) return "value";
    const { nesting, count } = level.head;
    if (nesting === "parts") return "part";
    return nesting === "entries" && level.index < count / 2 ? "key" : "value";
  }

  /**
   * Reads the next head. When it fails nothing has changed but the cursor's position, which a caller may set back.
   *
   * @throws {WireFailure} as `scanHead`
   */
  step(): Head {
    const { role } = this;
    const head = scanHead(this.cursor, role);
    if (role === "key" && !isStringTag(this.cursor.bytes[head.start])) {
      this.levels[this.levels.length - 1].isCounted = false;
    }
    if (head.count > 0) {
      this.levels.push({
        head,
        index: 0,
        isCounted: head.nesting === "entries" && role !== "part",
      });
    } else {
      this.#stepOn();
    }
    return head;
  }

  /** Goes on after a complete value: to its next sibling, or out of what it completes. */
  #stepOn(): void {
    for (let level = this.levels.at(-1); level !== undefined; level = this.levels.at(-1)) {
      const { end, count } = level.head;
      level.index++;
      if (level.isCounted && level.index === count / 2) {
        this.cursor.keys.push({ first: end, count: count / 2 });
      }
      if (level.index < count) return;
      this.levels.pop();
    }
    this.isDone = true;
  }
}
