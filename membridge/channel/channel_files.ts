/** The files of a channel: made, opened and removed, by several processes at once. */
import { SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { WakeList } from "../peer/wake_list.ts";
import { withLock } from "../segment/lock.ts";
import { type NamedKind, openNamed, removeNamed } from "../segment/named.ts";
import { pathOfId } from "../segment/names.ts";
import { STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
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

/** The two segments of a channel. */
export interface ChannelFiles {
  /** The sending end, which has the name. */
  readonly channel: Segment;
  /** The receiving end. */
  readonly consumers: Segment;
}

const CHANNEL_KIND: NamedKind = {
  kind: "channel",
  minimumBytes: DATA_OFFSET,
  onRemove: removeReceivingEnd,
};

/**
 * Opens the files of a channel, or makes them.
 *
 * @throws {SegmentError} see {@linkcode Channel.open}
 */
export function openChannelFiles(init: ChannelInit): ChannelFiles {
  const { name, mode, codecName: codec } = init;
  const make = init.create ? () => makeChannel(init) : undefined;
  for (;;) {
    const channel = openNamed(name, { kind: CHANNEL_KIND, mode, codec, make });
    let consumers: Segment | undefined;
    try {
      consumers = openConsumers(channel, init);
      if (consumers !== undefined) return { channel, consumers };
    } finally {
      if (consumers === undefined) channel.close();
    }
    // It was removed meanwhile.
  }
}

function makeChannel({ capacityBytes, whenFull, mode, codecName }: ChannelInit): Segment {
  const sizeBytes = DATA_OFFSET + capacityBytes;
  const made = Segment.create({ kind: "channel", sizeBytes, mode, codec: codecName });
  putU32(made.words, CHANNEL.capacity, capacityBytes);
  putU32(made.words, CHANNEL.policy, POLICY[whenFull ?? "wait"]);
  return made;
}

/** Takes the name away, and tells who uses it. Returns `false` when nothing had it. */
export function removeChannel(name: string): boolean {
  return removeNamed(name, CHANNEL_KIND);
}

/** Returns the ring in a channel's segment. */
export function openRing(channel: Segment, name: string): FrameRing {
  const capacityBytes = channel.words[CHANNEL.capacity];
  if (
    capacityBytes < MIN_CAPACITY_BYTES || capacityBytes > MAX_CAPACITY_BYTES ||
    (capacityBytes & (capacityBytes - 1)) !== 0 ||
    DATA_OFFSET + capacityBytes !== channel.mapping.sizeBytes
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

// What is damaged can be removed all the same; whoever sleeps there looks now and then.
function removeReceivingEnd(channel: Segment, name: string): void {
  try {
    wakeEverybody(channel, name);
  } finally {
    unlinkFile(pathOfId(channel.id, "consumers"));
  }
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
