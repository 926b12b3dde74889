/** A process that uses a channel is killed before each single store that it makes; the others go on from whatever it left. */
import { assert, assertEquals, assertInstanceOf } from "../helpers/assert.ts";
import { freshName, sharedFiles } from "../helpers/shm.ts";
import { Channel, type ChannelOptions, EndedError, TimeoutError } from "../../membridge/mod.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { forgetting, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** The configuration's imports, and the killing port in the place of the real one, as a `data:` URL. */
function importMap(): string {
  const root = new URL("../../", import.meta.url);
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  imports[new URL("membridge/sync/port.ts", root).href] =
    new URL("./fixtures/killing_port.ts", import.meta.url).href;
  return `data:application/json,${encodeURIComponent(JSON.stringify({ imports }))}`;
}

const FLAGS = ["--allow-ffi", "--allow-run", `--import-map=${importMap()}`];

/** How many stores a scenario may make at most; far more than any does. */
const MOST_STORES = 400;

/** How many programs run at the same time. */
const AT_A_TIME = 4;

/** What the killed program said, and what it left in the channel. */
interface Aftermath {
  readonly said: ReadonlySet<string>;
  /** How often each value was delivered afterwards, and whether always with the mark. */
  readonly delivered: ReadonlyMap<number, { times: number; marked: boolean }>;
}

/** Takes out everything that is there, acknowledging it. */
async function drain(channel: Channel<number>): Promise<Aftermath["delivered"]> {
  const delivered = new Map<number, { times: number; marked: boolean }>();
  for (;;) {
    try {
      const { value, redelivered, ack } = await channel.receiveMessage({ timeoutMs: 0 });
      const { times, marked } = delivered.get(value) ?? { times: 0, marked: true };
      delivered.set(value, { times: times + 1, marked: marked && redelivered });
      assert(ack());
    } catch (error) {
      if (!(error instanceof EndedError)) assertInstanceOf(error, TimeoutError);
      return delivered;
    }
  }
}

interface Scenario {
  readonly what: string;
  readonly options?: ChannelOptions<number>;
  /** Brings the channel into the state that the program finds; returns handles to keep open. */
  readonly prepare: (channel: Channel<number>) => Promise<Disposable[]> | void;
  /** The values that are in the channel before. */
  readonly before: number;
  /** Whether the oldest may be gone. */
  readonly drops?: boolean;
}

/** Runs the scenario once for each of its stores. */
function crashTest(title: string, scenario: Scenario): void {
  Deno.test(`channel crash: ${title}`, PROCESSES, async () => {
    const files = new Set(sharedFiles());
    let kills = 0;
    let survived = false;
    for (let n = 1; n < MOST_STORES && !survived; n += AT_A_TIME) {
      const stores = Array.from({ length: AT_A_TIME }, (_, i) => n + i);
      for (const killed of await Promise.all(stores.map((n) => runOnce(scenario, n)))) {
        if (killed) kills++;
        else survived = true;
      }
    }
    assert(kills > 0 && kills < MOST_STORES - 1, `${kills} kills`);
    sweepDeadPeers();
    assertEquals(sharedFiles().filter((file) => !files.has(file)), []);
  });
}

/** Runs the scenario to the n-th store; returns whether it came there. */
async function runOnce(scenario: Scenario, n: number): Promise<boolean> {
  const name = freshName("crash");
  using _left = forgetting(name);
  using channel = Channel.open<number>(name, {
    create: true,
    capacityBytes: 4096,
    timeoutMs: 2000,
    ...scenario.options,
  });
  const kept = await scenario.prepare(channel) ?? [];
  await using program = new Program("program_channel_killed.ts", [name, scenario.what, String(n)], {
    flags: FLAGS,
  });
  const { signal, stdout, stderr } = await program.ended(20_000);
  assertEquals(stderr, "");
  const killed = !stdout.includes("survived");
  assertEquals(signal, killed ? "SIGKILL" : null, `store ${n}: ${stdout}`);
  for (const each of kept) each[Symbol.dispose]();
  check(await examine(channel, new Set(stdout), n % 2 === 1), scenario, `store ${n}`);
  channel.close();
  Channel.remove(name);
  return killed;
}

