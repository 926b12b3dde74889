/** This thread as the others see it: its page, its doorbell and its sign of life, from the first handle to the last. */
import { MembridgeError } from "../errors.ts";
import { LOCK_EX, O_RDWR } from "../libc/constants.ts";
import { closeFile, makeFifo, openFile, tryLockFile } from "../libc/files.ts";
import { ownThread } from "../libc/process.ts";
import { pathOfId, randomId } from "../segment/names.ts";
import { putU32, storeU32 } from "../sync/port.ts";
import { Segment } from "../segment/segment.ts";
import {
  HINTS,
  HINTS_WORD,
  PAGE_BYTES,
  PARKED_WORD,
  SENT_WORD,
  sweepDeadPeers,
  unlinkPeerFiles,
  writeIdentity,
} from "./peer_page.ts";

/** The files of this thread. */
export class OwnPeer {
  /** What others find this thread by. */
  readonly id: bigint;
  /** The reading end of the doorbell. Whoever adopts it closes it. */
  readonly bellFd: number;
  readonly #lifeFd: number;
  readonly #page: Segment;
  readonly #words: Uint32Array;
  #sequence = 0;
  #sent = 0;

  /** Makes the files, and sweeps away those of participants that were killed. */
  constructor() {
    sweepDeadPeers();
    const id = randomId();
    const page = Segment.create({ kind: "peer", sizeBytes: PAGE_BYTES, id });
    try {
      writeIdentity(page, ownThread());
      // Locked before it has a name: nobody can mistake it for the page of a dead one.
      if (!tryLockFile(page.fd, LOCK_EX) || !page.publish(pathOfId(id, "peer"))) {
        throw new MembridgeError("The page of this thread exists already");
      }
      makeFifo(pathOfId(id, "bell"), 0o600);
      makeFifo(pathOfId(id, "life"), 0o600);
      // O_RDWR: the bell's reader never sees an end, and the life line has a writer before any reader comes.
      this.bellFd = openFile(pathOfId(id, "bell"), O_RDWR);
      this.#lifeFd = openFile(pathOfId(id, "life"), O_RDWR);
    } catch (error) {
      unlinkPeerFiles(id);
      page.close();
      throw error;
    }
    this.id = id;
    this.#page = page;
    this.#words = page.words;
  }

  /** Says that this thread sleeps from now on: others ring after they stored something. Look at everything once more afterwards. */
  park(): void {
    this.#sequence = (this.#sequence + 1) >>> 0 || 1;
    storeU32(this.#words, PARKED_WORD, this.#sequence);
  }

  /** Says that this thread is awake and looks at everything by itself before it sleeps. */
  unpark(): void {
    storeU32(this.#words, PARKED_WORD, 0);
  }

  /** Says through which of this thread's lanes something was sent. */
  hint(lane: number): void {
    const sent = this.#sent = (this.#sent + 1) >>> 0;
    putU32(this.#words, HINTS_WORD + (sent & (HINTS - 1)), lane);
    storeU32(this.#words, SENT_WORD, sent);
  }

  /** Removes the files and ends the sign of life. The bell's descriptor stays with whoever adopted it. */
  close(): void {
    unlinkPeerFiles(this.id);
    closeFile(this.#lifeFd);
    this.#page.close();
  }
}
