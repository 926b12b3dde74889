/** `program.ts NAME`: everything open at once, then a child process, then everything closed and used all the same. */
import { connect, serve, SharedValue } from "../../../membridge/mod.ts";
import { openUnnamed, reserve } from "../../../membridge/libc/files.ts";
import { Mapping } from "../../../membridge/libc/memory.ts";

const [name] = Deno.args;
const value = SharedValue.open<number>(`${name}.value`, { create: true });
value.set(1);
const watch = value.watch();
const next = watch.next();
const service = serve(name, { f: () => 1 });
const client = connect<{ f(): number }>(name);
await client.call("f");

const child = new Deno.Command("sleep", { args: ["60"], stdout: "null", stderr: "null" }).spawn();
console.log(`child ${child.pid}`);

for await (const _ of Deno.stdin.readable);
child.kill();

// Views of memory that is given back: of length 0, and nothing to read or write.
const fd = openUnnamed("/dev/shm", 0o600);
reserve(fd, 1 << 20);
const mapping = new Mapping(fd, 1 << 20);
const bytes = new Uint8Array(mapping.buffer);
const words = new Uint32Array(mapping.buffer, 4096, 16);
const view = new DataView(mapping.buffer);
bytes.fill(7);
mapping.close();
mapping.close();
const attempts: Record<string, () => unknown> = {
  length: () => [bytes.length, words.length, mapping.buffer.byteLength],
  read: () => [bytes[5], words[0]],
  write: () => (bytes[5] = 1, words[0] = 1, bytes.fill(1), "nothing"),
  load: () => Atomics.load(words, 0),
  store: () => Atomics.store(words, 0, 1),
  view: () => view.getUint8(0),
  set: () => bytes.set([1]),
  slice: () => bytes.slice().length,
};

for (const close of [() => client.close(), () => value.close()]) {
  close();
  close();
}
await service.close();
await service.close();
Object.assign(attempts, {
  get: () => value.get(),
  setValue: () => value.set(2),
  version: () => value.version,
  update: () => value.update((n) => n!),
  watch: () => value.watch(),
  callSync: () => client.callSync("f"),
});
for (const [what, attempt] of Object.entries(attempts)) {
  let outcome: unknown;
  try {
    outcome = attempt();
  } catch (error) {
    outcome = (error as Error).name;
  }
  console.log(`${what} ${JSON.stringify(outcome)}`);
}
console.log(`next ${JSON.stringify(await next)}`);
SharedValue.remove(`${name}.value`);
