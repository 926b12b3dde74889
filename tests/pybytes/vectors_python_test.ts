/** The vectors and this codec against CPython, by way of the format's second implementation. */
import { decode, DecodeError, encode, EncodeError } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { Random } from "./helpers/random.ts";
import { hasPython } from "./types/python_oracle.ts";

const FOLDER = new URL("./vectors/", import.meta.url).pathname;
const PERMISSIONS = { run: ["python3"] };
/** Random values each way; the seeds are fixed, since the fuzz tests are where new ones are looked for. */
const VALUES = 2500, PYTHON_VALUES = 800, SEED = 20240102;

/** Runs a program of the vectors' folder with lines on its standard input, and returns the lines that it prints. */
async function runPython(args: readonly string[], lines: readonly string[]): Promise<string[]> {
  const [program, ...rest] = args;
  const process = new Deno.Command("python3", {
    args: ["-B", FOLDER + program, ...rest],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = new Blob(lines.map((line) => line + "\n")).stream();
  const [{ success, stdout, stderr }] = await Promise.all([
    process.output(),
    input.pipeTo(process.stdin),
  ]);
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(text + new TextDecoder().decode(stderr));
  return text.trimEnd().split("\n");
}

/** What answer.py answers for a document, by this codec. */
function answer(document: Uint8Array): string {
  let value;
  try {
    value = decode(document, { exact: true });
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} ${error.offset}`;
    throw error;
  }
  try {
    return `ok ${encode(value, { canonical: true }).toHex()}`;
  } catch (error) {
    if (error instanceof EncodeError) return "ok none";
    throw error;
  }
}

/** A copy of the document with a byte changed, put in or left out, or with its end cut off. */
function mutated(document: Uint8Array, random: Random): Uint8Array {
  const at = random.below(document.length), byte = random.below(256);
  const before = document.subarray(0, at), after = document.subarray(at + 1);
  switch (random.below(5)) {
    case 0:
      return Uint8Array.of(...before, document[at] ^ 1 << random.below(8), ...after);
    case 1:
      return Uint8Array.of(...before, byte, ...after);
    case 2:
      return Uint8Array.of(...before, byte, document[at], ...after);
    case 3:
      return Uint8Array.of(...before, ...after);
    default:
      return before;
  }
}

Deno.test({
  name: "python: every vector is what CPython's objects say, and what the reference encodes",
  ignore: !hasPython,
  permissions: PERMISSIONS,
  async fn() {
    const lines = await runPython(["check.py"], []);
    const [, count] = lines.at(-1)!.match(/^(\d+) vectors, 0 faults$/) ?? [];
    assert(Number(count) >= 800, lines.join("\n"));
  },
});

Deno.test({
  name:
    "python: the reference reads what encode writes, and has the same canonical document for it",
  ignore: !hasPython,
  permissions: PERMISSIONS,
  async fn() {
    const random = new Random(SEED);
    const documents: Uint8Array[] = [];
    for (let i = 0; i < VALUES; i++) {
      documents.push(encode(random.value(3), { pooled: false, dedup: i % 8 !== 0 }));
    }
    const answers = await runPython(["answer.py"], documents.map((document) => document.toHex()));
    assertEquals(answers.length, VALUES);
    documents.forEach((document, i) => assertEquals(answers[i], answer(document)));
    assert(answers.every((line) => line.startsWith("ok ")));
  },
});

Deno.test({
  name: "python: decode reads what the reference writes, and what both write is the same",
  ignore: !hasPython,
  permissions: PERMISSIONS,
  async fn() {
    const lines = await runPython(["random_values.py", String(PYTHON_VALUES), String(SEED)], []);
    assertEquals(lines.length, PYTHON_VALUES);
    const written = lines.map((line) => {
      const document = Uint8Array.fromHex(line);
      assertEquals(answer(document), `ok ${line}`);
      return encode(decode(document, { exact: true })).toHex();
    });
    assertEquals(await runPython(["answer.py"], written), lines.map((line) => `ok ${line}`));
  },
});

Deno.test({
  name:
    "python: both accept the same documents, changed at random, and read the same values in them",
  ignore: !hasPython,
  permissions: PERMISSIONS,
  async fn() {
    const random = new Random(SEED + 1);
    const documents: Uint8Array[] = [];
    for (let i = 0; i < VALUES; i++) {
      const document = encode(random.value(3), { pooled: false });
      if (document.length < 4000) documents.push(mutated(document, random));
    }
    const answers = await runPython(["answer.py"], documents.map((document) => document.toHex()));
    let accepted = 0, codes = 0;
    documents.forEach((document, i) => {
      const ours = answer(document);
      accepted += Number(ours.startsWith("ok "));
      codes += Number(ours === answers[i]);
      // Where several things are wrong, the format leaves open which is reported.
      if (!ours.startsWith("ok ")) assert(!answers[i].startsWith("ok "), document.toHex());
      else if (answers[i] !== "ok none") {
        assertEquals([document.toHex(), ours], [document.toHex(), answers[i]]);
      }
    });
    assert(accepted > 100 && accepted < documents.length - 100, `${accepted} accepted`);
    assert(codes > 0.95 * documents.length, `${codes} of ${documents.length} answers are the same`);
  },
});
