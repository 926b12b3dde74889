/** Everything that a process can die of here. A new one is a `Scenario` in one of these lists. */
import { CALL_SCENARIOS } from "./call_scenarios.ts";
import { FRAMES_SCENARIOS } from "./frames_scenarios.ts";
import { LOCK_SCENARIOS } from "./lock_scenarios.ts";
import { MUTEX_SCENARIOS } from "./mutex_scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { TOPIC_SCENARIOS } from "./topic_scenarios.ts";
import { VALUE_SCENARIOS } from "./value_scenarios.ts";

/** Every scenario, by name. */
export const SCENARIOS: readonly Scenario[] = [
  ...VALUE_SCENARIOS,
  ...TOPIC_SCENARIOS,
  ...CALL_SCENARIOS,
  ...LOCK_SCENARIOS,
  ...MUTEX_SCENARIOS,
  ...FRAMES_SCENARIOS,
];
