/** A participant that is made by hand, with whatever its page says, and a service that it seems to own. */
import { LOCK_EX, O_RDWR } from "../../../membridge/libc/constants.ts";
import {
  closeFile,
  makeFifo,
  openFile,
  tryLockFile,
  unlinkFile,
} from "../../../membridge/libc/files.ts";
import type { ThreadIdentity } from "../../../membridge/libc/process.ts";
import { PAGE_BYTES, writeIdentity } from "../../../membridge/peer/peer_page.ts";
import { pathOfId, randomId } from "../../../membridge/segment/names.ts";
import { Segment } from "../../../membridge/segment/segment.ts";
import { forge, plant, shmPath } from "../fixtures/attack.ts";

/** Makes a participant's three files. */
export class ForgedParticipant implements Disposable {
  readonly id: bigint = randomId();
  readonly #close: (() => void)[] = [];

  /** @param locked Whether somebody holds the lock of its page, as long as this exists. */
  constructor(identity: ThreadIdentity, locked: boolean) {
    const page = Segment.create({ kind: "peer", sizeBytes: PAGE_BYTES, id: this.id });
    writeIdentity(page, identity);
    if (locked) tryLockFile(page.fd, LOCK_EX);
    page.publish(pathOfId(this.id, "peer"));
    if (locked) this.#close.push(() => page.close());
    else page.close();
    for (const kind of ["bell", "life"] as const) {
      makeFifo(pathOfId(this.id, kind), 0o600);
      const fd = openFile(pathOfId(this.id, kind), O_RDWR);
      this.#close.push(() => closeFile(fd));
    }
  }

  /** Makes a service that it owns. */
  own(name: string): void {
    const bytes = forge({ kind: "service", sizeBytes: 20_000 });
    const view = new DataView(bytes.buffer);
    view.setBigUint64(64, this.id, true);
    view.setUint32(72, 4242, true);
    plant(shmPath(name), bytes);
  }

  [Symbol.dispose](): void {
    for (const close of this.#close) close();
    for (const kind of ["bell", "life", "peer"] as const) unlinkFile(pathOfId(this.id, kind));
  }
}
