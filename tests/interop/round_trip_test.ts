/** A real BuildKit on one side of us, a real S3 server on the other. */
import { test } from "../harness.ts";
import { BUILD_CASES } from "./context.ts";
import { Lab } from "./lab.ts";
import { assertUrlStyle, RoundTrip } from "./round_trip.ts";

for (const style of ["path", "virtual"] as const) {
  for (const build of BUILD_CASES) {
    test(`export of a local cache, then S3: ${build.name}, ${style} style`, async () => {
      await using lab = await Lab.start();
      await (await RoundTrip.start(lab, build, style)).checkExport();
      await assertUrlStyle(lab, style);
    });

    test(`import from S3, then a local cache: ${build.name}, ${style} style`, async () => {
      await using lab = await Lab.start();
      await (await RoundTrip.start(lab, build, style)).checkImport();
      await assertUrlStyle(lab, style);
    });
  }
}

for (const build of BUILD_CASES.filter(({ name }) => name !== "sizes")) {
  test(`a daemon outside UTC: ${build.name}`, async () => {
    await using lab = await Lab.start({ timeZone: "Asia/Kolkata" });
    const roundTrip = await RoundTrip.start(lab, build, "path");
    await roundTrip.checkExport();
    await roundTrip.checkImport();
  });
}
