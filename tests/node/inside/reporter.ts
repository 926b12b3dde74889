/** A reporter for Node's test runner: one line of JSON for each test, and a last one if all have run. */
import { inspect } from "node:util";
import { END, type Outcome } from "../outcome.ts";

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly message?: string;
    readonly skip?: string | boolean;
    readonly details?: { readonly error?: { readonly cause?: unknown } };
  };
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    // For instance an error that no test has waited for.
    if (type === "test:diagnostic") console.error(data.message);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const [url, name] = JSON.parse(data.name);
    const outcome: Outcome = { url, name };
    if (type === "test:fail") {
      const error = data.details?.error;
      outcome.failure = shorten(inspect(error?.cause ?? error));
    } else if (data.skip !== undefined && data.skip !== false) outcome.skipped = String(data.skip);
    yield JSON.stringify(outcome) + "\n";
  }
  yield END + "\n";
}

/** Keeps the message at the start and the stack at the end, and not all of a long comparison between them. */
function shorten(text: string): string {
  return text.length <= 6000 ? text : `${text.slice(0, 3000)}\n...\n${text.slice(-3000)}`;
}
