/** Sets the thermostat's target and follows its status, until the thermostat ends. See `thermostat.ts`. */
import { connect, SharedValue } from "@sysframe/sysframe";
import type { Thermostat } from "./thermostat.ts";

using thermostat = connect<Thermostat>("/thermostat");
await thermostat.call("setTarget", 22); // awaits the service
thermostat.callSync("setTarget", 23); // or blocks, for the lowest latency
await thermostat.api.setTarget(99).catch((error) => console.log(`${error.name}: ${error.message}`));

using status = SharedValue.open<{ target: number }>("/thermostat.status");
console.log(status.get()); // { target: 23 }, read without asking the service
for await (const { target } of status.watch()) console.log(`now ${target} °C`);
