import { countJunit, formatCount, settleCount, sumCounts } from "../../scripts/count.ts";
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
    <testcase name="breaks"><error message="no"/></testcase>
    <testcase name="waits"><skipped /></testcase>
  </testsuite>
</testsuites>`;

test("a report's tests are counted", () => {
  assertEquals(countJunit(REPORT), { passed: 2, failed: 2, skipped: 1 });
  assertEquals(countJunit(""), { passed: 0, failed: 0, skipped: 0 });
});

test("a run that failed counts as a failure, and so does one without tests", () => {
  const passed = { passed: 3, failed: 0, skipped: 0 };
  assertEquals(settleCount(passed, true), passed);
  assertEquals(settleCount(passed, false), { passed: 3, failed: 1, skipped: 0 });
  const failed = { passed: 3, failed: 2, skipped: 0 };
  assertEquals(settleCount(failed, false), failed);
  const nothing = { passed: 0, failed: 0, skipped: 4 };
  assertEquals(settleCount(nothing, true), { passed: 0, failed: 1, skipped: 4 });
});

test("counts add up to one line", () => {
  const sum = sumCounts([{ passed: 1, failed: 2, skipped: 3 }, {
    passed: 10,
    failed: 20,
    skipped: 30,
  }]);
  assertEquals(formatCount(sum), "11 passed, 22 failed, 33 skipped");
});
