/**
 * `program.ts ROLE NAME ROUNDS SEED`: two of them wake each other, at moments around those at which they go to sleep.
 *
 * - `serve`: answers calls, and sets the value that is asked for;
 * - `call`: calls, blocking or not, and watches the value.
 *
 * @module
 */
import { taken } from "./no_rescue.ts";
import { connect, serve, SharedValue } from "../../../membridge/mod.ts";
import { Random } from "../../helpers/random.ts";

const [role, name, rounds, seed] = Deno.args;
const random = new Random(Number(seed));
const valueName = `${name}.value`;

// Signals that arrive in a system call end it early; nothing else is to come of them.
let signals = 0;
Deno.addSignalListener("SIGUSR2", () => signals++);

/** Keeps the thread busy, for a time around that for which both sides spin before they sleep. */
function hesitate(): void {
  const end = performance.now() + random.next() * 0.2;
  while (performance.now() < end);
}

if (role === "serve") {
  using value = SharedValue.open<number>(valueName, { create: true });
  value.set(0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const service = serve(name, {
    add(a: number, b: number) {
      if (random.next() < 0.5) hesitate();
      return a + b;
    },
    async later(n: number) {
      await new Promise((resolve) => setTimeout(resolve, random.below(3)));
      return n;
    },
    set(n: number) {
      setTimeout(() => value.set(n), random.below(3));
    },
    grow: (sizeBytes: number) => {
      using large = SharedValue.open<Uint8Array>(`${name}.large`, { create: true });
      large.set(new Uint8Array(sizeBytes));
      return large.get()!.length;
    },
    stop: () => resolve(),
  });
  console.log("ready");
  await promise;
  await service.close();
} else {
  const client = connect<{
    add(a: number, b: number): number;
    later(n: number): number;
    set(n: number): void;
    grow(sizeBytes: number): number;
    stop(): void;
  }>(name, { timeoutMs: Infinity });
  using value = SharedValue.open<number>(valueName);
  const watch = value.watch();
  console.log("ready");
  const expect = (found: unknown, expected: unknown) => {
    if (found !== expected) throw new Error(`${found} instead of ${expected}`);
  };
  for (let n = 1; n <= Number(rounds); n++) {
    hesitate();
    expect(client.callSync("add", n, 1), n + 1);
    hesitate();
    expect(await client.call("add", n, 2), n + 2);
    if (n % 10 === 0) {
      expect(client.callSync("later", n), n);
      expect(await client.call("later", n), n);
      await client.call("set", n);
      expect((await watch.next()).value, n);
    }
  }
  expect(await client.call("grow", 48 << 20), 48 << 20);
  await watch.return!();
  await client.call("stop");
  client.close();
  console.log(JSON.stringify({ ...taken, signals }));
}
Deno.exit(0);
