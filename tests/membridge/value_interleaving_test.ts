/** A reader and a writer that stop at any of their steps for the other one: nobody gets what never was. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { SharedValue } from "../../membridge/mod.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { copyForGood } from "../../membridge/value/copy_buffer.ts";
import { ValueSegment } from "../../membridge/value/value_segment.ts";

const FFI = { permissions: { ffi: true } } as const;

const RAW = {
  name: "raw",
  encode: (value: Uint8Array) => value,
  decode: (bytes: Uint8Array) => bytes,
};

type Value = SharedValue<Uint8Array>;

/** The length and the bytes of a version follow from its number: never 0, as given-back memory is. */
function contentOf(version: number, sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes + version % 5).fill(1 + version % 251);
}

function set(value: Value, sizeBytes: number): void {
  value.set(contentOf(value.version + 1, sizeBytes));
}

function isOf(version: number, bytes: Uint8Array): boolean {
  return bytes.length % 5 === version % 5 && bytes.every((byte) => byte === 1 + version % 251);
}

/** Runs `body`, and `interruption` within it in place of step number `n` of the kind that `patch` counts; returns whether there was one. */
function interrupted(
  n: number,
  patch: (step: () => void) => Disposable,
  body: () => void,
  interruption: () => void,
): boolean {
  let left = n;
  using _patch = patch(() => {
    if (left-- === 0) interruption();
  });
  body();
  return left < 0;
}

/** Counts the looks at words that others write. */
function loads(step: () => void): Disposable {
  const { load } = Atomics;
  Atomics.load = ((words: Uint32Array, index: number) => {
    step();
    return load(words, index);
  }) as typeof load;
  return { [Symbol.dispose]: () => void (Atomics.load = load) };
}

/** Counts the stores and the copies of bytes. */
function stores(step: () => void): Disposable {
  const { store } = Atomics;
  const arrays = Object.getPrototypeOf(Uint8Array.prototype);
  const { set } = arrays;
  Atomics.store = ((words: Uint32Array, index: number, value: number) => {
    step();
    return store(words, index, value);
  }) as typeof store;
  arrays.set = function (this: Uint8Array, source: Uint8Array, offset: number) {
    step();
    return set.call(this, source, offset);
  };
  return {
    [Symbol.dispose]() {
      Atomics.store = store;
      arrays.set = set;
    },
  };
}

/** What a writer does while a reader stands still. */
const WRITES: Record<string, (value: Value) => void> = {
  "sets once": (value) => set(value, 600),
  "sets all anew": (value) => {
    for (let i = 0; i < 12; i++) set(value, 600);
  },
  "grows": (value) => set(value, 50_000),
};

/** For readers only: it has too many steps to look between all of them. */
const GROWS_AND_GOES_ROUND: [string, (value: Value) => void] = ["grows and goes round", (value) => {
  set(value, 50_000);
  for (let i = 0; i < 300; i++) set(value, 600);
}];

Deno.test(
  "value interleaving: a writer comes between any two looks of a reader",
  FFI,
  () =>
    leavesNothing(() => {
      const READS: Record<string, (value: Value) => void> = {
        get(value) {
          const bytes = value.get()!;
          assert(bytes.every((byte) => byte === bytes[0] && byte !== 0), "torn");
        },
        history(value) {
          const entries = value.history();
          assert(entries.length > 0);
          for (const { version, value } of entries) assert(isOf(version, value), `v ${version}`);
        },
      };
      for (const history of [1, 3]) {
        for (const [reading, read] of Object.entries(READS)) {
          for (const [writing, write] of [...Object.entries(WRITES), GROWS_AND_GOES_ROUND]) {
            let steps = 0;
            for (let reached = true; reached; steps++) {
              const name = freshName("reader");
              using value = SharedValue.open<Uint8Array>(name, {
                create: true,
                history,
                codec: RAW,
              });
              using writer = SharedValue.open<Uint8Array>(name, { codec: RAW });
              for (let i = 0; i < history + 3; i++) set(writer, 600);
              try {
                const body = () => read(value);
                reached = interrupted(steps, loads, body, () => write(writer));
              } catch (error) {
                throw new Error(`${reading} of ${history}, step ${steps}: a writer ${writing}`, {
                  cause: error,
                });
              }
              SharedValue.remove(name);
            }
            assert(steps > 3, `${steps} steps`);
          }
        }
      }
    }),
);

Deno.test(
  "value interleaving: readers come between any two stores of a writer",
  FFI,
  () =>
    leavesNothing(() => {
      for (const history of [1, 3]) {
        for (const [writing, write] of Object.entries(WRITES)) {
          let steps = 0, whole = 0, gone = 0;
          for (let reached = true; reached; steps++) {
            const name = freshName("writer");
            using writer = SharedValue.open<Uint8Array>(name, {
              create: true,
              history,
              codec: RAW,
            });
            for (let i = 0; i < history + 10; i++) set(writer, 600);
            const segment = Segment.open(pathOfName(name), {
              kind: "value",
              name,
              minimumBytes: 0,
            })!;
            const reader = new ValueSegment(segment, name);
            const look = () => {
              const { version } = reader;
              // Also those that nobody promises: a reader may have begun with one when it was current.
              for (let each = 1; each <= version; each++) {
                const bytes = reader.copy(each, copyForGood);
                const what =
                  `${writing} of ${history}, step ${steps}: version ${each} of ${version}`;
                if (bytes !== undefined) assert(isOf(each, bytes), what);
                else assert(each <= version - history, what);
                if (bytes === undefined) gone++;
                else whole++;
              }
            };
            reached = interrupted(steps, stores, () => write(writer), look);
            look();
            segment.close();
            SharedValue.remove(name);
          }
          assert(steps > 5 && whole > 10 && gone > 10, `${steps} steps, ${whole}, ${gone}`);
          if (writing === "sets once") assertEquals(steps, 6);
        }
      }
    }),
);
