/** The two segments of a channel: how they are made, opened and removed, and what both ends need of them. */
import { MembridgeError, SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { WakeList } from "../peer/wake_list.ts";
import { acquireLock, withLock } from "../segment/lock.ts";
import { pathOfId, pathOfName } from "../segment/names.ts";
import { Segment, STATE } from "../segment/segment.ts";
import { putU32, storeU32 } from "../sync/port.ts";
import { ConsumerTable } from "./consumer_table.ts";
import { FrameRing } from "./frame_ring.ts";
import {
  CHANNEL,
  CONSUMERS_BYTES,
  DATA_OFFSET,
  MAX_CAPACITY_BYTES,
  MIN_CAPACITY_BYTES,
  POLICY,
  WAITING_PRODUCERS,
  type WhenFull,
} from "./layout.ts";
import { ReceivingEnd } from "./receiving_end.ts";
import { SendingEnd } from "./sending_end.ts";

/** How a channel is opened, with everything made sure. */
export interface ChannelInit {
  /** The user's name. */
  readonly name: string;
  /** Whether to make one if there is none. */
  readonly create: boolean;
  /** Length of a new ring: a power of two. */
  readonly capacityBytes: number;
  /** What a new one does when it is full; what one that is there must do, unless undefined. */
  readonly whenFull: WhenFull | undefined;
  /** Permission bits. */
  readonly mode: number;
  /** Name of the codec. */
  readonly codecName: string;
  /** Longest wait for a lock. */
  readonly timeoutMs: number;
}

/** An open channel: its memory, and the protocols over it. */
export class ChannelMemory {
  /** The user's name. */
  readonly name: string;
  /** What happens to a message that finds no room. */
  readonly policy: number;
  /** The ring. */
  readonly ring: FrameRing;
  /** Putting messages in. */
  readonly sending: SendingEnd;
  /** Taking them out. */
  readonly receiving: ReceivingEnd;
  /** Who takes them out. */
  readonly consumers: ConsumerTable;
  /** Who waits for room. */
  readonly waitingProducers: WakeList;
  readonly #channel: Segment;
  readonly #consumers: Segment;
  readonly #timeoutMs: number;

  private constructor(init: ChannelInit, channel: Segment, consumers: Segment) {
    const { name } = init;
    this.name = name;
    this.#timeoutMs = init.timeoutMs;
    this.#channel = channel;
    this.#consumers = consumers;
    this.ring = openRing(channel, name);
    // It never changes, so one look is enough.
    this.policy = channel.words[CHANNEL.policy];
    if (this.policy > POLICY.drop_oldest) throw this.ring.corrupt(`policy ${this.policy}`);
    this.sending = new SendingEnd(channel, consumers, this.ring, name);
    this.receiving = new ReceivingEnd(channel, consumers, this.ring);
    this.consumers = new ConsumerTable(consumers, this.receiving, name, () => {
      // What a dead consumer held waits again, and where it had acknowledged there is room.
      this.consumers.wakeAll();
      this.wakeProducers();
    });
    this.waitingProducers = new WakeList(channel, WAITING_PRODUCERS, name, "waited for");
  }

  /**
   * Opens, or makes, the channel.
   *
   * @throws {SegmentError} see {@linkcode Channel.open}
   */
  static open(init: ChannelInit): ChannelMemory {
    const { name, mode, codecName: codec } = init;
    const path = pathOfName(name);
    for (;;) {
      const there = Segment.open(path, {
        kind: "channel",
        name,
        minimumBytes: DATA_OFFSET + MIN_CAPACITY_BYTES,
        mode,
        codec,
      });
      if (there === undefined) {
        if (!init.create) {
          throw new SegmentError("not_found", name, "does not exist; `create: true` makes it");
        }
        const made = Segment.create({
          kind: "channel",
          sizeBytes: DATA_OFFSET + init.capacityBytes,
          mode,
          codec,
        });
        putU32(made.words, CHANNEL.capacity, init.capacityBytes);
        putU32(made.words, CHANNEL.policy, POLICY[init.whenFull ?? "wait"]);
        // If another process was faster, what it made is opened like any other.
        try {
          made.publish(path);
        } finally {
          made.close();
        }
        continue;
      }
      const memory = ChannelMemory.#over(init, there);
      if (memory !== undefined) return memory;
    }
  }

  // Takes the segment over: closes it unless it is part of what is returned; `undefined` if it was removed.
  static #over(init: ChannelInit, channel: Segment): ChannelMemory | undefined {
    let consumers: Segment | undefined;
    let memory: ChannelMemory | undefined;
    try {
      consumers = openConsumers(channel, init);
      if (consumers === undefined) {
        // Whoever was removing it died halfway.
        removeSegments(channel, init.name, init.timeoutMs);
        return undefined;
      }
      const opened = new ChannelMemory(init, channel, consumers);
      if (init.whenFull !== undefined && opened.policy !== POLICY[init.whenFull]) {
        const found = Object.keys(POLICY)[opened.policy];
        throw new SegmentError(
          "incompatible",
          init.name,
          `was made with whenFull ${JSON.stringify(found)}, this handle asks for ${
            JSON.stringify(init.whenFull)
          }`,
        );
      }
      return memory = opened;
    } finally {
      if (memory === undefined) {
        consumers?.close();
        channel.close();
      }
    }
  }

  /**
   * Takes the name away, and tells who uses it.
   *
   * @returns `false` when nothing had it
   */
  static remove(name: string, timeoutMs: number): boolean {
    const segment = Segment.open(pathOfName(name), {
      kind: "channel",
      name,
      minimumBytes: DATA_OFFSET,
      mode: 0o666,
    });
    if (segment === undefined) return false;
    try {
      return removeSegments(segment, name, timeoutMs);
    } finally {
      segment.close();
    }
  }

  /** Takes the lock of who sends. No code of the user's runs before {@linkcode unlockSending}. */
  lockSending(): void {
    acquireLock(this.#channel, this.name, this.#timeoutMs);
  }

  /** Gives the lock of who sends back. */
  unlockSending(): void {
    this.#channel.lock.release();
  }

  /** Takes the lock of who receives; who holds both took this one last. */
  lockReceiving(): void {
    acquireLock(this.#consumers, this.name, this.#timeoutMs);
  }

  /** Gives the lock of who receives back. */
  unlockReceiving(): void {
    this.#consumers.lock.release();
  }

  /** Wakes those who wait for room. What is wrong with their table is not the caller's to hear: they look once a second. */
  wakeProducers(): void {
    try {
      this.waitingProducers.wakeAll();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
  }

  /** Unmaps and closes everything. Twice is fine. */
  close(): void {
    this.consumers.close();
    this.waitingProducers.close();
    this.#consumers.close();
    this.#channel.close();
  }
}

function openRing(channel: Segment, name: string): FrameRing {
  const capacityBytes = channel.words[CHANNEL.capacity];
  if (
    capacityBytes < MIN_CAPACITY_BYTES || capacityBytes > MAX_CAPACITY_BYTES ||
    (capacityBytes & (capacityBytes - 1)) !== 0 ||
    DATA_OFFSET + capacityBytes > channel.mapping.sizeBytes
  ) {
    throw new SegmentError(
      "corrupt",
      name,
      `contradicts itself: a ring of ${capacityBytes} bytes in ${channel.mapping.sizeBytes}`,
    );
  }
  return new FrameRing(channel, capacityBytes, name);
}

// Under the channel's lock, so that no receiving end is made for a channel that is being removed: nobody would take it away.
function openConsumers(channel: Segment, init: ChannelInit): Segment | undefined {
  const path = pathOfId(channel.id, "consumers");
  const expected = {
    kind: "consumers",
    name: init.name,
    minimumBytes: CONSUMERS_BYTES,
    mode: init.mode,
  } as const;
  if (channel.state !== STATE.live) return undefined;
  const there = Segment.open(path, expected);
  if (there !== undefined) return there;
  return withLock(channel, init.name, init.timeoutMs, () => {
    if (channel.state !== STATE.live) return undefined;
    const other = Segment.open(path, expected);
    if (other !== undefined) return other;
    // One that was made and is gone held claims: a new one would deliver everything again, and break the ring.
    const made = channel.words[CHANNEL.hasConsumers] === 0
      ? Segment.create({ ...expected, sizeBytes: CONSUMERS_BYTES })
      : undefined;
    if (made?.publish(path)) {
      storeU32(channel.words, CHANNEL.hasConsumers, 1);
      return made;
    }
    made?.close();
    throw new SegmentError("corrupt", init.name, `has lost its receiving end, ${path}`);
  });
}

// Whoever dies on the way leaves a segment that says that it is removed; the next opener goes on from there.
function removeSegments(channel: Segment, name: string, timeoutMs: number): boolean {
  const path = pathOfName(name);
  return withLock(channel, name, timeoutMs, () => {
    if (!channel.isNamed(path)) return false;
    channel.setState(STATE.removed);
    try {
      wakeEverybody(channel, name);
    } catch (error) {
      // What is damaged can be removed all the same; whoever sleeps there looks once a second.
      if (!(error instanceof MembridgeError)) throw error;
    }
    unlinkFile(pathOfId(channel.id, "consumers"));
    channel.lock.unlinkFile();
    return unlinkFile(path);
  });
}

function wakeEverybody(channel: Segment, name: string): void {
  const list = new WakeList(channel, WAITING_PRODUCERS, name, "waited for");
  list.wakeAll();
  list.close();
  const consumers = Segment.open(pathOfId(channel.id, "consumers"), {
    kind: "consumers",
    name,
    minimumBytes: CONSUMERS_BYTES,
    mode: 0o666,
  });
  if (consumers === undefined) return;
  try {
    const end = new ReceivingEnd(channel, consumers, openRing(channel, name));
    const table = new ConsumerTable(consumers, end, name, () => {});
    table.wakeAll();
    table.close();
  } finally {
    consumers.lock.unlinkFile();
    consumers.close();
  }
}
