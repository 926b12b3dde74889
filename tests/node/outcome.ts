/** What a run in Node reports, line by line. */

/** What became of one test, as a line of JSON: failed, skipped with a reason, or passed if neither. */
export interface Outcome {
  /** The file's. */
  readonly url: string;
  readonly name: string;
  failure?: string;
  skipped?: string;
}

/** The last line: no test is left. */
export const END = "end";

/** Tells whether a test could not run. */
export function isSkipped({ skipped }: Outcome): boolean {
  return skipped !== undefined;
}

/** Tells whether a test ran and failed. */
export function isFailed({ failure }: Outcome): boolean {
  return failure !== undefined;
}

/** Tells whether a test ran and has not failed. */
export function isPassed(outcome: Outcome): boolean {
  return !isSkipped(outcome) && !isFailed(outcome);
}
