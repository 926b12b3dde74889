/**
 * How many messages of 64 bytes a second go through a channel, from one process to another.
 *
 * Run: `deno run --allow-ffi --allow-run --allow-read bench/channel_rate.ts [seconds]`. The rounds of both ways of sending alternate, and so do those of the
 * floors: what a message cannot do without, its encoding, its decoding, and the kernel's lock taken and released.
 *
 * On a machine that others use as well only the processor time per message means anything, and that only beside the floors of the same run.
 */
import { Channel } from "../membridge/mod.ts";
import { KernelLock } from "../membridge/segment/kernel_lock.ts";
import { Segment } from "../membridge/segment/segment.ts";
import { decode, encode } from "../pybytes/mod.ts";

/** 64 bytes with pybytes. */
const MESSAGE = "x".repeat(62);
const BURST = new Array<string>(64).fill(MESSAGE);
const ROUNDS = 4;

type Way = "send" | "sendAll";

/** What a round of one side took, per message. */
interface Cost {
  readonly wallNs: number;
  readonly cpuNs: number;
}

function startClock(): (count: number) => Cost {
  const { process } = globalThis as unknown as {
    process: { cpuUsage(): { user: number; system: number } };
  };
  const cpuMs = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const [wall, cpu] = [performance.now(), cpuMs()];
  return (count) => ({
    wallNs: (performance.now() - wall) * 1e6 / count,
    cpuNs: (cpuMs() - cpu) * 1e6 / count,
  });
}

/** The sending process: its name, how, and for how long. */
async function produce(name: string, way: Way, durationMs: number): Promise<void> {
  using channel = Channel.open<string>(name);
  let count = 0;
  const cost = startClock();
  for (const end = performance.now() + durationMs; performance.now() < end; count += 1024) {
    if (way === "send") { for (let i = 0; i < 1024; i++) await channel.send(MESSAGE); }
    else for (let i = 0; i < 1024; i += 64) await channel.sendAll(BURST);
  }
  console.log(JSON.stringify(cost(count)));
  channel.end();
}

async function measure(way: Way, durationMs: number): Promise<{ sender: Cost; receiver: Cost }> {
  const name = `/bench-${Deno.pid}.channel`;
  using channel = Channel.open<string>(name, { create: true });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-ffi", import.meta.filename!, "produce", name, way, `${durationMs}`],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const output = new Response(child.stdout).text();
    // The process starts before the first message.
    let count = 0;
    let cost = startClock();
    for await (const message of channel) {
      if (message.length !== MESSAGE.length) throw new Error(`a message of ${message.length}`);
      if (count++ === 0) cost = startClock();
    }
    const receiver = cost(count);
    return { sender: JSON.parse(await output), receiver };
  } finally {
    Channel.remove(name);
  }
}

/** The floors, each per message. */
function floors(): Record<"encode" | "decode" | "lock", Cost> {
  const count = 200_000;
  const time = (step: () => void) => {
    const cost = startClock();
    for (let i = 0; i < count; i++) step();
    return cost(count);
  };
  const bytes = encode(MESSAGE);
  const segment = Segment.create({ kind: "value", sizeBytes: 4096 });
  const lock = new KernelLock(segment);
  const result = {
    encode: time(() => encode(MESSAGE)),
    decode: time(() => decode(bytes)),
    lock: time(() => {
      lock.tryAcquire();
      lock.release();
    }),
  };
  segment.close();
  return result;
}

function print(what: string, { wallNs, cpuNs }: Cost, isRate = false): void {
  const rate = isRate ? `  ${Math.round(1e9 / wallNs).toLocaleString("en").padStart(9)}/s` : "";
  console.log(`${what.padEnd(20)} ${cpuNs.toFixed(0).padStart(6)} ns of processor time${rate}`);
}

if (import.meta.main) {
  if (Deno.args[0] === "produce") {
    await produce(Deno.args[1], Deno.args[2] as Way, Number(Deno.args[3]));
  } else {
    const durationMs = Number(Deno.args[0] ?? "1") * 1000;
    for (let round = 1; round <= ROUNDS; round++) {
      console.log(`round ${round} of ${ROUNDS}`);
      for (const [what, cost] of Object.entries(floors())) print(`  floor: ${what}`, cost);
      for (const way of ["send", "sendAll"] as const) {
        const { sender, receiver } = await measure(way, durationMs);
        print(`  ${way}: sender`, sender, true);
        print(`  ${way}: receiver`, receiver, true);
      }
    }
  }
}
