import { output } from "../../scripts/process.ts";
import { createS3Server } from "../../src/devserver/mod.ts";
import { listen } from "../../src/runtime/listen.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("the example of the S3 client does what it says", async () => {
  const { fetch } = createS3Server({
    buckets: ["cache"],
    credentials: { accessKeyId: "s3cache", secretAccessKey: "s3cache-secret" },
  });
  const listener = await listen(fetch);
  try {
    const root = new URL("../../", import.meta.url);
    const text = await output(
      [Deno.execPath(), "run", "-NE", "examples/s3.ts", listener.url],
      { cwd: root.pathname },
    );
    const [part, hello, log, url, code, ...rest] = text.split("\n");
    assertEquals([part, hello, log], ["ell", "greetings/hello 5", "greetings/log 30"]);
    assertEquals(new URL(url!).pathname, "/cache/greetings/log");
    assertEquals([code, rest], ["PreconditionFailed", [""]]);
  } finally {
    await listener.close();
  }
});
