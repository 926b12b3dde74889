/** Everything that a process can die of here. A new one is a `Scenario` in one of these lists. */
import type { Scenario } from "./scenario.ts";
import { VALUE_SCENARIOS } from "./value_scenarios.ts";

/** Every scenario, by name. */
export const SCENARIOS: readonly Scenario[] = [
  ...VALUE_SCENARIOS,
];
