/**
 * One process is the service: it alone does the expensive work, and the others call it.
 *
 * Terminal 1: `deno run --allow-ffi examples/singleton_service/service.ts` (Ctrl+C ends it)
 *
 * Terminal 2: `deno run --allow-ffi examples/singleton_service/client.ts` (Ctrl+C ends it)
 *
 * Started a second time, the service says which process serves already. With `--takeover` it takes the name over, and the first one
 * ends. Kill it with `kill -9` and start it again: the client waits, and goes on.
 */
import { AlreadyServedError, serve, type Service } from "@sysframe/sysframe/membridge";

const handlers = {
  isPrime: (n: number) => ({ prime: primes.has(n), pid: Deno.pid }),
};
export type Primes = typeof handlers;

// The name first, then the work: of two programs that start at once only one does it. Calls wait for the event loop meanwhile.
const service = serveOrEnd();
// Stands for what takes long: a large file that is parsed, a model that is loaded, a cache that is warm.
const primes = findPrimes(1_000_000);
console.log(`process ${Deno.pid} serves and knows ${primes.size} primes`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => service.close());
}
try {
  await service.closed;
  console.log("closed");
} catch (error) {
  // A SupersededError: what this process still calculates reaches nobody.
  console.log(`${(error as Error).name}: ${(error as Error).message}`);
}

function serveOrEnd(): Service {
  try {
    return serve("/example.primes", handlers, { takeover: Deno.args.includes("--takeover") });
  } catch (error) {
    if (!(error instanceof AlreadyServedError)) throw error;
    console.log(`process ${error.pid} serves already`);
    Deno.exit(1);
  }
}

function findPrimes(end: number): Set<number> {
  const composite = new Uint8Array(end);
  const found = new Set<number>();
  for (let n = 2; n < end; n++) {
    if (composite[n]) continue;
    found.add(n);
    for (let multiple = n * n; multiple < end; multiple += n) composite[multiple] = 1;
  }
  return found;
}
