/** Whoever plants files in `/dev/shm` gets typed errors out of membridge: no hang, no crash, nothing from inside. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { freshName } from "../helpers/shm.ts";
import {
  BusyError,
  connect,
  SegmentError,
  type SegmentErrorCode,
  serve,
  SharedValue,
} from "../../membridge/mod.ts";
import { makeFifo, statPath } from "../../membridge/libc/files.ts";
import { MAX_WATCHES } from "../../membridge/value/watch_table.ts";
import {
  clear,
  filesOf,
  forge,
  type Forgery,
  forgetting,
  giveAway,
  isTyped,
  makeDirectory,
  makeLink,
  makeSocket,
  patch,
  peek,
  plant,
  setLength,
  shmPath,
  within,
} from "./fixtures/attack.ts";

const FILES: TestOptions = { permissions: { ffi: true } };
const PROCESSES: TestOptions = { permissions: { ffi: true, run: true, read: true } };

type TestOptions = Omit<Deno.TestDefinition, "name" | "fn">;

/** What may lie in place of a value, how to put it there, and what opening it says. */
const IMPOSTORS: readonly {
  readonly what: string;
  readonly place: (path: string) => void;
  readonly code: SegmentErrorCode;
}[] = [
  { what: "a directory", place: (path) => makeDirectory(path), code: "foreign" },
  { what: "a FIFO", place: (path) => makeFifo(path, 0o600), code: "foreign" },
  {
    what: "a dangling symbolic link",
    place: (path) => makeLink(path, `${path}.nowhere`),
    code: "foreign",
  },
  ...[0o644, 0o666, 0o620].map((mode) => ({
    what: `a file of mode 0o${mode.toString(8)}`,
    place: (path: string) => plant(path, forge({ kind: "value", sizeBytes: 4096 }), mode),
    code: "foreign" as const,
  })),
  ...([
    ["an empty file", { sizeBytes: 0 }, "corrupt"],
    ["63 bytes", { sizeBytes: 63 }, "corrupt"],
    ["a header alone", { sizeBytes: 64 }, "corrupt"],
    ["143 bytes", { sizeBytes: 143 }, "corrupt"],
    ["another magic", { magic: "SYSFRAMF" }, "corrupt"],
    ["no magic", { magic: "" }, "corrupt"],
    ["layout version 0", { version: 0 }, "incompatible"],
    ["layout version 99", { version: 99 }, "incompatible"],
    ["a feature bit", { features: 0x8000_0000 }, "incompatible"],
    ["another codec", { codec: "other" }, "incompatible"],
    ["a codec name that fills its field", { codec: "pybytes-pybytes!" }, "incompatible"],
    ["a lane", { kind: "lane" }, "wrong_kind"],
    ["a peer page", { kind: "peer" }, "wrong_kind"],
    ["no entries", {}, "corrupt"],
  ] as const satisfies readonly (readonly [string, Partial<Forgery>, SegmentErrorCode])[])
    .map(([what, forgery, code]) => ({
      what,
      place: (path: string) => plant(path, forge({ kind: "value", sizeBytes: 4096, ...forgery })),
      code,
    })),
];

function snapshot(path: string): string {
  const { mode, sizeBytes, inode } = statPath(path)!;
  return [mode, sizeBytes, inode, (mode & 0o170000) === 0o100000 ? peek(path, 4096) : ""].join();
}

Deno.test(
  "hostile: what lies in place of a value is a typed error and stays untouched",
  FILES,
  () => {
    assert(IMPOSTORS.length > 15);
    for (const { what, place, code } of IMPOSTORS) {
      const name = freshName("impostor");
      using _left = forgetting(name);
      const path = shmPath(name);
      place(path);
      const before = snapshot(path);
      for (const create of [false, true]) {
        const error = assertThrows(
          () => SharedValue.open(name, { create }),
          SegmentError,
          name,
          what,
        );
        assertEquals(error.code, code, what);
        assertEquals(error.segment, name);
      }
      assertEquals(snapshot(path), before, what);
      clear(path);
    }
  },
);

