/** Asks the service about one number after the other, whichever process serves. See `service.ts`. */
import { connect } from "@sysframe/sysframe/membridge";
import type { Primes } from "./service.ts";

let stopped = false;
Deno.addSignalListener("SIGINT", () => stopped = true);

// It waits for a service that is not there (yet, or any more), and asks again if one dies while it is asked: that does no harm here.
using primes = connect<Primes>("/example.primes", { waitMs: 60_000, idempotent: true });
let served = 0;
let count = 0;
for (let n = 1; !stopped; n++) {
  const { prime, pid } = await primes.api.isPrime(n);
  if (prime) count++;
  if (pid !== served) console.log(`process ${pid} answers`);
  served = pid;
  if (n === 100) console.log(`${count} primes up to ${n}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
