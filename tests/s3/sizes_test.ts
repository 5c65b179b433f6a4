import { checksum } from "../../src/s3/checksum.ts";
import { fixedPartSize, streamPartSize } from "../../src/s3/part_size.ts";
import { cutRanges, rangeHeader } from "../../src/s3/ranges.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const TiB = 1024 ** 4;

test("ranges cover every byte once, at and around multiples of 5 GiB", () => {
  for (const k of [1, 2, 3]) {
    for (const delta of [-1, 0, 1]) {
      const size = k * 5 * GiB + delta;
      let next = 0;
      for (const { start, end } of cutRanges(0, size, 5 * GiB)) {
        assertEquals(start, next);
        assert(end - start < 5 * GiB, `${start}-${end}`);
        next = end + 1;
      }
      assertEquals(next, size);
    }
  }
  assertEquals([...cutRanges(0, 5 * GiB, 5 * GiB)].map(rangeHeader), [`bytes=0-${5 * GiB - 1}`]);
  assertEquals([...cutRanges(7, 12, 3)].map(rangeHeader), ["bytes=7-9", "bytes=10-11"]);
  assertEquals([...cutRanges(0, 0, GiB)], []);
});

test("10,000 parts hold whatever S3 can store", () => {
  assertEquals(fixedPartSize(100, 8 * MiB), 8 * MiB);
  for (const size of [80_000 * MiB, 80_000 * MiB + 1, TiB, 5 * TiB, 50_000 * GiB]) {
    const partSize = fixedPartSize(size, 8 * MiB);
    assert(Math.ceil(size / partSize) <= 10_000, `${size} in parts of ${partSize}`);
    assertEquals(partSize % MiB, 0);
  }
  // 48.8 TiB is S3's limit for an object.
  const tooLarge = 50_000 * GiB + 1;
  assertThrows(() => fixedPartSize(tooLarge, 8 * MiB), RangeError, String(tooLarge));
});

test("parts of a stream grow so that 10,000 reach 5 TiB", () => {
  let total = 0;
  for (let number = 1; number <= 10_000; number++) total += streamPartSize(number, 5 * MiB);
  assert(total >= 5 * TiB, `${total}`);
  assertEquals(streamPartSize(1, 8 * MiB), 8 * MiB);
  assertEquals(streamPartSize(900, 8 * MiB), 8 * MiB);
  assertEquals(streamPartSize(901, 8 * MiB), 16 * MiB);
});

test("checksums are those of the published check values", async () => {
  const nine = new TextEncoder().encode("123456789");
  // The check value of CRC-32C (Castagnoli) is e3069283.
  assertEquals(await checksum("CRC32C", nine), btoa("\xe3\x06\x92\x83"));
  assertEquals(
    await checksum("SHA256", new Uint8Array()),
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  );
});
