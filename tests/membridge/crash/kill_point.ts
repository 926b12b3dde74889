/**
 * Where a victim dies: after the n-th change that other processes can see, counted from {@linkcode arm}.
 *
 * A change is a store to shared memory (`counting_port.ts` is in the place of membridge's port), or a system call that succeeded in
 * changing files, FIFOs or locks (`system_calls.ts` wraps them). "After change n" is "before change n + 1": nothing that another
 * process could see lies between the two.
 *
 * @module
 */

const SIGKILL = 9;

const { symbols: c } = Deno.dlopen("libc.so.6", {
  /** `pid_t getpid(void)` */
  getpid: { parameters: [], result: "i32" },
  /** `int kill(pid_t pid, int sig)`: the process is gone when its own SIGKILL returns, so it does not return. */
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

let armed = false;
let count = 0;
let last = Infinity;

/** A line of what a victim tells the campaign. */
export type Message =
  | { readonly says: string }
  | { readonly made: string }
  | { readonly died: string; readonly changes: number }
  | { readonly failed: string };

/** Tells the campaign something, at once: the next instruction may be the last. */
export function tell(message: Message): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(message) + "\n"));
}

/** Counts from here; the process dies after `changes` of them. */
export function arm(changes: number): void {
  last = changes;
  armed = true;
}

/** Notes that something changed that others can see, and dies if it was the one. */
export function changed(what: string): void {
  if (armed && ++count === last) die(what);
}

/** Ends the process as `kill -9` does. */
export function die(what: string): never {
  tell({ died: what, changes: count });
  c.kill(c.getpid(), SIGKILL);
  throw new Error("unreachable");
}
