/** Walking through a document head by head, with what is open around each. */
import { type Head, type Role, ScanCursor, scanHead } from "./scan.ts";

/** An open tag, and the nested value that comes next or is being read. */
export interface Level {
  /** The tag. */
  readonly head: Head;
  /** Index of the nested value, from 0 to the head's count. */
  index: number;
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
   * Reads the next head. When it fails nothing has changed but the cursor, which a caller may set back.
   *
   * @throws {WireFailure} as `scanHead`
   */
  step(): Head {
    const head = scanHead(this.cursor, this.role);
    if (head.count > 0) this.levels.push({ head, index: 0 });
    else this.#stepOn();
    return head;
  }

  /** Goes on after a complete value: to its next sibling, or out of what it completes. */
  #stepOn(): void {
    for (let level = this.levels.at(-1); level !== undefined; level = this.levels.at(-1)) {
      if (++level.index < level.head.count) return;
      this.levels.pop();
    }
    this.isDone = true;
  }
}
