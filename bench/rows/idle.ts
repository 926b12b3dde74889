/** Row: what a server with many functions and many open values costs while nobody wants anything from it. */
import { connect } from "../../membridge/mod.ts";
import { LineChild } from "../line_child.ts";
import type { Aim } from "../report/aims.ts";
import { formatBytes } from "../report/table.ts";
import { figuresOf } from "./proc.ts";
import { freshName } from "./service.ts";

const MAIN = new URL("./idle_main.ts", import.meta.url);
const TIMER = new URL("./timer_main.ts", import.meta.url);
const FUNCTIONS = 1000;
const VALUES = 1000;
/** How long a process settles before it counts as idle: the collector and the compiler finish beside the program, idle threads end, and it looks around less often. */
const SETTLE_MS = 12_000;
const WATCH_MS = 9000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(name: string, functions: number, values: number): Promise<LineChild> {
  const child = LineChild.deno(MAIN, [name, String(functions), String(values)], [
    "--allow-ffi",
    "--v8-flags=--expose-gc",
  ]);
  await child.readLine();
  return child;
}

/** Compares a server that has answered once, and keeps the caller's connection, with programs that only wait. */
export async function measureIdle(): Promise<Aim[]> {
  const name = freshName("idle");
  await using server = await start(name, FUNCTIONS, VALUES);
  await using plain = await start(freshName("plain"), 0, 0);
  await using timer = LineChild.deno(TIMER, []);
  const empty = figuresOf(server.pid);
  await server.ask("values");
  const full = figuresOf(server.pid);
  await server.ask("functions");
  for (let step = 0; step < 2; step++) await plain.ask("nothing");
  using client = connect(name);
  const last = FUNCTIONS - 1;
  if (client.callSync(`add${last}`) !== last) throw new Error("The idle server answers wrongly");

  await sleep(SETTLE_MS);
  const pids = [server.pid, plain.pid, timer.pid];
  const before = pids.map(figuresOf);
  await sleep(WATCH_MS);
  const after = pids.map(figuresOf);
  const [serverRate, plainRate, timerRate] = after.map(({ wakeUps }, index) =>
    (wakeUps - before[index].wakeUps) * 1000 / WATCH_MS
  );
  const growth = full.rssBytes - empty.rssBytes;
  const shared = full.sharedBytes - empty.sharedBytes;
  return [
    {
      what: `idle server (${FUNCTIONS} functions, ${VALUES} values): wake-ups a second`,
      sense: "at most",
      goal: 1,
      unit: "count",
      measured: serverRate,
      note: `a program that only waits: ${plainRate}, one with a timer a second: ${timerRate}`,
    },
    {
      what: "idle server: threads more than a program that only waits",
      sense: "at most",
      goal: 0,
      unit: "count",
      measured: after[0].threads - after[1].threads,
      note: `${after[0].threads} and ${after[1].threads}`,
    },
    {
      what: "RSS growth for each open value",
      sense: "at most",
      goal: 8192,
      unit: "bytes",
      measured: growth / VALUES,
      note: `of these ${formatBytes(shared / VALUES)} are the value's shared memory`,
    },
  ];
}
