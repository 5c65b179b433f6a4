/** Other clients of the gateway than BuildKit, and the specification's own tests of it. */
import { output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { Gateway } from "./gateway.ts";
import { Lab } from "./lab.ts";
import { writeContext } from "./context.ts";

/** A gateway over a bucket that has a cache by BuildKit, named `app`. */
async function withCache(
  fn: (clients: { lab: Lab; gateway: Gateway; ref: string; digest: string }) => Promise<void>,
) {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab);
  const context = `${lab.directory}/context`;
  await writeContext(context, { name: "stages" });
  const cacheTo = [lab.s3.attributes("path", { name: "app", mode: "max" })];
  await lab.buildkit.build({ dockerfile: "stages", context, cacheTo });
  const answer = await fetch(`http://${gateway.host}/v2/app/manifests/latest`, { method: "HEAD" });
  const digest = answer.headers.get("docker-content-digest")!;
  await fn({ lab, gateway, ref: `${gateway.host}/app:latest`, digest });
}

test("the OCI distribution conformance suite", async () => {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab);
  const results = `${lab.directory}/conformance`;
  const env = {
    OCI_REGISTRY: gateway.host,
    OCI_TLS: "disabled",
    OCI_RESULTS_DIR: results,
    OCI_API_BLOBS_UPLOAD_CANCEL: "true",
    OCI_API_BLOBS_DIGEST_HEADER: "true",
    OCI_API_MANIFESTS_DIGEST_HEADER: "true",
    // Blobs of a build cache are named by SHA-256, in the bucket as in BuildKit.
    OCI_DATA_SHA512: "false",
  };
  // It fails if anything does.
  await output([await tool("distribution-conformance")], { cwd: lab.directory, env });
  const yaml = await Deno.readTextFile(`${results}/results.yaml`);
  const verdicts = [...yaml.slice(yaml.indexOf("\napis:")).matchAll(/^ {2}(.+): (\w+)$/gm)];
  const untried = verdicts.filter(([, , verdict]) => verdict !== "Pass").map(([, name]) => name);
  const junit = await Deno.readTextFile(`${results}/junit.xml`);
  const [, checks, skipped] = junit.match(/<testsuites [^>]*tests="(\d+)" skipped="(\d+)"/)!;
  // What is documented, with the reasons, is what this run came to.
  const documentation = new URL("../../docs/compatibility.md", import.meta.url);
  const section = (await Deno.readTextFile(documentation)).split("\n## ")
    .find((section) => section.startsWith("The OCI distribution conformance suite"))!;
  const rows = [...section.matchAll(/^\| (\w[\w ]*\w) +\| /gm)].map(([, name]) => name);
  assertEquals(untried.sort(), rows.slice(1).sort());
  const passed = [
    `${verdicts.length - untried.length} of ${verdicts.length} subjects pass`,
    `${Number(checks) - Number(skipped)} of ${checks} checks`,
  ];
  for (const text of passed) assertStringIncludes(section.replaceAll("\n", " "), text);
});

test("crane pulls, lists, copies and deletes what BuildKit wrote", () =>
  withCache(async ({ lab, gateway, ref, digest }) => {
    const program = await tool("crane");
    const crane = async (...args: string[]) =>
      (await output([program, ...args, "--insecure"])).trim();
    assertEquals(await crane("digest", ref), digest);
    assertEquals(await crane("ls", `${gateway.host}/app`), "latest");
    assertEquals(JSON.parse(await crane("manifest", ref)).schemaVersion, 2);
    await crane("copy", ref, `${gateway.host}/copy:v1`);
    assertEquals(await lab.s3.read("manifests/copy:v1"), await lab.s3.read("manifests/app"));
    assertEquals(await crane("digest", `${gateway.host}/copy:v1`), digest);
    await crane("delete", `${gateway.host}/copy@${digest}`);
    assertEquals((await lab.s3.list("manifests/")).has("copy:v1"), false);
  }));

test("crane pushes and pulls an image beside the caches", () =>
  withCache(async ({ lab, gateway }) => {
    const program = await tool("crane");
    const crane = (...args: string[]) => output([program, ...args, "--insecure"]);
    const tarball = `${lab.directory}/layer.tar`;
    await output(["tar", "-cf", tarball, "-C", `${lab.directory}/context`, "busybox"]);
    const image = `${gateway.host}/image:v1`;
    // From nothing, one layer on top.
    await crane("append", "--oci-empty-base", "--new_layer", tarball, "--new_tag", image);
    await crane("validate", "--remote", image);
  }));

test("skopeo copies a cache to a directory, and back under another name", () =>
  withCache(async ({ lab, gateway, ref, digest }) => {
    const program = await tool("skopeo");
    const skopeo = (...args: string[]) => output([program, "--insecure-policy", ...args]);
    const inspected = await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${ref}`);
    assertMatch(inspected, /"application\/vnd\.buildkit\.cacheconfig\.v0"/);
    const directory = `dir:${lab.directory}/skopeo`;
    await skopeo("copy", "--src-tls-verify=false", `docker://${ref}`, directory);
    const back = `docker://${gateway.host}/again:v2`;
    await skopeo("copy", "--dest-tls-verify=false", "--preserve-digests", directory, back);
    assertEquals(await lab.s3.read("manifests/again:v2"), await lab.s3.read("manifests/app"));
    const answer = await fetch(`http://${gateway.host}/v2/again/manifests/${digest}`);
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
  }));
