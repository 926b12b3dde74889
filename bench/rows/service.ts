/** Starts a service in another process for a row that needs one. */
import { LineChild } from "../line_child.ts";

const MAIN = new URL("./service_main.ts", import.meta.url);
let count = 0;

/** Returns a name that nobody uses. */
export function freshName(what: string): string {
  return `/bench-${Deno.pid}-${count++}.${what}`;
}

/** Starts a process that serves the functions of `service_main.ts`, and waits until it does. */
export async function startService(name: string): Promise<LineChild> {
  const child = LineChild.deno(MAIN, [name]);
  await child.readLine();
  return child;
}
