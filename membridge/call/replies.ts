/** What a client makes of what its owner sends. */
import type { NamedCodec } from "../codec.ts";
import { BusyError, NoSuchFunctionError, NoSuchServiceError } from "../errors.ts";
import type { FrameHead } from "../sync/ring.ts";
import { decodeError } from "./errors_on_wire.ts";
import { MESSAGE, REFUSED } from "./layout.ts";
import type { PendingCall, PendingCalls } from "./pending.ts";

/** What taking in a reply can lead to. */
export interface ReplyEvents {
  /** A call was answered, with whatever. */
  onAnswer(call: PendingCall): void;
  /** The owner takes no new calls. */
  onClosing(): void;
  /** Gives a call up whose item makes no sense. */
  giveUp(id: number): PendingCall | undefined;
}

/** Ends calls, and feeds streams, with the messages of a lane. */
export class Replies {
  readonly #name: string;
  readonly #codec: NamedCodec;
  readonly #pending: PendingCalls;
  readonly #events: ReplyEvents;

  /** @param name The service, for messages. */
  constructor(name: string, codec: NamedCodec, pending: PendingCalls, events: ReplyEvents) {
    this.#name = name;
    this.#codec = codec;
    this.#pending = pending;
    this.#events = events;
  }

  /** Takes a message in. */
  readonly take = (head: FrameHead, payload: Uint8Array, lasting: boolean): void => {
    const { type, id } = head;
    if (type === MESSAGE.item) return this.#item(id, payload, lasting);
    const call = this.#pending.take(id);
    if (call === undefined) return; // Given up meanwhile.
    this.#events.onAnswer(call);
    let value: unknown;
    try {
      if (type !== MESSAGE.result) return this.#fail(head, payload, call);
      value = this.#codec.decode(payload, lasting);
    } catch (error) {
      return call.reject(error);
    }
    call.resolve(value);
  };

  #fail({ type, index }: FrameHead, payload: Uint8Array, call: PendingCall): void {
    if (type === MESSAGE.error) return call.reject(decodeError(payload));
    const { functionName } = call;
    switch (index) {
      case REFUSED.busy:
        return call.reject(
          new BusyError(
            `${this.#name} is busy: ${functionName} would be one call more than it runs and queues`,
          ),
        );
      case REFUSED.noFunction:
        return call.reject(
          new NoSuchFunctionError(`${this.#name} has no function ${JSON.stringify(functionName)}`),
        );
      default:
        // It has not run. The name is given up already, and perhaps somebody else's.
        this.#events.onClosing();
        call.resend(new NoSuchServiceError(`${this.#name} is being closed`));
    }
  }

  #item(id: number, payload: Uint8Array, lasting: boolean): void {
    const call = this.#pending.get(id);
    if (call?.item === undefined) return; // Given up meanwhile, or not what was asked for.
    let value: unknown;
    try {
      value = this.#codec.decode(payload, lasting);
    } catch (error) {
      return this.#events.giveUp(id)?.reject(error);
    }
    call.item(value);
  }
}
