/** What a client sends to its owner, and how far the owner got with it. */
import { BusyError } from "../errors.ts";
import { reactor } from "../peer/reactor.ts";
import type { MessageHead, Outbox } from "./outbox.ts";
import type { PendingCall } from "./pending.ts";

/** With so much that waits for room in the ring, further calls are refused: the owner does not keep up. */
const MAX_UNSENT_BYTES = 64 << 20;

/** Sends calls through an outbox, and remembers where in the ring each of them ends. */
export class Requests {
  readonly #name: string;
  readonly #outbox: Outbox;
  /** Calls that wait for room in the ring. */
  readonly #unsent = new Set<PendingCall>();

  /** @param name The service, for messages. */
  constructor(name: string, outbox: Outbox) {
    this.#name = name;
    this.#outbox = outbox;
  }

  /** Whether everything is in the ring. */
  get isEmpty(): boolean {
    return this.#outbox.isEmpty;
  }

  /**
   * Sends a message with arguments.
   *
   * @param call The call that it begins, unless it is one-way.
   * @throws {BusyError} if the owner does not keep up; what the codec throws. Nothing was sent then.
   */
  send(head: MessageHead, args: readonly unknown[], call?: PendingCall): void {
    const { waitingBytes } = this.#outbox;
    if (waitingBytes > MAX_UNSENT_BYTES) {
      throw new BusyError(
        `${this.#name} does not keep up: ${waitingBytes} bytes wait to be sent to it`,
      );
    }
    this.#outbox.send(head, args);
    reactor.allowFor(this.#outbox.lastBytes);
    if (call === undefined) return;
    if (this.#outbox.isEmpty) call.position = this.#outbox.position;
    else this.#unsent.add(call);
  }

  /** Sends a message without any. */
  tell(head: MessageHead): void {
    this.#outbox.sendBytes(head);
  }

  /**
   * Moves what waits into the ring as far as there is room.
   *
   * @returns whether anything was moved
   */
  flush(): boolean {
    const moved = this.#outbox.flush();
    if (this.#outbox.isEmpty && this.#unsent.size > 0) {
      // All of them are at or before the end of what was written.
      for (const call of this.#unsent) call.position = this.#outbox.position;
      this.#unsent.clear();
    }
    return moved;
  }

  /** The call was answered. */
  forget(call: PendingCall): void {
    if (this.#unsent.size > 0) this.#unsent.delete(call);
  }

  /** Tells whether the owner took all of a call out of the ring. */
  wasTaken({ position }: PendingCall): boolean {
    return position !== undefined && this.#outbox.wasTaken(position);
  }
}
