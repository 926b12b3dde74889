/** The side that runs the functions. */
import { encode } from "../../pybytes/mod.ts";
import { type Codec, type NamedCodec, resolveCodec } from "../codec.ts";
import { AlreadyServedError, MembridgeError, SupersededError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { resolveTimeout } from "../options.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { pathOfId, pathOfName } from "../segment/names.ts";
import { Segment, STATE } from "../segment/segment.ts";
import { RingCorruption } from "../sync/ring.ts";
import type { CallContext } from "./context.ts";
import { type AnyHandler, collectHandlers, type Handlers } from "./handlers.ts";
import { FUNCTIONS_OFFSET, LANE_BYTES, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { type LaneHost, ServedLane } from "./served_lane.ts";

/** How {@linkcode serve} serves. */
export interface ServeOptions {
  /** Take the name from a living owner, which gets a {@linkcode SupersededError} through {@linkcode Service.closed}. */
  readonly takeover?: boolean;
  /** Another serializer than pybytes for arguments and results; callers must use the same. */
  readonly codec?: Codec;
}

/** Longest wait for the lock of a service's segment, which nobody holds for more than some stores. */
const LOCK_TIMEOUT_MS = 1000;
/** How long {@linkcode Service.close} waits for calls that still run, unless told. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Serves functions under a name, until the service is closed or the process ends.
 *
 * Other processes call them with {@linkcode connect}. They run here, one after the other as this thread's event loop gets to them; async
 * ones overlap. The own enumerable functions of `handlers` are served. A handler that is a method or a `function` has the call's
 * {@linkcode CallContext} as `this`.
 *
 * The service keeps the program running until it is closed (or {@linkcode Service.unref}). While nobody calls it costs nothing.
 *
 * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
 * @throws {AlreadyServedError} if a living process serves the name, unless `takeover`.
 * @throws {SegmentError} `wrong_kind` or `foreign`: the name is taken by something else.
 *
 * @example A service and its caller, here in one program
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const handlers = { add: (a: number, b: number) => a + b };
 * await using service = serve("/doc.adder", handlers);
 * using client = connect<typeof handlers>("/doc.adder");
 * assertEquals(await client.call("add", 1, 2), 3);
 * assertEquals(await client.api.add(3, 4), 7);
 * ```
 */
export function serve<H extends Handlers>(
  name: string,
  handlers: H & ThisType<CallContext>,
  options: ServeOptions = {},
): Service {
  return makeService(name, collectHandlers(handlers), options);
}

interface Functions {
  readonly names: string[];
  readonly functions: AnyHandler[];
}

/** The constructor of {@linkcode Service}, which only this file uses. */
let makeService: (name: string, functions: Functions, options: ServeOptions) => Service;

/** A name that this thread serves. Returned by {@linkcode serve}. */
export class Service implements AsyncDisposable {
  /** The name that is served. */
  readonly name: string;
  /**
   * Settles when the service ends: resolves after {@linkcode close}, rejects with a {@linkcode SupersededError} when another process
   * took the name over. Nobody needs to handle it.
   */
  readonly closed: Promise<void>;
  readonly #owner: OwnedService;

  private constructor(name: string, functions: Functions, options: ServeOptions) {
    this.name = name;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.closed = promise;
    this.#owner = new OwnedService(name, functions, options, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  }

  static {
    makeService = (name, functions, options) => new Service(name, functions, options);
  }

  /** Lets the program end although this service is open. */
  unref(): this {
    this.#owner.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#owner.setRef(true);
    return this;
  }

  /**
   * Gives the name up and ends the service: new calls are refused at once, those that run are waited for. Twice is fine.
   *
   * @param options.timeoutMs Longest wait for running calls, 5,000 unless given; then they are told to stop and their callers get a `ClosedError`.
   */
  async close(options: { timeoutMs?: number } = {}): Promise<void> {
    await this.#owner.close(resolveTimeout(options.timeoutMs, CLOSE_TIMEOUT_MS));
  }

  /** Closes the service. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The protocol of an owner. */
class OwnedService implements Source, LaneHost {
  readonly functions: readonly AnyHandler[];
  readonly codec: NamedCodec;
  readonly #name: string;
  readonly #path: string;
  readonly #segment: Segment;
  readonly #words: Uint32Array;
  readonly #ids: BigUint64Array;
  readonly #lanes = new Map<number, ServedLane>();
  readonly #onEnd: (error?: Error) => void;
  #seenRegistrations = 0;
  #keepsRunning = false;
  #closing: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(
    name: string,
    { names, functions }: Functions,
    options: ServeOptions,
    onEnd: (error?: Error) => void,
  ) {
    this.#name = name;
    this.#path = pathOfName(name);
    this.codec = resolveCodec(options.codec);
    this.functions = functions;
    this.#onEnd = onEnd;
    reactor.add(this);
    try {
      this.#segment = createSegment(names, this.codec);
      try {
        publishService(this.#segment, name, this.#path, options.takeover ?? false);
      } catch (error) {
        this.#segment.close();
        throw error;
      }
    } catch (error) {
      reactor.remove(this);
      throw error;
    }
    this.#words = this.#segment.words;
    this.#ids = this.#segment.words64;
    reactor.attach();
    this.setRef(true);
  }

  get accepting(): boolean {
    return this.#closing === undefined && !this.#ended;
  }

  setRef(keepsRunning: boolean): void {
    if (this.#ended || keepsRunning === this.#keepsRunning) return;
    this.#keepsRunning = keepsRunning;
    if (keepsRunning) reactor.hold();
    else reactor.release();
  }

  poll(): boolean {
    if (this.#ended) return false;
    if (this.#segment.state === STATE.superseded) {
      this.#end(new SupersededError(`Another process took ${this.#name} over`));
      return true;
    }
    let progress = false;
    const registrations = Atomics.load(this.#words, SERVICE.registrations / 4);
    if (registrations !== this.#seenRegistrations) {
      this.#seenRegistrations = registrations;
      this.#attachLanes();
      progress = true;
    }
    for (const [slot, lane] of this.#lanes) {
      try {
        if (lane.poll()) progress = true;
        if (this.#ended) return true;
        if (lane.closedByClient) this.#drop(slot, "The caller closed its handle");
      } catch (error) {
        if (!(error instanceof RingCorruption)) throw error;
        this.#drop(slot, "The caller's memory is corrupt");
      }
    }
    if (this.#closing !== undefined) this.onIdle();
    return progress;
  }

  checkAlive(): void {
    for (const lane of [...this.#lanes.values()]) lane.client.checkAlive(true);
  }

  #attachLanes(): void {
    const high = Math.min(Atomics.load(this.#words, SERVICE.laneHigh / 4), LANE_CAPACITY);
    for (let slot = 0; slot < high; slot++) {
      const at = SERVICE.slots + slot * SERVICE.slotBytes;
      if (this.#lanes.has(slot) || Atomics.load(this.#words, (at + 12) / 4) !== SLOT.registered) {
        continue;
      }
      const lane = this.#openLane(slot, this.#ids[at / 8], this.#words[(at + 8) / 4]);
      if (lane !== undefined) this.#lanes.set(slot, lane);
    }
  }

  // Whatever is wrong with a lane is its client's problem: it is told by the slot that becomes free.
  #openLane(slot: number, clientId: bigint, lane: number): ServedLane | undefined {
    let client: RemotePeer | undefined;
    let segment: Segment | undefined;
    const path = pathOfId(clientId, `lane${lane}`);
    try {
      client = RemotePeer.acquire(clientId);
      segment = Segment.open(path, { kind: "lane", name: path, minimumBytes: LANE_BYTES });
      // From now on the memory lives as long as one of the two has it open.
      unlinkFile(path);
      if (client !== undefined && segment !== undefined) {
        return new ServedLane(this, segment, client, {
          onDeath: () => this.#drop(slot, "The caller died"),
          onBroken: () => this.#drop(slot, "The caller's memory is corrupt"),
        });
      }
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    segment?.close();
    this.#freeSlot(slot);
    client?.wake();
    client?.release();
    return undefined;
  }

  #drop(slot: number, why: string): void {
    const lane = this.#lanes.get(slot);
    if (lane === undefined) return;
    this.#lanes.delete(slot);
    // The slot first: it tells the client, if that still lives, once it is awake.
    this.#freeSlot(slot);
    lane.client.wake();
    lane.close(why);
  }

  // Without the lock: only the owner frees a slot, and a client takes only one that is free.
  #freeSlot(slot: number): void {
    const at = SERVICE.slots + slot * SERVICE.slotBytes;
    Atomics.store(this.#words, (at + 12) / 4, SLOT.free);
  }

  onIdle(): void {
    if (this.#closing === undefined || this.#ended) return;
    for (const lane of this.#lanes.values()) {
      if (lane.running > 0 || !lane.flushed) return;
    }
    this.#end();
  }

  close(timeoutMs: number): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.promise;
    this.#closing = Promise.withResolvers();
    if (this.#ended) {
      this.#closing.resolve();
      return this.#closing.promise;
    }
    this.#unpublish();
    this.onIdle();
    if (!this.#ended && timeoutMs !== Infinity) {
      const timer = setTimeout(() => this.#end(), timeoutMs);
      this.#closing.promise.finally(() => clearTimeout(timer));
    }
    reactor.schedule(false);
    return this.#closing.promise;
  }

  // The name goes first, so that another process can serve it while the last calls end here.
  #unpublish(): void {
    tryWithLock(this.#segment, LOCK_TIMEOUT_MS, () => {
      if (this.#segment.isNamed(this.#path)) unlinkFile(this.#path);
    });
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.setRef(false);
    this.#ended = true;
    if (error === undefined) {
      tryWithLock(this.#segment, LOCK_TIMEOUT_MS, () => this.#segment.setState(STATE.removed));
    }
    for (const lane of this.#lanes.values()) {
      lane.client.wake();
      lane.close("The service was closed");
    }
    this.#lanes.clear();
    reactor.remove(this);
    this.#segment.close();
    this.#onEnd(error);
    this.#closing?.resolve();
  }

  abandon(): void {
    this.#unpublish();
    this.#end();
  }
}

function createSegment(names: string[], codec: NamedCodec): Segment {
  const functions = encode(names);
  const segment = Segment.create({
    kind: "service",
    sizeBytes: FUNCTIONS_OFFSET + functions.length,
    codec: codec.name,
  });
  segment.words64[SERVICE.owner / 8] = reactor.id;
  segment.words[SERVICE.pid / 4] = Deno.pid;
  segment.words[SERVICE.functionsOffset / 4] = FUNCTIONS_OFFSET;
  segment.words[SERVICE.functionsSize / 4] = functions.length;
  segment.words[SERVICE.laneCapacity / 4] = LANE_CAPACITY;
  segment.bytes.set(functions, FUNCTIONS_OFFSET);
  return segment;
}

/**
 * Gives the segment the name, from a dead owner or (with `takeover`) from a living one.
 *
 * Who replaces another segment holds that one's lock and made sure that it still has the name, so of several at once one wins.
 */
function publishService(segment: Segment, name: string, path: string, takeover: boolean): void {
  while (!segment.publish(path)) {
    const old = Segment.open(path, { kind: "service", name, minimumBytes: FUNCTIONS_OFFSET });
    if (old === undefined) continue;
    try {
      const done = withLock(old, name, LOCK_TIMEOUT_MS, () => {
        if (!old.isNamed(path)) return false;
        const owner = RemotePeer.acquire(old.words64[SERVICE.owner / 8]);
        owner?.release();
        if (owner !== undefined && !takeover) {
          const pid = old.words[SERVICE.pid / 4];
          throw new AlreadyServedError(`${name} is served by process ${pid}`, pid);
        }
        segment.publishOver(path, pathOfId(reactor.id, "new0"));
        old.setState(STATE.superseded);
        return true;
      });
      if (!done) continue;
      wakeEverybody(old);
      return;
    } finally {
      old.close();
    }
  }
}

// The old owner, to end; its clients, to reject what is in flight and find the new one.
function wakeEverybody(old: Segment): void {
  const { words, words64: ids } = old;
  const everybody = new Set([ids[SERVICE.owner / 8]]);
  const high = Math.min(words[SERVICE.laneHigh / 4], LANE_CAPACITY);
  for (let slot = 0; slot < high; slot++) {
    const at = SERVICE.slots + slot * SERVICE.slotBytes;
    if (words[(at + 12) / 4] === SLOT.registered) everybody.add(ids[at / 8]);
  }
  for (const id of everybody) {
    const peer = RemotePeer.acquire(id);
    peer?.wake();
    peer?.release();
  }
}
