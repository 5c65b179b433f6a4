import { createHash, type HashAlgorithm } from "../../src/runtime/hash.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

// The hashes of "abc" in RFC 1321, RFC 3174 and FIPS 180-2.
const ABC: Record<HashAlgorithm, string> = {
  "MD5": "900150983cd24fb0d6963f7d28e17f72",
  "SHA-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
  "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
};

test("hashes are the published ones, in one piece or in several", async () => {
  for (const [algorithm, expected] of Object.entries(ABC)) {
    for (const pieces of [["abc"], ["a", "", "bc"]]) {
      const hash = await createHash(algorithm as HashAlgorithm);
      for (const piece of pieces) await hash.update(new TextEncoder().encode(piece));
      assertEquals(await hash.hex(), expected, algorithm);
    }
  }
});

test("the hash of nothing is a hash, and a hash may be given up", async () => {
  const empty = await createHash("MD5");
  assertEquals(await empty.hex(), "d41d8cd98f00b204e9800998ecf8427e");
  const left = await createHash("SHA-256");
  await left.update(new Uint8Array(1));
});
