/** Which calls reach the next owner by themselves: those that cannot have run, and those that may run twice. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  ClosedError,
  connect,
  NoSuchServiceError,
  OwnerDiedError,
  serve,
  type Service,
  SupersededError,
} from "../../membridge/mod.ts";
import { isHungUp } from "../../membridge/libc/process.ts";
import { RemotePeer } from "../../membridge/peer/remote_peer.ts";
import { within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

interface Api {
  add(a: number, b: number): number;
  never(): Promise<number>;
}

async function serveIn(child: Child, name: string): Promise<void> {
  await child.run(({ membridge, state }, name) => {
    state.service = membridge.serve(name, {
      add: (a: number, b: number) => a + b,
      never: () => new Promise<never>(() => {}),
    });
  }, name);
}

const HEIR = { add: (a: number, b: number) => -(a + b), never: () => 7 };

Deno.test(
  "retry: an idempotent call outlives its owner and reaches the next one",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("retry");
      await using child = new Child();
      await serveIn(child, name);
      using client = connect<Api>(name, { timeoutMs: 5000 });
      assertEquals(await client.call("add", 1, 2), 3);
      const plain = client.call("never");
      const repeated = client.with({ idempotent: true }).call("never");
      await client.call("add", 1, 2); // Both are with the owner now.
      child.kill();
      await assertRejects(() => within(2000, plain, "the plain call"), OwnerDiedError);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await using service = serve(name, HEIR);
      assertEquals(await within(3000, repeated, "the repeated call"), 7);
      client.close();
      await service.close();
    }),
);

Deno.test(
  "retry: its timeout is for all attempts together",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("retry");
      await using child = new Child();
      await serveIn(child, name);
      using client = connect<Api>(name, { timeoutMs: 300, idempotent: true });
      assertEquals(await client.call("add", 1, 2), 3);
      const call = client.call("never");
      await client.call("add", 1, 2);
      child.kill();
      const start = performance.now();
      await assertRejects(() => within(2000, call, "a call to nobody"), NoSuchServiceError, name);
      assert(performance.now() - start < 1500);
      assertThrows(() => client.callSync("add", 1, 1), NoSuchServiceError);
    }),
);

Deno.test(
  "retry: a blocking idempotent call waits for the next owner",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("retry");
      await using first = new Child();
      await using second = new Child();
      await serveIn(first, name);
      await second.run(() => {});
      using client = connect<Api>(name, { timeoutMs: 5000, idempotent: true });
      assertEquals(client.callSync("add", 1, 2), 3);
      // The second one serves as soon as the first, which kills itself, is gone.
      const served = second.run(async ({ membridge, state }, name) => {
        for (;;) {
          try {
            state.service = membridge.serve(name, { add: (a: number, b: number) => -(a + b) });
            return;
          } catch {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
      }, name);
      void first.run(() => {
        setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 50);
      }).catch(() => {});
      const until = performance.now() + 5000;
      let result = 3;
      while (result === 3 && performance.now() < until) result = client.callSync("add", 1, 2);
      assertEquals(result, -3);
      await served;
      client.close();
      await second.run(({ state }) => state.service.close());
      await second.finish();
    }),
);

Deno.test(
  "retry: a takeover and a close repeat idempotent calls, and fail the others",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("retry");
      const never = { add: HEIR.add, never: () => new Promise<number>(() => {}) };
      const first = serve(name, never);
      using client = connect<Api>(name, { timeoutMs: 5000 });
      const idempotent = client.with({ idempotent: true });
      const begun = async () => {
        const calls = [client.call("never"), idempotent.call("never")] as const;
        await client.call("add", 1, 1);
        return calls;
      };
      let [plain, repeated] = await begun();
      const second = serve(name, never, { takeover: true });
      await assertRejects(() => within(2000, plain, "superseded"), SupersededError);
      await assertRejects(() => first.closed, SupersededError);
      await client.call("add", 1, 1);
      const again = await begun();
      plain = again[0];
      const rejection = assertRejects(() => within(3000, plain, "closed"), ClosedError);
      await second.close({ timeoutMs: 0 });
      await rejection;
      await using third = serve(name, HEIR);
      assertEquals(await within(3000, repeated, "over two owners"), 7);
      assertEquals(await within(3000, again[1], "over one owner"), 7);
      client.close();
      await third.close();
    }),
);

Deno.test(
  "retry: a call that a dead owner never took goes to the next one, or to nobody, but has not run",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("untaken");
      for (const how of ["next", "nobody", "sync"] as const) {
        await using child = new Child();
        await serveIn(child, name);
        using client = connect<Api>(name, { timeoutMs: 5000 });
        const patient = client.with({ waitMs: 3000 });
        assertEquals(await client.call("add", 1, 2), 3);
        // Stopped, it takes nothing more.
        child.kill("SIGSTOP");
        const call = how === "next" ? patient.call("add", 1, 2) : client.call("add", 1, 2);
        const outcome = call.then((value) => value, (error: Error) => error);
        await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill("SIGKILL");
        if (how === "next") {
          await child.ended();
          await using _heir = serve(name, HEIR);
          assertEquals(await within(3000, outcome, how), -3);
        } else {
          const error = await within(3000, outcome, how);
          assert(error instanceof NoSuchServiceError, String(error));
          if (how === "sync") assertThrows(() => client.callSync("add", 1, 2), NoSuchServiceError);
        }
      }
    }),
);

Deno.test(
  "retry: a call refused by a closing service goes to the next one if told to wait",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("closing");
      let end = () => {};
      const first = serve(name, {
        wait: () => new Promise<string>((resolve) => end = () => resolve("first")),
      });
      using client = connect<{ wait(): Promise<string> }>(name, { timeoutMs: 5000 });
      const running = client.call("wait");
      while (first.describe().functions[0].calls === 0) await new Promise((r) => setTimeout(r, 1));
      const closed = first.close();
      await assertRejects(() => client.call("wait"), NoSuchServiceError);
      const next = client.with({ waitMs: 3000 }).call("wait");
      await using second = serve(name, { wait: () => "second" });
      assertEquals(await within(3000, next, "the next owner"), "second");
      end();
      assertEquals(await within(3000, running, "the call that ran"), "first");
      await closed;
      client.close();
      await second.close();
    }),
);

Deno.test(
  "retry: an owner that dies while a caller connects is nobody, for calls and streams alike",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("connecting");
      const { wake } = RemotePeer.prototype;
      try {
        for (const how of ["call", "stream", "callSync", "heir"] as const) {
          await using child = new Child();
          await serveIn(child, name);
          await new Promise((resolve) => setTimeout(resolve, 50)); // It sleeps now: ringing it shows that it is dead.
          let heir: Service | undefined;
          RemotePeer.prototype.wake = function () {
            RemotePeer.prototype.wake = wake;
            child.kill();
            while (!isHungUp(this.lifeFd));
            if (how !== "heir") return wake.call(this);
            heir = serve(name, HEIR); // It looks for a living owner, and finds this one dead.
            return true;
          };
          using client = connect<Api>(name, { timeoutMs: 3000 });
          if (how === "heir") {
            assertEquals(await client.call("add", 1, 2), -3);
            client.close();
            await heir!.close();
          } else if (how === "callSync") {
            assertThrows(() => client.callSync("add", 1, 2), NoSuchServiceError);
          } else {
            const call = how === "call" ? client.call("never") : client.stream("never").next();
            await assertRejects(
              () => within(3000, call as Promise<unknown>, how),
              NoSuchServiceError,
            );
          }
          assertEquals(RemotePeer.prototype.wake, wake);
        }
      } finally {
        RemotePeer.prototype.wake = wake;
      }
    }),
);
