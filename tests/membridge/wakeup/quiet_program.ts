/**
 * Watches the value with the name that is given, with every interval a hundredth of what it is. Prints how often it looks around, in
 * milliseconds, each time that this changes, and the values. Ends at the value 2.
 */
const { setInterval: start } = globalThis;

globalThis.setInterval = ((callback: () => void, delayMs: number) => {
  console.log(`every ${delayMs}`);
  return start(callback, delayMs / 100);
}) as typeof setInterval;

const { SharedValue } = await import("../../../membridge/mod.ts");
using value = SharedValue.open<number>(Deno.args[0]);
for await (const now of value.watch()) {
  console.log(now);
  if (now === 2) break;
}
