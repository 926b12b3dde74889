/** What both ends of a channel need of its two segments. */
import { MembridgeError, SegmentError } from "../errors.ts";
import { WakeList } from "../peer/wake_list.ts";
import { acquireLock } from "../segment/lock.ts";
import type { Segment } from "../segment/segment.ts";
import { type ChannelInit, openChannelFiles, openRing } from "./channel_files.ts";
import { ConsumerTable } from "./consumer_table.ts";
import type { FrameRing } from "./frame_ring.ts";
import { CHANNEL, POLICY, WAITING_PRODUCERS } from "./layout.ts";
import { ReceivingEnd } from "./receiving_end.ts";
import { SendingEnd } from "./sending_end.ts";

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
    const { channel, consumers } = openChannelFiles(init);
    try {
      const opened = new ChannelMemory(init, channel, consumers);
      if (init.whenFull === undefined || opened.policy === POLICY[init.whenFull]) return opened;
      const found = Object.keys(POLICY)[opened.policy];
      throw new SegmentError(
        "incompatible",
        init.name,
        `was made with whenFull ${JSON.stringify(found)}, this handle asks for ${
          JSON.stringify(init.whenFull)
        }`,
      );
    } catch (error) {
      consumers.close();
      channel.close();
      throw error;
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

  /** Frees the slots of dead consumers, if there is anything that they could hold: the one who should notice may be busy. */
  removeDeadConsumers(): void {
    if (this.receiving.freeBytes < this.ring.capacityBytes) this.consumers.removeDead();
  }

  /** Wakes those who wait for room. What is wrong with their table is not the caller's to hear: they look now and then. */
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
