/** Where results go, so that no compiler can leave the work out that made them. */

/** Holds the latest result of whatever was timed. */
export const sink: { last: unknown } = { last: undefined };
