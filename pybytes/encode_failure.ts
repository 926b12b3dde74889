import { EncodeError, type EncodeErrorCode } from "./errors.ts";
import { type PathStep, pathText } from "./path.ts";

/**
 * Unwinds the encoder when a value cannot be encoded; each container it passes adds its step of the path.
 */
export class EncodeFailure {
  /** What is wrong. */
  readonly code: EncodeErrorCode;
  /** The rest of the sentence "Cannot encode ...: ". */
  readonly detail: string;
  /** The path, innermost step first. */
  readonly steps: PathStep[] = [];

  /** Creates a failure of the value being encoded. */
  constructor(code: EncodeErrorCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }

  /** Turns it into the error that the caller sees. */
  toError(): EncodeError {
    const { code, detail, steps } = this;
    const path = pathText(steps.length, (i) => steps[steps.length - 1 - i]);
    return new EncodeError({ code, path, detail });
  }
}

/** Throws an {@linkcode EncodeFailure}. */
export function refuse(code: EncodeErrorCode, detail: string): never {
  throw new EncodeFailure(code, detail);
}

/**
 * Turns the `TypeError` of an object that has the prototype of a class without being made by it, such as
 * `Object.create(Map.prototype)` or a `Proxy` of a `Map`, into a failure; other errors stay what they are.
 */
export function hollow(error: unknown): unknown {
  return error instanceof TypeError
    ? new EncodeFailure(
      "invalid_value",
      `an object that is not what its class makes (${error.message})`,
    )
    : error;
}

/** Refuses an object that has the prototype of the class without being made by it. */
export function refuseHollow(className: string): never {
  return refuse("invalid_value", `an object that is not what the class ${className} makes`);
}
