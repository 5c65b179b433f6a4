import { checkLayout } from "../../scripts/check_layers.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

/** A tree without faults. */
const TREE: Record<string, string> = {
  "deno.json": `{ "exports": { ".": "./mod.ts", "./s3": "./s3.ts" } }`,
  "mod.ts": `export * from "./s3.ts"; export * from "./src/oci/layout.ts";`,
  "s3.ts": `export * from "./src/s3/client.ts";`,
  "src/deps.ts": "export {};",
  "src/runtime/runtime.ts": `import "node:process"; export const runtime = typeof Deno;`,
  "src/s3/client.ts": `import "../deps.ts"; export * from "../runtime/runtime.ts";`,
  "src/oci/layout.ts": `export type { runtime } from "../s3/client.ts";`,
  "src/cli/main.ts": `import "../oci/layout.ts"; import "node:fs"; console.log(Deno.args);`,
  "tests/unit.ts": `import "./s3/client_test.ts";`,
  "tests/deno.ts": "",
  "tests/runtimes/workerd.ts": `import "../s3/client_test.ts";`,
  "tests/s3/client_test.ts": `import "../../mod.ts";`,
  "tests/interop/moves_test.ts": "",
  "scripts/build.ts": "Deno.exit();",
  "examples/copy.ts": `import "../mod.ts";`,
};

/** One fault each: a file to put into the tree, and what is said about it. */
const FAULTS: [file: string, text: string, problem: string][] = [
  [
    "src/s3/client.ts",
    `\nimport "../oci/layout.ts";`,
    "src/s3/client.ts:2: src/s3 comes before src/oci (src/oci/layout.ts)",
  ],
  [
    "src/s3/client.ts",
    `import type { X } from "../oci/layout.ts";`,
    "src/s3/client.ts:1: src/s3 comes before src/oci (src/oci/layout.ts)",
  ],
  [
    "src/runtime/runtime.ts",
    `export const later = () => import("../s3/client.ts");`,
    "src/runtime/runtime.ts:1: src/runtime comes before src/s3 (src/s3/client.ts)",
  ],
  [
    "src/cli/main.ts",
    `import "../../mod.ts";`,
    "src/cli/main.ts:1: src/cli comes before the entry points (mod.ts)",
  ],
  [
    "src/oci/layout.ts",
    `import "../../tests/deno.ts";`,
    "src/oci/layout.ts:1: tests/deno.ts is no part of the library",
  ],
  [
    "src/oci/layout.ts",
    `import "npm:commander@14.0.3";`,
    "src/oci/layout.ts:1: npm:commander@14.0.3: only a deps.ts names packages",
  ],
  [
    "src/deps.ts",
    `import "npm:commander@14";`,
    "src/deps.ts:1: npm:commander@14: no exact version",
  ],
  [
    "src/deps.ts",
    `import "data:text/javascript,1";`,
    "src/deps.ts:1: data:text/javascript,1: neither a file nor an npm package",
  ],
  [
    "src/oci/layout.ts",
    `export const read = () => import("node:fs");`,
    "src/oci/layout.ts:1: node:fs: only src/runtime and src/cli may use it",
  ],
  [
    "src/oci/layout.ts",
    "/** Not Deno. */\nexport const uid = () => Deno.uid();",
    "src/oci/layout.ts:2: Deno: only src/runtime and src/cli may use it",
  ],
  [
    "src/oci/layout.ts",
    "export const id = (globalThis as unknown as { Bun: { version: string } }).Bun.version;",
    "src/oci/layout.ts:1: Bun: only src/runtime and src/cli may use it",
  ],
  [
    "src/oci/layout.ts",
    "const process = 1; export const made = { process };",
    "src/oci/layout.ts:1: process: only src/runtime and src/cli may use it",
  ],
  [
    "src/oci/layout.ts",
    "export const env = globalThis.process;",
    "src/oci/layout.ts:1: process: only src/runtime and src/cli may use it",
  ],
  [
    "src/oci/forgotten.ts",
    "",
    "src/oci/forgotten.ts: neither an entry point nor the command uses it",
  ],
  [
    "tests/s3/forgotten_test.ts",
    "",
    "tests/s3/forgotten_test.ts: no list of tests has it, such as tests/portable.ts or " +
    "tests/disk.ts",
  ],
  ["tests/deno.ts", "\n".repeat(401), "tests/deno.ts: 401 lines, more than 400"],
];

async function check(tree: Record<string, string>): Promise<string[]> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [file, text] of Object.entries(tree)) {
      const path = `${root}/${file}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    return await checkLayout(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

test("layout: a tree without faults passes", async () => {
  assertEquals(await check(TREE), []);
});

for (const [file, text, problem] of FAULTS) {
  test(`layout: finds ${problem}`, async () => {
    assertEquals(await check({ ...TREE, [file]: text + (TREE[file] ?? "") }), [problem]);
  });
}

test("layout: a folder that is no layer is found", async () => {
  const problems = await check({
    ...TREE,
    "src/extra/more.ts": "",
    "mod.ts": `import "./src/extra/more.ts";${TREE["mod.ts"]}`,
  });
  assertEquals(problems, [
    "mod.ts:1: src/extra/more.ts is no part of the library",
    "src/extra/more.ts: its folder has no place among the layers",
  ]);
});

test("layout: words in strings and members of our own are no globals", async () => {
  const text = `
    /** Deno, Bun and node:fs */
    export const text = "Deno and node:fs";
    export interface Queue { process(): void }
    export class List implements Queue { process(): void {} }
    export const run = (queue: Queue) => queue.process();
    export const made: Queue = { process: () => {} };`;
  assertEquals(await check({ ...TREE, "src/oci/layout.ts": text }), []);
});
