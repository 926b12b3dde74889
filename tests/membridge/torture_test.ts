/** The torture in short: processes that use everything at once, and are killed, stopped and ended. `deno task torture` is the long one. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import { CallLedger, type Delivered, MessageLedger } from "./torture/ledger.ts";
import { flip, summarizeFlips } from "./torture/flip.ts";
import { faultOf, makePayload } from "./torture/payload.ts";
import { summarize, torture } from "./torture/torture.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

const FEWEST_KILLS = 20;
/** Kinds of operations, of the 50 that there are, that even a short run has. */
const FEWEST_OPERATIONS = 25;
/** Seconds that a slice takes on a machine that has time, and at the most until there were enough kills. */
const SLICE_SECONDS = 10;
const MOST_SECONDS = 60;

async function runSlice(seed: number): Promise<void> {
  console.log(`seed ${seed}`);
  const outcome = await torture({
    seed,
    seconds: SLICE_SECONDS,
    fewestKills: FEWEST_KILLS,
    mostSeconds: MOST_SECONDS,
  });
  const summary = summarize(outcome);
  assert(!outcome.judge.failed, summary);
  assert(outcome.kills >= FEWEST_KILLS, summary);
  assert(outcome.stops > 0 && outcome.judge.total > 1000, summary);
  const kinds = [...outcome.judge.operations.keys()].filter((what) => !what.includes(":"));
  assert(kinds.length >= FEWEST_OPERATIONS, summary);
}

Deno.test("torture: a slice", PROCESSES, () => runSlice(new Random().seed));

Deno.test("torture: somebody writes into all memory that is in use", PROCESSES, async () => {
  const { seed } = new Random();
  console.log(`seed ${seed}`);
  const outcome = await flip({ seed, seconds: SLICE_SECONDS });
  const summary = summarizeFlips(outcome);
  assert(!outcome.judge.failed, summary);
  assert(outcome.flips > 200 && outcome.judge.total > 200, summary);
  // It was felt.
  assert([...outcome.judge.operations.keys()].some((what) => what.includes("corrupt")), summary);
});

Deno.test("torture: the judge of payloads notices any change", () => {
  const random = new Random(1);
  for (let i = 0; i < 50; i++) {
    const payload = makePayload(random, { by: 1 + i, number: i, maxBytes: 300 });
    assertEquals(faultOf(payload), undefined);
    assert(faultOf({ ...payload, number: i + 1 }) !== undefined);
    assert(faultOf({ ...payload, by: i }) !== undefined);
    if (payload.bytes.length === 0) continue;
    const bytes = payload.bytes.slice();
    bytes[random.below(bytes.length)] ^= 1;
    assert(faultOf({ ...payload, bytes }) !== undefined);
    assert(faultOf({ ...payload, bytes: payload.bytes.slice(1) }) !== undefined);
  }
});

Deno.test("torture: the judge of messages finds what is lost and what comes too often", () => {
  const first: Delivered = { by: 1, number: 1, redelivered: false, atMs: 1000 };
  const again = { ...first, redelivered: true, atMs: 2000 };
  const cases: [faults: string[], story: (ledger: MessageLedger) => void][] = [
    [[], (ledger) => ledger.got(first)],
    [[], (ledger) => (ledger.got(first), ledger.got(again), ledger.acked(1, 1, 2001))],
    [[], (ledger) => (ledger.got(again), ledger.got(first))],
    [["lost"], () => {}],
    [["duplicate"], (ledger) => (ledger.got(first), ledger.got({ ...first, atMs: 1000 }))],
    [["duplicate"], (ledger) => (ledger.got({ ...again, atMs: 500 }), ledger.got(first))],
    [["duplicate"], (ledger) => (ledger.got(first), ledger.got({ ...again, atMs: 500 }))],
    [["duplicate"], (ledger) => (ledger.got(first), ledger.acked(1, 1, 1001), ledger.got(again))],
    [["duplicate"], (ledger) => {
      ledger.got(first);
      ledger.acked(1, 1, 1001);
      ledger.acked(1, 1, 1002);
    }],
  ];
  for (const [expected, story] of cases) {
    const faults: string[] = [];
    const ledger = new MessageLedger("channel", (kind) => faults.push(kind));
    ledger.sent(1, 1, 1);
    story(ledger);
    ledger.close();
    assertEquals(faults, expected, story.toString());
  }
});

Deno.test("torture: the judge of calls finds what ran twice, and what never ran", () => {
  const faults: string[] = [];
  const ledger = new CallLedger((_kind, detail) => faults.push(detail));
  for (const number of [1, 2, 2, 3, 3, 4]) ledger.ran(7, number);
  ledger.answered(7, 1, false);
  ledger.answered(7, 2, true);
  ledger.answered(7, 3, false);
  ledger.answered(7, 5, false);
  ledger.answered(7, 1, false);
  ledger.close();
  assertEquals(faults, [
    "call 7.3 ran 2 times",
    "call 7.5 was answered, and never ran",
    "call 7.1 was answered twice",
  ]);
});
