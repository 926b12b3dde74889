/** A FIFO in the event loop: one epoll registration, no thread, `unref()` works, and `--allow-ffi` is all it needs. */

/** The part of `node:net`'s Socket that adopts a descriptor. */
interface AdoptedSocket {
  on(event: "end" | "error", listener: () => void): AdoptedSocket;
  ref(): AdoptedSocket;
  unref(): AdoptedSocket;
  resume(): AdoptedSocket;
  destroy(): AdoptedSocket;
}

interface BuiltinModules {
  getBuiltinModule(name: "node:net"): {
    Socket: new (init: {
      fd: number;
      readable: boolean;
      writable: boolean;
      onread: { buffer: Uint8Array; callback: () => boolean };
    }) => AdoptedSocket;
  };
  getBuiltinModule(name: "node:timers"): { setImmediate(callback: () => void): unknown };
}

/** Node's built-in modules, loaded when first needed: `node:net` alone takes some 17 ms. */
function builtinModules(): BuiltinModules {
  return (globalThis as unknown as { process: BuiltinModules }).process;
}

let immediate: ((callback: () => void) => unknown) | undefined;

/** Runs `callback` after the events that wait now, sooner than any timer. */
export function afterEvents(callback: () => void): void {
  immediate ??= builtinModules().getBuiltinModule("node:timers").setImmediate;
  immediate(callback);
}

/** Where the bytes go, which nobody wants. With such a buffer the event comes without a stream of data, and some 20 us sooner. */
const unwanted = new Uint8Array(512);

/** The reading end of a FIFO, adopted by the event loop, which owns the descriptor from now on. */
export class FifoReader {
  readonly #socket: AdoptedSocket;
  #ended = false;

  /**
   * Adopts `fd`. It does not keep the program running until {@linkcode setRef}.
   *
   * @param onData Called when bytes came; they are thrown away.
   * @param onEnd Called once when the last writer is gone.
   */
  constructor(fd: number, onData: () => void, onEnd: () => void) {
    const { Socket } = builtinModules().getBuiltinModule("node:net");
    const end = () => {
      if (this.#ended) return;
      this.#ended = true;
      onEnd();
    };
    const callback = () => {
      onData();
      return true;
    };
    const onread = { buffer: unwanted, callback };
    this.#socket = new Socket({ fd, readable: true, writable: false, onread });
    this.#socket.on("end", end).on("error", end).resume().unref();
  }

  /** Says whether waiting for this FIFO keeps the program running. */
  setRef(keepsRunning: boolean): void {
    if (keepsRunning) this.#socket.ref();
    else this.#socket.unref();
  }

  /** Leaves the event loop and closes the descriptor; nobody is told of an end any more. */
  close(): void {
    this.#ended = true;
    this.#socket.destroy();
  }
}
