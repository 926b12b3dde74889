/**
 * A producer. Arguments: the channel's name, and the most messages of a turn. For each line of input, `WAY PAYLOAD COUNT`: sends so many messages of
 * 64 bytes that begin with their number, by `sendSync` or `sendAll`, as `text` or `bytes`. Prints `ready` at first. Ends when its input does.
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

const numbers = Array.from({ length: Number(Deno.args[1]) }, (_, number) => number);
/** Made before they are sent, as a program has what it sends. */
const messages: Readonly<Record<string, readonly unknown[]>> = {
  bytes: numbers.map(message),
  // The header of a text takes two bytes.
  text: numbers.map((number) => `${number}`.padEnd(MESSAGE_BYTES - 2)),
};

const WAYS: Readonly<
  Record<string, (channel: Channel, messages: readonly unknown[]) => Promise<void> | void>
> = {
  sendSync: (channel, messages) => {
    for (const message of messages) channel.sendSync(message);
  },
  sendAll: async (channel, messages) => {
    for (let sent = 0; sent < messages.length; sent += TOGETHER) {
      await channel.sendAll(messages.slice(sent, sent + TOGETHER));
    }
  },
};

using channel = Channel.open(Deno.args[0]);
console.log("ready");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const [way, payload, count] = line.split(" ");
  await WAYS[way](channel, messages[payload].slice(0, Number(count)));
}
