/** The participants that a handle saw holding its mutex while it waited: whether they live, and to be told when they die. */
import { RemotePeer } from "../peer/remote_peer.ts";

/** How many are remembered. */
const MAX_KNOWN = 64;

/** Those that one handle knows. Finding one costs some system calls, so all are kept as long as the handle waits. */
export class Holders {
  readonly #known = new Map<bigint, RemotePeer>();
  readonly #onDeath: () => void;

  /** @param onDeath Called when one that was listened for dies. */
  constructor(onDeath: () => void) {
    this.#onDeath = onDeath;
  }

  /** Returns the participant, if it lives and can be told of. */
  living(id: bigint): RemotePeer | undefined {
    if (id === 0n) return undefined;
    const peer = this.#known.get(id) ?? this.#find(id);
    if (peer?.dead !== true) return peer;
    this.#forget(peer);
    return undefined;
  }

  /** Has the event loop look out for the participant's death. Returns `false` if it does not live. */
  listen(id: bigint): boolean {
    const peer = this.living(id);
    peer?.onDeath(this.#onDeath);
    return peer !== undefined;
  }

  #find(id: bigint): RemotePeer | undefined {
    const peer = RemotePeer.find(id);
    if (peer === undefined || peer === "unknown") return undefined;
    if (this.#known.size >= MAX_KNOWN) this.#forget(this.#known.values().next().value!);
    this.#known.set(id, peer);
    return peer;
  }

  #forget(peer: RemotePeer): void {
    this.#known.delete(peer.id);
    peer.offDeath(this.#onDeath);
    peer.release();
  }

  /** Looks for threads that are gone though their process lives. */
  checkAlive(): void {
    for (const peer of [...this.#known.values()]) peer.checkAlive(true);
  }

  /** Gives all of them back. */
  forgetAll(): void {
    for (const peer of [...this.#known.values()]) this.#forget(peer);
  }
}
