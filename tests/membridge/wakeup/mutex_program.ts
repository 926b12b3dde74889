/**
 * `mutex_program.ts START NAME ROUNDS SEED`: goes around three mutexes, always taking the next one before it gives up the last.
 *
 * Two of these wait for each other all the time, each for the one thing that the other will do only once: who is not woken, hangs.
 *
 * @module
 */
import { taken } from "./no_rescue.ts";
import { Mutex } from "../../../membridge/mod.ts";
import { Random } from "../../helpers/random.ts";

const [start, name, rounds, seed] = Deno.args;
const random = new Random(Number(seed) + Number(start));

/** Keeps the thread busy, for a time around that for which a waiting thread spins before it sleeps. */
function hesitate(): void {
  const end = performance.now() + random.next() * 0.2;
  while (performance.now() < end);
}

const mutexes = [0, 1, 2].map((i) =>
  Mutex.open(`${name}.${i}`, { create: true, timeoutMs: Infinity })
);
let at = Number(start);
let guard = mutexes[at].lockSync();
console.log("ready");
for (let n = 0; n < Number(rounds); n++) {
  if (random.below(2) === 0) hesitate();
  if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, random.below(3)));
  at = (at + 1) % 3;
  const next = random.below(2) === 0 ? mutexes[at].lockSync() : await mutexes[at].lock();
  if (next.previousOwnerDied) throw new Error("nobody died");
  if (random.below(2) === 0) hesitate();
  guard.release();
  guard = next;
}
guard.release();
for (const mutex of mutexes) mutex.close();
console.log(JSON.stringify(taken));
Deno.exit(0);
