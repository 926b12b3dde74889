/**
 * A server with nothing to do. Arguments: a name, how many functions it serves and how many values it holds open (none
 * of both: only what the runtime needs by itself).
 *
 * Prints `empty` when it has loaded everything and used a value and a service once, then, for each line of input, does
 * the next of two steps and says so: opens and sets the values; serves the functions. Ends when its input does.
 */
import { serve, type Service, SharedValue } from "../../membridge/mod.ts";
import { TextLineStream } from "../../tests/helpers/lines.ts";

const [name, functionCount, valueCount] = Deno.args;
const values: SharedValue[] = [];
const services: Service[] = [];

/** What is garbage now would be taken for a need of the values. */
const collectGarbage = (globalThis as unknown as { gc: () => void }).gc;

function openValue(index: number): SharedValue {
  const value = SharedValue.open(`${name}.${index}`, { create: true });
  value.set({ id: index, name: "living room", target: 21.5 });
  value.get();
  return value;
}

const steps = {
  values: () => {
    for (let i = 0; i < Number(valueCount); i++) values.push(openValue(i));
  },
  functions: () => {
    if (Number(functionCount) === 0) return;
    const indexes = Array.from({ length: Number(functionCount) }, (_, index) => index);
    services.push(serve(name, Object.fromEntries(indexes.map((i) => [`add${i}`, () => i]))));
  },
};

function tidy(): void {
  for (const value of values) {
    value.close();
    SharedValue.remove(value.name);
  }
}

// The first use of everything costs memory that is no value's, and so does compiling what is used often.
if (Number(valueCount) > 0) {
  for (let i = 0; i < Number(valueCount); i++) values.push(openValue(i));
  tidy();
  values.length = 0;
}
collectGarbage();
console.log("empty");
const pending = Object.entries(steps);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const _ of lines) {
  const [step, run] = pending.shift()!;
  run();
  collectGarbage();
  console.log(step);
}
tidy();
for (const service of services) await service.close({ timeoutMs: 0 });
Deno.exit(0);
