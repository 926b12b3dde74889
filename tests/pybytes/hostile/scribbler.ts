/** Writes other bytes into shared memory for as long as it is let. */
import { Random } from "../../helpers/random.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<SharedArrayBuffer>) => void;
  postMessage(message: string): void;
};

/** The first word counts the changes. */
const COUNTER_BYTES = 4;

scope.onmessage = ({ data }) => {
  const memory = new Uint8Array(data, COUNTER_BYTES);
  const counter = new Int32Array(data, 0, 1);
  const random = new Random(1);
  scope.postMessage("started");
  for (;;) {
    memory[random.below(memory.length)] = random.below(256);
    // Some documents have to come through whole.
    for (let pause = random.below(20_000); pause > 0; pause--) Atomics.add(counter, 0, 1);
  }
};
