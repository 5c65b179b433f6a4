import {
  countJunit,
  failedRun,
  formatCount,
  formatFailure,
  settleCount,
  sumCounts,
} from "../../scripts/count.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

const REPORT = `<testsuites tests="5" failures="2">
  <testsuite name="a" failures="2">
    <testcase name="passes &lt;failure>" time="0"/>
    <testcase name="passes too" time="0">
    </testcase>
    <testcase name="fails" failure="no">
      <failure type="x" message="&lt;testcase> &lt;skipped/>">stack</failure>
    </testcase>
    <testcase name="breaks &amp; &quot;burns&quot;"><error message="no: \x1b[31mthe&#10;&#xe4;nd\x1b[0m"/></testcase>
    <testcase name="waits"><skipped /></testcase>
  </testsuite>
</testsuites>`;

test("a report's tests are counted, and those that failed named", () => {
  assertEquals(countJunit(REPORT), {
    passed: 2,
    failures: [
      { test: "fails", message: "<testcase> <skipped/>" },
      { test: 'breaks & "burns"', message: "no: the\nänd" },
    ],
    skipped: 1,
  });
  assertEquals(countJunit(""), { passed: 0, failures: [], skipped: 0 });
});

test("a run that failed counts as a failure, and so does one without tests", () => {
  const passed = { passed: 3, failures: [], skipped: 0 };
  assertEquals(settleCount(passed, 0), passed);
  const outside = { test: "(outside of all tests)", message: "exit status 7" };
  assertEquals(settleCount(passed, 7), { passed: 3, failures: [outside], skipped: 0 });
  const failed = { passed: 3, failures: [{ test: "a", message: "b" }], skipped: 0 };
  assertEquals(settleCount(failed, 1), failed);
  const nothing = { passed: 0, failures: [], skipped: 4 };
  assertEquals(settleCount(nothing, 0), {
    passed: 0,
    failures: [{ ...outside, message: "no test ran" }],
    skipped: 4,
  });
});

test("counts add up to one line", () => {
  const sum = sumCounts([
    { passed: 1, failures: [{ test: "a", message: "" }], skipped: 3 },
    { passed: 10, failures: [], skipped: 30 },
    failedRun("c"),
  ]);
  assertEquals(formatCount(sum), "11 passed, 2 failed, 33 skipped");
});

test("a failure is listed with what it said, without empty lines", () => {
  const message = "not equal:\n\n\n-   1\n+   2\n";
  assertEquals(
    formatFailure({ test: "adds", message }),
    "- adds\n    not equal:\n    -   1\n    +   2",
  );
});
