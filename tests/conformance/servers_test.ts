/**
 * The suite on servers of others, and the table that the documentation has of it:
 * `deno task test:conformance`, or with `--write` to write the table.
 */
import { assertEquals } from "../assert.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { createBuckets } from "./raw.ts";
import { SERVERS } from "./servers.ts";
import { allCases, runCase } from "./suite.ts";
import {
  type Outcome,
  type Outcomes,
  readTable,
  renderTable,
  replaceTable,
  type ServerName,
} from "./table.ts";

const DOCUMENT = new URL("../../docs/compatibility.md", import.meta.url);

const outcomes: Outcomes = new Map();

for (const name of Object.keys(SERVERS) as ServerName[]) {
  Deno.test(`conformance of ${name}`, async (t) => {
    const directory = await Deno.makeTempDir({ prefix: "s3cache-conformance-" });
    const outcome: Outcome = { cases: new Map() };
    outcomes.set(name, outcome);
    try {
      await using server = await SERVERS[name](directory);
      outcome.version = server.version;
      await createBuckets(server);
      for (const named of allCases()) {
        const exception = EXCEPTIONS[name][named.name];
        await t.step(named.name, async () => {
          await runCase(server, named, exception);
          outcome.cases.set(named.name, !exception);
        });
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("the table in docs/compatibility.md is that of this run", async () => {
  const document = await Deno.readTextFile(DOCUMENT);
  const table = renderTable(outcomes);
  assertEquals(table.includes("failed"), false, "a server has failed");
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(DOCUMENT, replaceTable(document, table));
  } else {
    assertEquals(readTable(document), table);
  }
});
