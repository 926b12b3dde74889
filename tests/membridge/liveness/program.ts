/** `program.ts OWN OTHER`: serves one name, and calls another. */
import { connect, serve } from "../../../membridge/mod.ts";

const [own, other] = Deno.args;
const client = connect<{ add(a: number, b: number): number }>(other);
serve(own, {
  pid: () => Deno.pid,
  never: () => new Promise<never>(() => {}),
  add: (a: number, b: number) => client.call("add", a, b),
  addSync: (a: number, b: number) => client.callSync("add", a, b),
});
console.log(`pid ${Deno.pid}`);
console.log("serves");
