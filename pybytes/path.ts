/** Where a value is in a document: the text that errors show. */

/** One step down: an index, a str key, or a key (or its value) that is no str. */
export type PathStep =
  | number
  | string
  | { readonly key: number; readonly isKey: boolean };

/** Steps kept at either end of a long path. */
const KEPT_STEPS = 8;
/** Characters of a key that are shown. */
const SHOWN_KEY_UNITS = 80;

/** Writes a path; `step(i)` gives the i-th of `count` steps, outermost first, and is asked only for those shown. */
export function pathText(count: number, step: (index: number) => PathStep): string {
  let text = "$";
  const skipped = count > 2 * KEPT_STEPS + 1 ? count - 2 * KEPT_STEPS : 0;
  for (let i = 0; i < count; i++) {
    if (skipped > 0 && i === KEPT_STEPS) {
      text += `…(${skipped} more)…`;
      i += skipped;
    }
    text += stepText(step(i));
  }
  return text;
}

function stepText(step: PathStep): string {
  if (typeof step === "number") return `[${step}]`;
  if (typeof step === "string") {
    if (/^[A-Za-z_$][\w$]*$/.test(step) && step.length <= SHOWN_KEY_UNITS) return `.${step}`;
    const shown = step.length > SHOWN_KEY_UNITS ? `${step.slice(0, SHOWN_KEY_UNITS)}…` : step;
    return `[${JSON.stringify(shown)}]`;
  }
  return step.isKey ? `<key ${step.key}>` : `{key ${step.key}}`;
}
