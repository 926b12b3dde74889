/** Loaded before the tests where Node is to have all that they use. */
import { installStandIns } from "./newer.ts";

installStandIns();
