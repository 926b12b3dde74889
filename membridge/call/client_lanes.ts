/**
 * The lanes of one caller, for a thread that serves it several names: one look tells which of them have something.
 *
 * A caller with several lanes to one thread writes their numbers into its page ({@linkcode RemotePeer.sent}). That is a hint: it spares
 * the looks at all lanes, and nothing depends on it, because a thread looks at all of them before it sleeps, and at one after the other
 * meanwhile.
 *
 * @module
 */
import { reactor, type Source } from "../peer/reactor.ts";
import type { RemotePeer } from "../peer/remote_peer.ts";
import { HINTS } from "../peer/peer_page.ts";

const known = new Map<RemotePeer, ClientLanes>();

/** The lanes of one caller. */
export class ClientLanes implements Source {
  readonly #client: RemotePeer;
  readonly #lanes = new Map<number, Source>();
  #seen = 0;

  private constructor(client: RemotePeer) {
    this.#client = client;
  }

  /** Adds a lane of that caller. */
  static add(client: RemotePeer, number: number, lane: Source): void {
    let all = known.get(client);
    if (all === undefined) known.set(client, all = new ClientLanes(client));
    all.#lanes.set(number, lane);
    if (all.#lanes.size !== 2) return;
    all.#seen = client.sent;
    reactor.add(all);
  }

  /** Removes one. */
  static delete(client: RemotePeer, number: number): void {
    const all = known.get(client);
    if (all === undefined || !all.#lanes.delete(number)) return;
    if (all.#lanes.size === 1) reactor.remove(all);
    if (all.#lanes.size === 0) known.delete(client);
  }

  /** @inheritdoc */
  poll(): boolean {
    // A look that began before the last but one was closed goes on with all that there was; the caller's page may be gone.
    if (this.#lanes.size < 2) return false;
    const { sent } = this.#client;
    const seen = this.#seen;
    const count = (sent - seen) >>> 0;
    if (count === 0) return false;
    // A call that is run now may block the thread, which looks here again meanwhile.
    this.#seen = sent;
    let progress = false;
    if (count > HINTS) {
      for (const lane of [...this.#lanes.values()]) progress = lane.poll() || progress;
    } else {
      for (let i = 1; i <= count; i++) {
        progress = this.#lanes.get(this.#client.hint(seen + i))?.poll() || progress;
      }
    }
    return progress;
  }
}
