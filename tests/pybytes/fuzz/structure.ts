/** Where the values of a document lie, so that they can be moved about. */
import { WireFailure } from "../../../pybytes/wire/failure.ts";
import { Walker } from "../../../pybytes/wire/walk.ts";

/** A value: the bytes from its tag to the end of all that is nested in it. */
export interface Span {
  /** Index of its tag. */
  readonly start: number;
  /** Index after its tag's own bytes. */
  readonly headEnd: number;
  /** Index after everything nested in it. */
  readonly end: number;
  /** The index of the span around it in the list, -1 for the outermost. */
  readonly parent: number;
  /** The name of its tag. */
  readonly name: string;
}

/** All values of a document in the order of their tags, of a malformed one those that are complete before the error. */
export function spansOf(bytes: Uint8Array): Span[] {
  const walker = new Walker(bytes);
  const open: { start: number; headEnd: number; parent: number; name: string; index: number }[] =
    [];
  const spans: (Span | undefined)[] = [];
  try {
    while (!walker.isDone) {
      const depth = walker.levels.length;
      close(depth, walker.cursor.pos);
      const { start, end, name } = walker.step();
      const index = spans.push(undefined) - 1;
      open.push({ start, headEnd: end, name, index, parent: open.at(-1)?.index ?? -1 });
      close(walker.levels.length, walker.cursor.pos);
    }
    close(0, walker.cursor.pos);
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    // What is still open ends where reading did.
    close(0, Math.min(walker.cursor.pos, bytes.length));
  }
  return spans.filter((span) => span !== undefined);

  /** Ends the values that are deeper than what is open. */
  function close(depth: number, end: number): void {
    while (open.length > depth) {
      const { index, ...head } = open.pop()!;
      spans[index] = { ...head, end };
    }
  }
}
