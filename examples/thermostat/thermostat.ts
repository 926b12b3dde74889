/**
 * Terminal 1: `deno run --allow-ffi examples/thermostat/thermostat.ts` (Ctrl+C ends it)
 *
 * Terminal 2: `deno run --allow-ffi examples/thermostat/panel.ts`
 */
import { serve, SharedValue } from "@sysframe/sysframe";

using status = SharedValue.open<{ target: number }>("/thermostat.status", { create: true });
status.set({ target: 20 });

const handlers = {
  setTarget(celsius: number) {
    if (celsius > 30) throw new RangeError(`${celsius} °C is too warm`);
    status.set({ target: celsius });
  },
};
export type Thermostat = typeof handlers;

await using service = serve("/thermostat", handlers);
Deno.addSignalListener("SIGINT", () => service.close());
await service.closed;
SharedValue.remove("/thermostat.status");
