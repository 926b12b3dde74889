/** What a thread looks at, and how often. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { type Source, SourceSet } from "../../membridge/peer/source_set.ts";

const NONE = { permissions: "none" } as const;

/** A source that counts how often it was looked at. */
class Counted implements Source {
  looks = 0;
  news = 0;
  onNews: (() => void) | undefined;

  poll(): boolean {
    this.looks++;
    if (this.news === 0) return false;
    this.news--;
    this.onNews?.();
    return true;
  }
}

function filled(count: number): { set: SourceSet; sources: Counted[] } {
  const set = new SourceSet();
  const sources = Array.from({ length: count }, () => new Counted());
  for (const source of sources) set.add(source);
  return { set, sources };
}

Deno.test("sources: a look at a busy one among a thousand costs two looks", NONE, () => {
  const { set, sources } = filled(1000);
  const busy = sources[500];
  set.heat(busy);
  for (let i = 0; i < 1000; i++) {
    busy.news = 1;
    assert(set.pollHot());
  }
  const looks = sources.reduce((sum, source) => sum + source.looks, 0);
  assert(busy.looks >= 1000 && looks <= 2001, `${looks} looks`);
  // Each of the others had its turn.
  assert(sources.every((source) => source.looks >= 1));
});

Deno.test("sources: news of a cold one is found in turn, and makes it hot", NONE, () => {
  const { set, sources } = filled(50);
  sources[33].news = 1;
  let rounds = 0;
  while (!set.pollHot()) assert(++rounds < 50);
  const { looks } = sources[33];
  for (let i = 0; i < 10; i++) set.pollHot();
  assert(sources[33].looks >= looks + 10);
});

Deno.test("sources: what has nothing for long cools down, and many at once soon", NONE, () => {
  const { set, sources } = filled(500);
  for (const source of sources) set.heat(source);
  for (let i = 0; i < 2000; i++) set.pollHot();
  const before = sources.map(({ looks }) => looks);
  for (let i = 0; i < 500; i++) set.pollHot();
  const looks = sources.reduce((sum, source, index) => sum + source.looks - before[index], 0);
  assert(looks < 500 * 60, `${looks} looks`);
});

Deno.test("sources: a full look reaches each, whoever comes and goes meanwhile", NONE, () => {
  const { set, sources } = filled(100);
  const late = new Counted();
  sources[70].news = 1;
  sources[70].onNews = () => {
    for (const index of [70, 10, 99, 0]) set.delete(sources[index]);
    set.add(late);
  };
  assert(set.poll());
  for (const [index, source] of sources.entries()) {
    if (![10, 0].includes(index)) assert(source.looks >= 1, `source ${index}`);
  }
  assertEquals([sources[10].looks, sources[0].looks], [0, 0]);
  assertEquals(set.size, 97);
  assertEquals(set.delete(sources[0]), false);
  set.poll();
  assert(late.looks >= 1);
});

Deno.test(
  "sources: one that throws is reported, and hinders no other",
  { permissions: "none" },
  () => {
    const set = new SourceSet();
    const good = new Counted();
    good.news = 1;
    const reported: unknown[] = [];
    const report = globalThis.reportError;
    globalThis.reportError = (error) => reported.push(error);
    try {
      set.add({
        poll() {
          throw new Error("broken");
        },
      });
      set.add(good);
      assert(set.poll());
    } finally {
      globalThis.reportError = report;
    }
    assertEquals(reported.length, 1);
  },
);

/** A source for which nothing can come unless it is told so. */
class Idle extends Counted {
  idle = true;
}

Deno.test(
  "sources: those that are idle rest until they are heated, or looked at on purpose",
  NONE,
  () => {
    const set = new SourceSet();
    const sources = Array.from({ length: 100 }, () => new Idle());
    for (const source of sources) set.add(source);
    set.poll();
    for (let i = 0; i < 10; i++) {
      set.poll();
      set.pollHot();
    }
    assert(sources.every(({ looks }) => looks === 1));
    assertEquals([set.size, set.all().length], [100, 100]);
    const [first, second, third] = sources;
    first.idle = false;
    set.heat(first);
    for (let i = 0; i < 10; i++) set.pollHot();
    assert(first.looks >= 11);
    second.news = third.news = 1;
    assert(!set.poll());
    assert(set.pollResting());
    assert(!set.pollResting());
    assertEquals([second.news, third.news, second.looks], [0, 0, 3]);
    // It rests still, and leaves from there.
    assertEquals([set.delete(second), set.delete(second), set.size], [true, false, 99]);
    set.add(third);
    assertEquals(set.size, 99);
  },
);
