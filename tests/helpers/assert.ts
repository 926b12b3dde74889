/** The assertions of `@std/assert` that the tests use, behind one import. */
export { assert } from "@std/assert/assert";
export { assertAlmostEquals } from "@std/assert/almost-equals";
export { assertEquals } from "@std/assert/equals";
export { assertInstanceOf } from "@std/assert/instance-of";
export { assertMatch } from "@std/assert/match";
export { assertNotEquals } from "@std/assert/not-equals";
export { assertRejects } from "@std/assert/rejects";
export { assertStrictEquals } from "@std/assert/strict-equals";
export { assertStringIncludes } from "@std/assert/string-includes";
export { assertThrows } from "@std/assert/throws";
export { fail } from "@std/assert/fail";
