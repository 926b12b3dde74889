/**
 * A producer. Arguments: the channel's name, and the most messages of a turn. For each line of input, `WAY COUNT`: sends so many messages of 64 bytes that
 * begin with their number, by `sendSync` or `sendAll`. Prints `ready` at first. Ends when its input does.
 */
import { Channel } from "../../membridge/mod.ts";
import { TextLineStream } from "../../tests/helpers/lines.ts";

const MESSAGE_BYTES = 64;
/** As many as are at hand at once where they are sent together. */
const TOGETHER = 64;

function message(number: number): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Made before they are sent, as a program has what it sends. */
const messages = Array.from({ length: Number(Deno.args[1]) }, (_, number) => message(number));

const WAYS: Readonly<Record<string, (channel: Channel, count: number) => Promise<void> | void>> = {
  sendSync: (channel, count) => {
    for (let i = 0; i < count; i++) channel.sendSync(messages[i]);
  },
  sendAll: async (channel, count) => {
    for (let sent = 0; sent < count; sent += TOGETHER) {
      await channel.sendAll(messages.slice(sent, Math.min(sent + TOGETHER, count)));
    }
  },
};

using channel = Channel.open(Deno.args[0]);
console.log("ready");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const [way, count] = line.split(" ");
  await WAYS[way](channel, Number(count));
}