Deno.test(
  "hostile: what lies in place of a service is a typed error for all who use the name",
  FILES,
  async () => {
    for (const { what, place, code } of IMPOSTORS) {
      const name = freshName("impostor");
      using _left = forgetting(name);
      const path = shmPath(name);
      place(path);
      const before = snapshot(path);
      // A value's file is another kind here, unless it is not even read that far.
      const expected = ["no entries", "another codec"].includes(what) || /codec name/.test(what)
        ? "wrong_kind"
        : what === "a header alone" || what === "143 bytes"
        ? "wrong_kind"
        : code;
      const served = assertThrows(() => serve(name, { f: () => 1 }), SegmentError, name, what);
      assertEquals(served.code, expected, `serve on ${what}`);
      using client = connect(name);
      const called = await assertRejects(() => client.call("f"), SegmentError, name, what);
      assertEquals(called.code, expected, `call to ${what}`);
      assertThrows(() => client.callSync("f"), SegmentError, name, what);
      assertEquals(snapshot(path), before, what);
      clear(path);
    }
  },
);

Deno.test("hostile: remove does not take away what is not a value", FILES, () => {
  for (const { what, place, code } of IMPOSTORS) {
    // Remove asks for no codec and no mode, and a forged value is a value.
    if (code === "foreign" && what.includes("mode") || /codec|entries/.test(what)) continue;
    const name = freshName("keep");
    using _left = forgetting(name);
    const path = shmPath(name);
    place(path);
    const before = snapshot(path);
    const error = assertThrows(() => SharedValue.remove(name), SegmentError, name, what);
    assertEquals(error.code, code, what);
    assertEquals(snapshot(path), before, what);
    clear(path);
  }
});

Deno.test("hostile: another user's file is foreign, whoever may open it", FILES, async () => {
  const name = freshName("other");
  using _left = forgetting(name);
  for (const kind of ["value", "service"] as const) {
    plant(shmPath(name), forge({ kind, sizeBytes: 20_000 }));
    if (!giveAway(shmPath(name), 65534)) {
      console.log("skipped: only root can make another user's file");
      return;
    }
    const errors = [
      assertThrows(() => SharedValue.open(name, { create: true }), SegmentError, name),
      assertThrows(() => serve(name, { f: () => 1 }), SegmentError, name),
      await assertRejects(() => connect(name).call("f"), SegmentError, name),
    ];
    assertEquals(errors.map((error) => error.code), ["foreign", "foreign", "foreign"]);
    clear(shmPath(name));
  }
});

Deno.test(
  "hostile: a Unix socket in place of a name is a typed error, not a loop",
  PROCESSES,
  async () => {
    const name = freshName("socket");
    using _left = forgetting(name);
    makeSocket(shmPath(name));
    try {
      for (const how of ["open", "create", "serve", "call"]) {
        await using child = new Child();
        const attempt = child.run(
          async ({ membridge }, name, how) => {
            try {
              if (how === "serve") membridge.serve(name, { f: () => 1 });
              else if (how === "call") await membridge.connect(name).call("f");
              else membridge.SharedValue.open(name, { create: how === "create" });
              return "?";
            } catch (error) {
              return (error as Error).name + " " + (error as { code?: string }).code;
            }
          },
          name,
          how,
        );
        assertEquals(await within(4000, attempt, how), "SegmentError foreign", how);
      }
    } finally {
      clear(shmPath(name));
    }
  },
);

Deno.test(
  "hostile: a full table of watches is a BusyError, and killed watchers make room",
  PROCESSES,
  async () => {
    const name = freshName("watched");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true });
    value.set(1);
    await using watcher = new Child();
    const watchAll = ({ membridge, state }: ChildEnv, name: string, count: number) => {
      state.value = membridge.SharedValue.open(name);
      state.watches = Array.from({ length: count }, () => state.value.watch());
    };
    await watcher.run(watchAll, name, MAX_WATCHES);
    assertThrows(() => value.watch(), BusyError, String(MAX_WATCHES));
    assertEquals(value.set(2), 2);
    watcher.kill();
    await watcher.ended();
    await using watch = value.watch();
    const next = watch.next();
    value.set(3);
    assertEquals((await within(1000, next, "the watch")).value, 3);
    await watch.return!();
    value.close();
    SharedValue.remove(name);
    assertEquals(filesOf(name, [Deno.pid, watcher.pid]), []);
  },
);

