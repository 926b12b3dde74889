/** The sizes that Python's own serializers need, asked of a `python3` if there is one. */
import type { Lineup } from "./lineup.ts";
import type { Payload } from "./payloads.ts";

/** Bytes by the name of the value, then by the name of the serializer. */
export type PythonSizes = Readonly<Record<string, Readonly<Record<string, number>>>>;

const SCRIPT = new URL("./python_sizes.py", import.meta.url);

/** Returns what the script makes the value from. */
function row({ name, value, texts, pythonType }: Payload): unknown {
  const json = value instanceof Uint8Array
    ? value.toBase64()
    : texts === undefined
    ? value
    : texts.from(value as never);
  return { name, type: pythonType ?? null, value: json };
}

/** Says what `python3` needs that is not there; `undefined` when it can be tried. */
function obstacle(): string | undefined {
  for (const descriptor of [{ name: "run", command: "python3" }, { name: "read" }] as const) {
    if (Deno.permissions.querySync(descriptor).state !== "granted") {
      return `--allow-${descriptor.name} is not given`;
    }
  }
  return undefined;
}

/**
 * Returns the sizes of pickle (protocol 5) and marshal for every payload, from one child process.
 *
 * Without a `python3` that may be run, a line on the console says so and the result is empty.
 *
 * @throws {Error} if the script fails
 */
export async function measurePythonSizes(all: readonly Lineup[]): Promise<PythonSizes> {
  const missing = obstacle();
  if (missing !== undefined) {
    console.log(`skipped: pickle, marshal: ${missing}`);
    return {};
  }
  try {
    await using child = new Deno.Command("python3", {
      args: [SCRIPT.pathname],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const rows = JSON.stringify(all.map(({ payload }) => row(payload)));
    const [{ success, code, stdout }] = await Promise.all([
      child.output(),
      ReadableStream.from([new TextEncoder().encode(rows)]).pipeTo(child.stdin),
    ]);
    if (!success) throw new Error(`python3 ${SCRIPT.pathname} ended with code ${code}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: pickle, marshal: there is no python3");
    return {};
  }
}