async function examine(
  channel: Channel<number>,
  said: Set<string>,
  use: boolean,
): Promise<Aftermath> {
  const delivered = await drain(channel);
  assertEquals(channel.length, 0);
  // The channel is as good as new: it takes and gives more than it holds.
  // Using it may repair what its end alone would stumble over.
  if (!channel.ended) {
    for (let i = 0; use && i < 300; i++) {
      await channel.send(1000 + i);
      assertEquals(await channel.receive(), 1000 + i);
    }
    assertEquals(channel.tryReceive(), undefined);
    channel.end();
  }
  // Nothing is left that nobody could take.
  assertEquals(await within(5000, Array.fromAsync(channel), "the end"), []);
  return { said, delivered };
}

function check({ said, delivered }: Aftermath, { before, drops }: Scenario, when: string): void {
  for (let value = 0; value < before; value++) {
    const { times, marked } = delivered.get(value) ?? { times: 0, marked: true };
    const what = `${when}: value ${value}, delivered ${times} times, marked ${marked}`;
    if (said.has(`done ${value}`)) assertEquals(times, 0, what);
    else if (said.has(`took ${value}`)) assert(times <= 1 && marked, what);
    else assert(times === 1 || (drops && times === 0), what);
  }
  for (let value = 100; value < 110; value++) {
    const { times } = delivered.get(value) ?? { times: 0 };
    assert(times <= 1 && (times === 1 || !said.has(`sent ${value}`)), `${when}: value ${value}`);
  }
}

const fill = (count: number) => (channel: Channel<number>) =>
  channel.sendAll(Array.from({ length: count }, (_, i) => i)).then(() => []);

crashTest("sending", { what: "send", before: 2, prepare: fill(2) });
crashTest("receiving, several at a time, and closing", {
  what: "receive",
  before: 4,
  prepare: fill(4),
});
crashTest("receiving messages, acknowledged out of order", {
  what: "messages",
  before: 5,
  prepare: fill(5),
});
crashTest("waiting for room", {
  what: "wait",
  before: 5,
  async prepare(channel) {
    await fill(5)(channel);
    while (channel.trySend(-1));
    return [];
  },
});
crashTest("waiting for a message", { what: "hungry", before: 1, prepare: fill(1) });
crashTest("dropping the oldest, and receiving", {
  what: "send",
  options: { whenFull: "drop_oldest" },
  before: 300,
  drops: true,
  prepare: fill(300),
});
crashTest("receiving where others may drop", {
  what: "messages",
  options: { whenFull: "drop_oldest" },
  before: 5,
  prepare: fill(5),
});
crashTest("ending", { what: "end", before: 2, prepare: fill(2) });

crashTest("coming while another consumer has claimed several", {
  what: "messages",
  before: 30,
  async prepare(channel) {
    const other = Channel.open<number>(channel.name);
    // It claims more and more at a time, as long as it is quick.
    do {
      for (let round = 0; round < 8; round++) {
        await channel.sendAll(new Array(100).fill(-1));
        while (other.tryReceive() !== undefined);
      }
      await channel.send(-1);
      await fill(30)(channel);
      other.tryReceive();
    } while (channel.length > 25);
    return [other];
  },
});

crashTest("freeing what a dead consumer held", {
  what: "hungry",
  before: 5,
  async prepare(channel) {
    await fill(5)(channel);
    // Killed before the store by which its first acknowledgement would be done.
    await using victim = new Program("program_channel_killed.ts", [channel.name, "receive", "9"], {
      flags: FLAGS,
    });
    const { signal } = await victim.ended(20_000);
    assertEquals(signal, "SIGKILL");
    return [];
  },
});

Deno.test("channel crash: making and removing one", PROCESSES, async () => {
  const files = new Set(sharedFiles());
  for (const what of ["make", "remove"]) {
    let kills = 0;
    for (let n = 1; n < MOST_STORES; n++) {
      const name = freshName("crash");
      using _left = forgetting(name);
      await using program = new Program("program_channel_killed.ts", [name, what, String(n)], {
        flags: FLAGS,
      });
      const { signal, stdout, stderr } = await program.ended(20_000);
      assertEquals(stderr, "");
      if (signal !== null) kills++;
      using channel = Channel.open<number>(name, { create: true });
      await channel.send(1);
      assertEquals(await channel.receive(), 1);
      channel.close();
      assert(Channel.remove(name));
      if (stdout.includes("survived")) break;
    }
    assert(kills > 0 && kills < MOST_STORES - 1, `${kills} kills`);
  }
  sweepDeadPeers();
  assertEquals(sharedFiles().filter((file) => !files.has(file)), []);
});
