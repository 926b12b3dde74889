/** A function's error as it crosses: a list of name, message, stack and cause, in pybytes. */
import { decode, encode } from "../../pybytes/mod.ts";
import { RemoteError } from "../errors.ts";

/** How many causes of causes are sent. */
const MAX_CAUSES = 8;

/** Returns the bytes that tell the caller what a function threw. Never throws. */
export function encodeError(error: unknown): Uint8Array {
  let description: unknown[];
  try {
    description = describe(error, 0);
  } catch {
    // A getter, or a proxy, that throws.
    return encode(["Error", "the function failed with an error that cannot be read", "", null]);
  }
  try {
    return encode(description);
  } catch {
    // A cause that pybytes cannot carry: its text has to do.
    return encode([...description.slice(0, 3), ["value", text(causeOf(error))]]);
  }
}

function describe(error: unknown, depth: number): unknown[] {
  if (!(error instanceof Error)) return ["Error", text(error), "", ["value", error]];
  const cause = causeOf(error);
  return [
    text(error.name),
    text(error.message),
    text(error.stack ?? ""),
    cause === undefined
      ? null
      : cause instanceof Error && depth < MAX_CAUSES
      ? ["error", describe(cause, depth + 1)]
      : ["value", cause instanceof Error ? text(cause) : cause],
  ];
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : error;
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that has no text";
  }
}

/** Returns the error that the bytes tell of. Bytes that tell of none give a `RemoteError` as well. */
export function decodeError(bytes: Uint8Array): RemoteError {
  return build(decode<unknown>(bytes), 0);
}

function build(description: unknown, depth: number): RemoteError {
  const [name, message, remoteStack, cause] = Array.isArray(description) ? description : [];
  return new RemoteError({
    name: typeof name === "string" ? name : "Error",
    message: typeof message === "string" ? message : "the function failed without saying why",
    remoteStack: typeof remoteStack === "string" ? remoteStack : "",
    cause: Array.isArray(cause) && depth <= MAX_CAUSES
      ? cause[0] === "error" ? build(cause[1], depth + 1) : cause[1]
      : undefined,
  });
}