Deno.test("hostile: a table of watches that is none does not stop the writers", FILES, () => {
  const forged: readonly [string, (path: string) => void][] = [
    ["a directory", makeDirectory],
    ["a symbolic link", (path) => makeLink(path, "/dev/null")],
    ["an empty file", (path) => plant(path, new Uint8Array(0))],
    ["ids of nobody", (path) => {
      const bytes = forge({ kind: "watch", sizeBytes: 8192 });
      bytes.fill(0xa5, 64);
      plant(path, bytes);
    }],
  ];
  for (const [what, place] of forged) {
    const name = freshName("table");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true });
    const id = new DataView(peek(shmPath(name), 64).buffer).getBigUint64(16, true);
    const table = `/dev/shm/sysframe@${id.toString(16).padStart(16, "0")}.watch`;
    place(table);
    // "Somebody watches."
    patch(shmPath(name), 96, Uint8Array.of(1));
    try {
      assertEquals(value.set(1), 1, what);
      assertEquals(value.update((n) => n! + 1), 2, what);
      assertEquals(value.get(), 2);
    } finally {
      clear(table);
      SharedValue.remove(name);
    }
  }
});

Deno.test(
  "hostile: files like membridge's own that cannot be swept stop nobody",
  FILES,
  async () => {
    const planted: string[] = [];
    try {
      for (
        const [kind, place] of [
          ["peer", makeDirectory],
          ["bell", makeDirectory],
          ["lane0", makeDirectory],
          ["peer", (path: string) => makeLink(path, "/dev/null")],
          ["peer", makeSocket],
          ["peer", (path: string) => plant(path, new Uint8Array(3))],
        ] as const
      ) {
        const path = `/dev/shm/sysframe@${
          crypto.randomUUID().replaceAll("-", "").slice(0, 16)
        }.${kind}`;
        planted.push(path);
        place(path);
        const name = freshName("swept");
        using _left = forgetting(name);
        await using _service = serve(name, { f: () => 1 });
        using client = connect(name);
        assertEquals(await client.call("f"), 1);
      }
    } finally {
      planted.forEach(clear);
    }
  },
);

Deno.test("hostile: a hole of a terabyte opens as what it is, or as a typed error", FILES, () => {
  const name = freshName("hole");
  using _left = forgetting(name);
  using value = SharedValue.open<unknown>(name, { create: true });
  value.set("small");
  for (const sizeBytes of [3 * 2 ** 30, 2 ** 40]) {
    setLength(shmPath(name), sizeBytes);
    try {
      using again = SharedValue.open<unknown>(name);
      assertEquals(again.get(), "small");
      again.set("changed");
      again.set("small");
      assertEquals(value.get(), "small");
    } catch (error) {
      assert(isTyped(error), String(error));
    }
  }
  SharedValue.remove(name);
});

Deno.test("hostile: a value whose file is longer than 2 GiB still grows", FILES, () => {
  const name = freshName("grows");
  using _left = forgetting(name);
  using value = SharedValue.open<Uint8Array>(name, { create: true });
  value.set(Uint8Array.of(1));
  setLength(shmPath(name), 2 ** 31 + 4);
  const larger = new Uint8Array(10_000).fill(7);
  value.set(larger);
  assertEquals(value.get(), larger);
  SharedValue.remove(name);
});

Deno.test(
  "hostile: without room for more, ENOSPC or EFBIG, and nothing changed",
  PROCESSES,
  async () => {
    const name = freshName("full");
    using _left = forgetting(name);
    // The limit counts in KiB. A process that ignores SIGXFSZ gets EFBIG instead.
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: [
        "-c",
        `trap '' XFSZ; ulimit -f 1024; exec "$0" "$@"`,
        Deno.execPath(),
        "run",
        "--quiet",
        "--no-check",
        "--no-prompt",
        "--allow-ffi",
        "--no-code-cache",
        new URL("./fixtures/full.ts", import.meta.url).pathname,
        name,
      ],
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      error: "SystemError EFBIG",
      unchanged: true,
      works: true,
      call: "SystemError EFBIG",
    });
    assertEquals(code, 0);
    SharedValue.remove(name);
  },
);
