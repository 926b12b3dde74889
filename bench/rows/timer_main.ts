/** A program with nothing but a timer a second: what the runtime makes of one wake-up. */
setInterval(() => {}, 1000);
console.log("ready");
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
