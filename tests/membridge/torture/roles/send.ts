/** Producers of channels. */
import { Channel, type WhenFull } from "../../../../membridge/mod.ts";
import { makePayload, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";

/** The channels: one that is waited for, one that is full at once, and one that forgets. */
export const CHANNELS: readonly { readonly what: string; readonly whenFull: WhenFull }[] = [
  { what: "channel.wait", whenFull: "wait" },
  { what: "channel.fail", whenFull: "fail" },
  { what: "channel.drop", whenFull: "drop_oldest" },
];

/** The longest wait for room, and for others that hold a lock. */
const SEND_MS = 1500;

/** Opens one of the channels. */
export async function openChannel(
  stage: Stage,
  channel: typeof CHANNELS[number],
): Promise<Channel<Payload> | undefined> {
  const opened = await stage.attempt(
    { what: "Channel.open", boundMs: SEND_MS, may: ["TimeoutError"] },
    () =>
      Channel.open<Payload>(stage.name(channel.what), {
        create: true,
        capacityBytes: 65536,
        whenFull: channel.whenFull,
        timeoutMs: SEND_MS,
      }),
  );
  if (opened === undefined) await stage.sleep(20);
  return opened;
}

/** Sends in every way there is; what was sent is reported before anything else is. */
export async function send(stage: Stage): Promise<void> {
  let next = 1;
  while (await stage.begins()) {
    const { what, whenFull } = stage.pick(CHANNELS);
    const channel = await openChannel(stage, { what, whenFull });
    if (channel === undefined) continue;
    const how = { boundMs: SEND_MS, may: ["TimeoutError", "BusyError"] };
    for (let i = stage.times(300); i > 0 && stage.goesOn; i--) {
      const count = stage.once(5) ? 1 + stage.random.below(20) : 1;
      const first = next;
      next += count;
      const payloads = Array.from(
        { length: count },
        (_, j) =>
          makePayload(stage.random, { by: stage.number, number: first + j, maxBytes: 10_000 }),
      );
      const way = stage.random.below(4);
      let sent: boolean | undefined;
      if (count > 1) {
        sent = await stage.attempt({ ...how, what: "sendAll" }, async () => {
          await channel.sendAll(payloads);
          return true;
        });
      } else if (way === 0) {
        sent = stage.attemptSync({ ...how, what: "sendSync" }, () => {
          channel.sendSync(payloads[0]);
          return true;
        });
      } else if (way === 1) {
        sent = stage.attemptSync({ ...how, what: "trySend" }, () => channel.trySend(payloads[0]));
      } else {
        sent = await stage.attempt({ ...how, what: "send" }, async () => {
          await channel.send(payloads[0]);
          return true;
        });
      }
      if (sent && whenFull !== "drop_oldest") {
        stage.report({ kind: "sent", channel: what, first, last: first + count - 1 });
      }
      await stage.pause();
    }
    channel.close();
  }
}
