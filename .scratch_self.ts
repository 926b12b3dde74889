import { connect, serve } from "./membridge/mod.ts";
const h = { add: (a: number, b: number) => a + b };
const service = serve("/scratch-self", h);
const client = connect<typeof h>("/scratch-self");
await client.call("add", 1, 2);
async function round(n: number) {
  const s = performance.now();
  for (let i = 0; i < n; i++) await client.call("add", i, 1);
  return (performance.now() - s) * 1e3 / n;
}
async function batch(n: number) {
  const s = performance.now();
  for (let i = 0; i < n; i += 64) {
    const p = [];
    for (let k = 0; k < 64; k++) p.push(client.call("add", i, 1));
    await Promise.all(p);
  }
  return (performance.now() - s) * 1e3 / n;
}
let bs = 1e9, bb = 1e9;
const until = performance.now() + Number(Deno.args[0] ?? 4) * 1000;
while (performance.now() < until) {
  bs = Math.min(bs, await round(2000));
  bb = Math.min(bb, await batch(6400));
}
console.log("seq", bs.toFixed(2), "us; 64 in flight", bb.toFixed(3), "us/call both sides");
client.close();
await service.close();
