/** When programs that hold a channel end, and what they leave: real processes, as a user writes them. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { Channel } from "../../membridge/mod.ts";
import { listDirectory } from "../../membridge/libc/directory.ts";
import { filesOf, forgetting, openDescriptors, peek } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** Clock ticks (10 ms) that a process has spent so far, in and out of the kernel. */
function ticksOf(pid: number): number {
  const stat = new TextDecoder().decode(peek(`/proc/${pid}/stat`, 4096, { readOnly: true }));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

Deno.test(
  "channel lifecycle: an idle handle, and an unref()ed wait, let the program end",
  PROGRAMS,
  async () => {
    const name = freshName("ends");
    using _left = forgetting(name);
    using channel = Channel.open<string>(name, { create: true });
    channel.sendSync("one");
    await using idle = new Program("program_channel.ts", [name, "idle"]);
    const first = await idle.ended();
    assertEquals([first.code, first.stderr, first.stdout], [0, "", ["one"]]);
    // It ended without acknowledging what it had received: nobody knows whether it was done with it.
    const again = await channel.receiveMessage({ timeoutMs: 5000 });
    assertEquals([again.value, again.redelivered, again.ack()], ["one", true, true]);
    await using unref = new Program("program_channel.ts", [name, "unref"]);
    const second = await unref.ended();
    assertEquals([second.code, second.stderr, second.stdout], [0, "", ["waits"]]);
    assertEquals(filesOf(`${name}.none`, [idle.pid, unref.pid]), []);
  },
);

Deno.test(
  "channel lifecycle: a loop that waits keeps the program running, costs nothing, and ends with the channel",
  PROGRAMS,
  async () => {
    const name = freshName("waits");
    using _left = forgetting(name);
    using channel = Channel.open<string>(name, { create: true });
    await using program = new Program("program_channel.ts", [name, "wait"]);
    await program.says("waits");
    channel.sendSync("one");
    await program.says("one");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = ticksOf(program.pid);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const spent = ticksOf(program.pid) - before;
    assert(spent <= 3, `it spent ${spent} ticks of 10 ms in 2 s`);
    assert(program.running);
    channel.sendSync("two");
    await program.says("two");
    channel.end();
    const { code, stderr, stdout } = await program.ended();
    assertEquals([code, stderr, stdout], [0, "", ["waits", "one", "two", "ended"]]);
    assertEquals(filesOf(`${name}.none`, [program.pid]), []);
  },
);

Deno.test(
  "channel lifecycle: Deno.exit with a message in hand gives it back and leaves nothing",
  PROGRAMS,
  async () => {
    const name = freshName("exit");
    using _left = forgetting(name);
    using channel = Channel.open<string>(name, { create: true });
    channel.sendSync("one");
    await using program = new Program("program_channel.ts", [name, "exit"]);
    const { code, stderr, stdout } = await program.ended();
    assertEquals([code, stderr, stdout], [7, "", ["one"]]);
    assertEquals(filesOf(`${name}.none`, [program.pid]), []);
    assertEquals(channel.length, 1);
    const again = await channel.receiveMessage();
    assertEquals([again.value, again.redelivered], ["one", true]);
  },
);

Deno.test("channel lifecycle: handles leave no descriptors and no mappings", PROGRAMS, async () => {
  const name = freshName("many");
  using _left = forgetting(name);
  using _channel = Channel.open<number>(name, { create: true, capacityBytes: 4096 });
  const use = async () => {
    using one = Channel.open<number>(name);
    using two = Channel.open<number>(name);
    await one.send(1);
    assertEquals(await two.receive(), 1);
    const waiting = one.receive();
    await two.send(2);
    assertEquals(await waiting, 2);
  };
  await use();
  const mappings = () =>
    new TextDecoder().decode(peek("/proc/self/maps", 1 << 20, { readOnly: true }))
      .split("\n").filter((line) => line.includes("sysframe")).length;
  const before = [openDescriptors(), mappings()];
  for (let i = 0; i < 50; i++) await use();
  // The event loop closes adopted descriptors in its own time.
  for (let i = 0; i < 100 && openDescriptors() > before[0]; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals([openDescriptors(), mappings()], before);
  assert(listDirectory("/proc/self/task").length < 40);
});
