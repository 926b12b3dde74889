/** Tells a test that this Node cannot run from a test that fails. */
import { fileURLToPath } from "node:url";
import { Missing } from "./missing.ts";
import { isLacking } from "./newer.ts";

/** The tests whose failure is known: what is lacking, and why they cannot pass without it. */
const LIMITS: Readonly<Record<string, readonly [lacking: string, why: string]>> = {
  "keys: what FORMAT.md calls equal is a duplicate, in dicts and sets, in both orders": [
    "Temporal",
    "only Temporal knows which times in two zones are the same",
  ],
};

/** Why a test fails in this Node; `undefined` if it has to pass. */
export function limitOf(test: string): string | undefined {
  const [lacking, why] = LIMITS[test] ?? [];
  return lacking !== undefined && isLacking(lacking) ? why : undefined;
}

const SOURCES = fileURLToPath(new URL("../../../pybytes/", import.meta.url));

/**
 * Why a test that threw `error` cannot run here; `undefined` if it can and has failed.
 *
 * What a test, or the assertion that it calls, uses of a newer JavaScript is a reason. That pybytes uses it
 * is none: it has to work without.
 */
export function reasonToSkip(error: unknown): string | undefined {
  if (error instanceof Missing) return error.message;
  if (!(error instanceof Error)) return undefined;
  const { message, stack = "" } = error;
  // So says pybytes where it is asked for what only Temporal can hold.
  if (/this runtime has no Temporal/i.test(message)) {
    return isLacking("Temporal") ? "asks for a Temporal value" : undefined;
  }
  // Not an `Error` that passes on what a worker has thrown.
  if (!(error instanceof ReferenceError || error instanceof TypeError)) return undefined;
  const [, name] = message.match(/(\w+) is not (?:defined|a function)$/) ?? [];
  if (name === undefined || !isLacking(name)) return undefined;
  const thrower = stack.split("\n").find((line) => /^\s+at /.test(line)) ?? SOURCES;
  return thrower.includes(SOURCES) ? undefined : `uses ${name}`;
}
