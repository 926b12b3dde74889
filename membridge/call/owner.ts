/** The owner of a name: it takes callers in, runs what they call, and ends in order. */
import type { NamedCodec } from "../codec.ts";
import { ClosedError, MembridgeError, SupersededError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { Hold } from "../peer/hold.ts";
import { MAX_TIMER_MS } from "../options.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock } from "../segment/lock.ts";
import { pathOfId, pathOfName } from "../segment/names.ts";
import { STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { storeU32 } from "../sync/port.ts";
import { Admission } from "./admission.ts";
import type { AnyHandler, Functions } from "./handlers.ts";
import { LaneMemory } from "./lane_memory.ts";
import { LANE_BYTES, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { type LaneHost, ServedLane } from "./served_lane.ts";
import { describeService, type ServiceDescription } from "./service_description.ts";
import {
  createService,
  LOCK_TIMEOUT_MS,
  publishService,
  wakeEverybody,
} from "./service_segment.ts";
import type { StatsWriter } from "./stats.ts";

/** What an owner is made of. */
export interface OwnerInit {
  /** The name to serve. */
  readonly name: string;
  /** What it hands out. */
  readonly handlers: Functions;
  /** The codec of arguments and results. */
  readonly codec: NamedCodec;
  /** Whether to take the name from a living owner. */
  readonly takeover: boolean;
  /** How many calls run at a time. */
  readonly maxConcurrent: number;
  /** How many more wait for their turn. */
  readonly maxQueued: number;
  /** Told of the end, and of its reason unless it was closed. */
  readonly onEnd: (error?: Error) => void;
}

/** A name that this thread serves, with the lanes of its callers. */
export class Owner implements Source, LaneHost {
  /** @inheritdoc */
  readonly names: readonly string[];
  /** @inheritdoc */
  readonly functions: readonly AnyHandler[];
  /** @inheritdoc */
  readonly codec: NamedCodec;
  /** @inheritdoc */
  readonly stats: StatsWriter;
  /** @inheritdoc */
  readonly admission: Admission;
  readonly #name: string;
  readonly #path: string;
  readonly #segment: Segment;
  readonly #words: Uint32Array;
  readonly #ids: BigUint64Array;
  readonly #lanes = new Map<number, ServedLane>();
  readonly #onEnd: (error?: Error) => void;
  #seenRegistrations = 0;
  readonly #hold = new Hold();
  #closing: PromiseWithResolvers<void> | undefined;
  #ended = false;
  /** Whether the name may still lead here. */
  #named = true;
  #endTimer: ReturnType<typeof setTimeout> | undefined;
  #endMs = Infinity;

  /**
   * Takes the name.
   *
   * @throws {AlreadyServedError} if a living process serves it, unless `takeover`.
   */
  constructor(init: OwnerInit) {
    const { name, handlers, codec, takeover, onEnd } = init;
    this.#name = name;
    this.#path = pathOfName(name);
    this.codec = codec;
    this.names = handlers.names;
    this.functions = handlers.functions;
    this.#onEnd = onEnd;
    reactor.add(this);
    try {
      const { segment, stats } = createService(handlers, codec);
      this.#segment = segment;
      this.stats = stats;
      try {
        publishService(this.#segment, name, this.#path, takeover);
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
    this.admission = new Admission(init.maxConcurrent, init.maxQueued);
    reactor.attach();
    this.#hold.add();
  }

  /** @inheritdoc */
  get accepting(): boolean {
    return this.#closing === undefined && !this.#ended;
  }

  /** Says whether serving keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** @inheritdoc */
  poll(): boolean {
    if (this.#ended) return false;
    if (this.#isSuperseded()) return true;
    const registrations = Atomics.load(this.#words, SERVICE.registrations / 4);
    if (registrations === this.#seenRegistrations) return false;
    this.#seenRegistrations = registrations;
    this.#attachLanes();
    return true;
  }

  /** What the service does and did, as long as its memory is there. */
  describe(): ServiceDescription {
    if (this.#ended) throw new ClosedError(`The service ${this.#name} has ended`);
    return describeService(this.#segment, this.#name);
  }

  // Looked at now and then as well: who took the name over may have died before it rang.
  #isSuperseded(): boolean {
    if (this.#ended || this.#segment.state !== STATE.superseded) return false;
    this.#end(new SupersededError(`Another process took ${this.#name} over`));
    return true;
  }

  /** @inheritdoc */
  checkAlive(): void {
    if (!this.#isSuperseded() && this.#closing !== undefined && this.#named) this.#unpublish(0);
  }

  #attachLanes(): void {
    const high = Math.min(Atomics.load(this.#words, SERVICE.laneHigh / 4), LANE_CAPACITY);
    for (let slot = 0; slot < high && !this.#ended; slot++) {
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
        const memory = new LaneMemory(segment);
        return new ServedLane(this, { memory, client, number: lane }, {
          onDeath: () => this.#drop(slot, "The caller died"),
          onClosed: () => this.#drop(slot, "The caller closed its handle"),
          onBroken: () => this.#drop(slot, "The caller's memory is corrupt"),
        });
      }
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    segment?.close();
    // Finding the caller dead may have been what a service that closes waited for.
    if (!this.#ended) this.#freeSlot(slot);
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
    this.onIdle();
  }

  // Without the lock: only the owner frees a slot, and a client takes only one that is free.
  #freeSlot(slot: number): void {
    const at = SERVICE.slots + slot * SERVICE.slotBytes;
    storeU32(this.#words, (at + 12) / 4, SLOT.free);
  }

  /** @inheritdoc */
  onIdle(): void {
    if (this.#closing === undefined || this.#ended || this.admission.size > 0) return;
    for (const lane of this.#lanes.values()) if (!lane.flushed) return;
    this.#end();
  }

  /** Gives the name up, and ends when no call runs any more or the time is over. Another close can shorten the time. */
  close(timeoutMs: number): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      if (this.#ended) this.#closing.resolve();
      else {
        this.#unpublish(LOCK_TIMEOUT_MS);
        this.onIdle();
        reactor.schedule(false);
      }
    }
    this.#endWithin(timeoutMs);
    return this.#closing.promise;
  }

  #endWithin(timeoutMs: number): void {
    const endMs = performance.now() + timeoutMs;
    if (this.#ended || timeoutMs > MAX_TIMER_MS || endMs >= this.#endMs) return;
    clearTimeout(this.#endTimer);
    this.#endMs = endMs;
    this.#endTimer = setTimeout(() => this.#end(), timeoutMs);
  }

  // The name goes first, so that another process can serve it while the last calls end here.
  #unpublish(timeoutMs: number): void {
    tryWithLock(this.#segment, timeoutMs, () => {
      this.#named = false;
      if (!this.#segment.isNamed(this.#path)) return;
      unlinkFile(this.#path);
      this.#segment.lock.unlinkFile();
    });
  }

  // Not over `superseded`: the callers are told what became of their calls. A lock that somebody holds for so long is not waited for: both
  // states say that nobody serves here any more.
  #sayRemoved(): void {
    const say = () => {
      if (this.#segment.state === STATE.live) this.#segment.setState(STATE.removed);
    };
    if (!tryWithLock(this.#segment, LOCK_TIMEOUT_MS, say)) say();
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#hold.remove();
    this.#ended = true;
    clearTimeout(this.#endTimer);
    if (error === undefined) this.#sayRemoved();
    // Also those that registered since the last look.
    wakeEverybody(this.#segment);
    for (const lane of this.#lanes.values()) lane.close("The service was closed");
    this.#lanes.clear();
    reactor.remove(this);
    this.#segment.close();
    this.#onEnd(error);
    this.#closing?.resolve();
  }

  /** @inheritdoc */
  abandon(): void {
    this.#unpublish(LOCK_TIMEOUT_MS);
    this.#end();
  }
}
