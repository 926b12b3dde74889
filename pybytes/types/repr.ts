import { Ellipsis } from "./ellipsis.ts";
import { floatText } from "./float_text.ts";
import { bytesText, stringText } from "./literal_text.ts";

/**
 * The method by which a value class gives Python's `repr` of itself, where it holds no other
 * values.
 *
 * @internal
 */
export const reprText: unique symbol = Symbol.for("sysframe.reprText");

/**
 * The method by which a container class gives the parts of Python's `repr` of itself.
 *
 * @internal
 */
export const reprParts: unique symbol = Symbol.for("sysframe.reprParts");

/**
 * The method that `console.log` calls, for classes whose contents it could not see otherwise.
 *
 * @internal
 */
export const inspectText: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * A container's text in parts, so that {@linkcode repr} needs no recursion.
 *
 * @internal
 */
export interface ReprParts {
  /** What stands before the first item. */
  readonly open: string;
  /** What stands after the last item. */
  readonly close: string;
  /** The items; of a dict, keys and values in turn. */
  readonly items: readonly unknown[];
  /** Whether the items are keys and values in turn. */
  readonly pairs?: boolean;
  /** What stands before each item. */
  readonly labels?: readonly string[];
  /** What stands for the container inside itself. */
  readonly cycle: string;
}

interface Frame {
  readonly container: object;
  readonly parts: ReprParts;
  index: number;
}

/**
 * Returns the text that Python's `repr` gives for the Python value a JavaScript value stands for.
 *
 * Values without a Python text of their own print as `<name>`. A container inside itself prints as
 * in Python, `[...]`. Any depth: the walk keeps its own stack.
 */
export function repr(value: unknown): string {
  let text = "";
  const frames: Frame[] = [];
  const open = new Set<object>();
  let current: unknown = value;
  while (true) {
    const parts = partsOf(current);
    if (typeof parts === "string") {
      text += parts;
    } else if (open.has(current as object)) {
      text += parts.cycle;
    } else {
      text += parts.open;
      open.add(current as object);
      frames.push({ container: current as object, parts, index: 0 });
    }
    while (true) {
      const frame = frames[frames.length - 1];
      if (frame === undefined) return text;
      const { items, pairs, labels, close } = frame.parts;
      const index = frame.index++;
      if (index < items.length) {
        if (index > 0) text += pairs && index % 2 === 1 ? ": " : ", ";
        if (labels !== undefined) text += labels[index];
        current = items[index];
        break;
      }
      text += close;
      open.delete(frame.container);
      frames.pop();
    }
  }
}

function partsOf(value: unknown): string | ReprParts {
  switch (typeof value) {
    case "string":
      return stringText(value);
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? `${value}` : floatText(value);
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return `${value}`;
    case "symbol":
      return value === Ellipsis ? "Ellipsis" : `<${String(value)}>`;
    case "object":
      return value === null ? "None" : partsOfObject(value);
    default:
      return `<${typeof value}>`;
  }
}

function partsOfObject(value: object): string | ReprParts {
  if (reprText in value) return (value as { [reprText](): string })[reprText]();
  if (reprParts in value) return (value as { [reprParts](): ReprParts })[reprParts]();
  if (Array.isArray(value)) return { open: "[", close: "]", items: value, cycle: "[...]" };
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Map) return dictParts(value);
  if (value instanceof Set) {
    if (value.size === 0) return "set()";
    return { open: "{", close: "}", items: [...value], cycle: "set(...)" };
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return {
      open: "{",
      close: "}",
      items: Object.entries(value).flat(1),
      pairs: true,
      cycle: "{...}",
    };
  }
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return name.startsWith("Temporal.") ? `<${name} ${value}>` : `<${name}>`;
}

/**
 * Returns the parts of a dict's text.
 *
 * @internal
 */
export function dictParts(map: ReadonlyMap<unknown, unknown>): ReprParts {
  const items: unknown[] = [];
  for (const [key, value] of map) items.push(key, value);
  return { open: "{", close: "}", items, pairs: true, cycle: "{...}" };
}
