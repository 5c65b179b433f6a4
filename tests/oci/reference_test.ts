import { cacheNameOf, cacheReferenceOf, isRepository, isTag } from "../../src/oci/reference.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("a name and its reference lead to each other", () => {
  for (
    const [name, reference] of [
      ["app", "app:latest"],
      ["buildkit", "buildkit:latest"],
      ["app:main", "app:main"],
      ["team/app:PR-12", "team/app:PR-12"],
      ["a.b_c__d---e/f", "a.b_c__d---e/f:latest"],
    ] as const
  ) {
    assertEquals(cacheReferenceOf(name), reference);
    const [repository, tag] = reference.split(":");
    assertEquals(cacheNameOf(repository!, tag!), name);
  }
});

test("a name that no reference can spell has none", () => {
  for (
    const name of [
      "",
      "App",
      "app:",
      "app:latest",
      "a:b:c",
      ":main",
      "a//b",
      "-a",
      "a_",
      "a b",
      "ä",
    ]
  ) {
    assertEquals(cacheReferenceOf(name), undefined, name);
  }
});

test("repositories and tags are as OCI has them", () => {
  assert(isRepository("a".repeat(255)));
  assert(!isRepository("a".repeat(256)));
  assert(!isRepository("a/_manifests"));
  assert(isTag("_" + "a".repeat(127)));
  assert(!isTag("_" + "a".repeat(128)));
  assert(!isTag(".a"));
  assert(!isTag(""));
});
