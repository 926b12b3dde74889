import { keyDigest } from "../../../pybytes/types/key_digest.ts";
import { assertEquals } from "../../helpers/assert.ts";

Deno.test({
  name: "keyDigest is SHA-256 at every length around a block's end",
  permissions: "none",
  async fn() {
    for (let length = 0; length <= 100; length++) {
      const text = Array.from(
        { length },
        (_, index) => String.fromCharCode((index * 40503 + length) & 0xffff),
      ).join("");
      const bytes = new Uint8Array(length * 2);
      for (let index = 0; index < length; index++) {
        bytes[index * 2] = text.charCodeAt(index) >>> 8;
        bytes[index * 2 + 1] = text.charCodeAt(index) & 0xff;
      }
      const digest = new DataView(await crypto.subtle.digest("SHA-256", bytes));
      const units = Array.from({ length: 16 }, (_, index) => digest.getUint16(index * 2));
      assertEquals(
        Array.from(keyDigest(text), (unit) => unit).join(""),
        String.fromCharCode(...units),
      );
    }
  },
});
