import { installOnce } from "../../scripts/tools/store.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";

/** Runs something with an empty store. */
async function withStore(run: (store: string) => Promise<void>): Promise<void> {
  const store = await Deno.makeTempDir({ prefix: "s3cache-store-" });
  const before = Deno.env.get("S3CACHE_TOOLS");
  Deno.env.set("S3CACHE_TOOLS", store);
  try {
    await run(store);
  } finally {
    if (before === undefined) Deno.env.delete("S3CACHE_TOOLS");
    else Deno.env.set("S3CACHE_TOOLS", before);
    await Deno.remove(store, { recursive: true });
  }
}

test("a tool that two want at once is installed once", async () => {
  await withStore(async (store) => {
    let installs = 0;
    const install = async (directory: string) => {
      installs++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      await Deno.writeTextFile(`${directory}/tool`, "made");
    };
    const places = await Promise.all([1, 2, 3].map(() => installOnce("tool-1.0.0", install)));
    assertEquals(places, Array(3).fill(`${store}/tool-1.0.0`));
    assertEquals(await Deno.readTextFile(`${places[0]}/tool`), "made");
    assertEquals(await installOnce("tool-1.0.0", install), places[0]);
    assertEquals(installs, 1);
    await installOnce("tool-1.0.1", install);
    assertEquals(installs, 2);
  });
});

test("an install that fails leaves nothing that could be taken for the tool", async () => {
  await withStore(async (store) => {
    const broken = async (directory: string) => {
      await Deno.writeTextFile(`${directory}/half`, "");
      throw new Error("no network");
    };
    await assertRejects(() => installOnce("tool-1.0.0", broken), Error, "no network");
    const left = await Array.fromAsync(Deno.readDir(store), ({ name }) => name);
    assertEquals(left, ["tool-1.0.0.lock"]);
    await installOnce("tool-1.0.0", () => Promise.resolve());
  });
});
