/** Every protocol, explored completely within bounds; every mutation of it is caught. `deno task model` goes further. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { explore } from "./explorer.ts";
import { exploreBroken, PROTOCOLS } from "./protocols.ts";

const NONE = { permissions: "none" } as const;

let total = 0;

for (const protocol of PROTOCOLS) {
  Deno.test(`model: ${protocol.name}: nothing is wrong in any state`, NONE, () => {
    const { states, transitions, ends, violation } = explore(protocol.build());
    console.log(`${states} states, ${transitions} transitions, ${ends} ends`);
    if (violation !== undefined) throw new Error(`${violation.what}\n${violation.trace}`);
    assert(states >= protocol.minimumStates, `only ${states} states`);
    assert(ends > 0 && transitions > states, `${ends} ends`);
    total += states;
  });

  Deno.test(`model: ${protocol.name}: what is broken on purpose is found`, NONE, () => {
    assert(protocol.mutations.length > 3, "there are mutations");
    assertEquals(new Set(protocol.mutations).size, protocol.mutations.length);
    for (const mutation of protocol.mutations) {
      const { states, violation } = exploreBroken(protocol, mutation);
      assert(violation !== undefined, `not caught in ${states} states: ${mutation}`);
      console.log(`${mutation}: ${violation.what}, in ${violation.trace.split("\n").length} steps`);
    }
  });
}

Deno.test("model: a million states in all", NONE, () => {
  console.log(`${total} states`);
  assert(total >= 1_000_000, `${total} states`);
});
