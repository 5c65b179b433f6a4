import {
  compareTimes,
  isTime,
  isZeroTime,
  parseTime,
  toUtc,
  ZERO_TIME,
} from "../../src/cacheconfig/time.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

// What Go 1.26 makes of each text: t.UnmarshalJSON, then t.UTC().MarshalJSON.
const READ_BY_GO: [text: string, utc: string][] = [
  ["2026-11-23T22:44:25.250903951Z", "2026-11-23T22:44:25.250903951Z"],
  ["2026-11-23T22:44:25Z", "2026-11-23T22:44:25Z"],
  ["2026-11-23T22:44:25.100Z", "2026-11-23T22:44:25.1Z"],
  ["2026-11-23T22:44:25.000Z", "2026-11-23T22:44:25Z"],
  ["2026-11-23T22:44:25.1234567899Z", "2026-11-23T22:44:25.123456789Z"],
  ["2026-11-23T22:44:25,5Z", "2026-11-23T22:44:25.5Z"],
  ["2026-11-23T2:44:25Z", "2026-11-23T02:44:25Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
  ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"],
  ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"],
  ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"],
  ["0099-12-31T23:30:00-01:00", "0100-01-01T00:30:00Z"],
  ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ["2026-11-23T22:44:25+00:00", "2026-11-23T22:44:25Z"],
  ["2026-11-23T22:44:25-00:00", "2026-11-23T22:44:25Z"],
  ["2026-11-23T22:44:25.25+05:30", "2026-11-23T17:14:25.25Z"],
  ["2026-11-23T22:44:25-11:45", "2026-11-24T10:29:25Z"],
  ["2026-11-23T22:44:25+23:59", "2026-11-22T22:45:25Z"],
  ["2026-11-23T22:44:25+24:00", "2026-11-22T22:44:25Z"],
  ["2026-11-23T22:44:25+24:60", "2026-11-22T21:44:25Z"],
  ["2026-11-23T22:44:25+00:60", "2026-11-23T21:44:25Z"],
];

const REFUSED_BY_GO = [
  "",
  "2026-11-23T22:4:25Z",
  "2026-11-23T22:44:5Z",
  "2026-11-23T24:00:00Z",
  "2026-11-23T22:60:25Z",
  "2026-11-23T22:44:60Z",
  "2026-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "10000-01-01T00:00:00Z",
  "2026-11-23T22:44:25+25:00",
  "2026-11-23T22:44:25+00:61",
  "2026-11-23T22:44:25+0000",
  "2026-11-23T22:44:25z",
  "2026-11-23t22:44:25Z",
  "2026-11-23 22:44:25Z",
  "2026-11-23T22:44:25",
  "2026-11-23T22:44Z",
  "2026-11-23T22:44:25.Z",
  "2026-11-23T22:44:25Z ",
  "2026-11-23T22:44:25Z\n",
  "2026-00-23T22:44:25Z",
  "2026-13-23T22:44:25Z",
  "2026-11-00T22:44:25Z",
  "2026-11-31T22:44:25Z",
  "2026-1-23T22:44:25Z",
  "+026-11-23T22:44:25Z",
  "2026-11-23T22:44:25.5,5Z",
  "2026-11-23T22:44:25.5+1:00",
  "\u0662026-11-23T22:44:25Z",
  "2026-11-23T-1:44:25Z",
];

test("times: what Go reads is read, and converted to UTC as Go prints it", () => {
  for (const [text, utc] of READ_BY_GO) {
    assert(isTime(text), text);
    assertEquals(toUtc(text), utc);
    assertEquals(compareTimes(text, utc), 0);
  }
});

test("times: what Go refuses is refused", () => {
  for (const text of REFUSED_BY_GO) {
    assert(!isTime(text), text);
    assertThrows(() => toUtc(text), RangeError);
    assertThrows(() => compareTimes(text, ZERO_TIME), RangeError);
  }
});

test("times: years that UTC would move out of 0 to 9999 are refused, as by Go", () => {
  for (const text of ["0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01"]) {
    assert(isTime(text));
    assertThrows(() => toUtc(text), RangeError, text);
  }
});

test("times: ordered by instant, to the nanosecond, whatever the offset", () => {
  const ordered = [
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z",
    "1970-01-01T00:00:00Z",
    "2026-11-23T22:44:25.250903950Z",
    "2026-11-23T23:44:25.250903951+01:00",
    "2026-11-23T22:44:25.250903952Z",
    "2026-11-23T10:44:25.3-12:00",
    "9999-12-31T23:59:59.999999999Z",
  ];
  assertEquals(ordered.toReversed().sort(compareTimes), ordered);
  assertEquals(parseTime("1970-01-01T00:00:00.000000001Z"), { seconds: 0, nanoseconds: 1 });
  assertEquals(parseTime("1969-12-31T23:59:59.5Z"), { seconds: -1, nanoseconds: 500_000_000 });
});

test("times: the zero time is told by its instant", () => {
  assert(isZeroTime(ZERO_TIME));
  assert(isZeroTime("0001-01-01T01:00:00+01:00"));
  assert(!isZeroTime("0001-01-01T00:00:00.000000001Z"));
});
