import { renderDot, renderMermaid } from "s3cache";
import { graphOf } from "../../src/manage/graph.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { configOf } from "./configs.ts";
import { HOSTILE, HOSTILE_NAME, hostileConfig, inspected } from "./inspections.ts";

test("the graph has a node a record and an edge an alternative", async () => {
  const { nodes, edges } = graphOf(await inspected(hostileConfig(), { a: 1000, b: 20 }));
  assertEquals(nodes.map(({ state }) => state), ["whole", "whole", "broken", "none"]);
  assertEquals(nodes.map(({ lines }) => lines), [
    ["aaaaaaaaaaaa", "1 layer · 1.00 kB · 2026-01-01"],
    ["bbbbbbbbbbbb", "2 layers · 1.02 kB · 2026-01-01"],
    ["cccccccccccc", "3 layers · 1.02 kB · 2026-01-01"],
    ["dddddddddddd"],
  ]);
  assertEquals(
    edges.map(({ from, to, input, isAlternative }) => [from, to, input, isAlternative]),
    [
      [0, 1, 0, false],
      [1, 2, 0, false],
      [0, 2, 1, true],
      [1, 2, 1, true],
    ],
  );
  assertEquals(edges[1]!.selector, HOSTILE);
  assertEquals([edges[0]!.label, edges[2]!.label, edges[3]!.label], ["", "#1", "#1 ffffffffffff"]);
});

test("the newest result is the one that counts, the zero time is no date", async () => {
  const config = configOf({ a: 1, b: 20 }, "0001-01-01T00:00:00Z");
  config.records[0]!.layers.push({ layer: 1, createdAt: "2026-02-01T00:00:00+01:00" });
  config.records[0]!.layers.push({ layer: 0, createdAt: "2026-01-31T22:59:59Z" });
  const { nodes } = graphOf(await inspected(config, { a: 1, b: 20 }));
  assertEquals(nodes.map(({ lines }) => lines[1]), [
    "2 layers · 21 B · 2026-02-01",
    "2 layers · 21 B",
  ]);
});

test("DOT: text as a string that nothing in it ends", async () => {
  const dot = renderDot(await inspected(hostileConfig(), { a: 1000, b: 20 }, HOSTILE_NAME));
  const lines = dot.trimEnd().split("\n");
  assertEquals(lines[0], `digraph "\\"><img src=x onerror=alert(1)>'--></script><b>" {`);
  assertEquals(lines.slice(3), [
    `  r0 [label="aaaaaaaaaaaa\\n1 layer · 1.00 kB · 2026-01-01", style=filled, fillcolor="#dbeafe"];`,
    `  r1 [label="bbbbbbbbbbbb\\n2 layers · 1.02 kB · 2026-01-01", style=filled, fillcolor="#dbeafe"];`,
    `  r2 [label="cccccccccccc\\n3 layers · 1.02 kB · 2026-01-01", ` +
    `style=filled, fillcolor="#fecaca", color="#b91c1c"];`,
    `  r3 [label="dddddddddddd", style=dashed];`,
    `  r0 -> r1;`,
    `  r1 -> r2 [label="#0 \\"]\\\\N;--><script>alert(1)</script>'\`|\\"\${x}&quot;` +
    `\\\\u{202e}\\\\u{a}\\\\u{2028}</svg>"];`,
    `  r0 -> r2 [label="#1", style=dashed];`,
    `  r1 -> r2 [label="#1 ffffffffffff", style=dashed];`,
    "}",
  ]);
});

test("Mermaid: labels of plain text and entities", async () => {
  const mermaid = renderMermaid(await inspected(hostileConfig(), { a: 1000, b: 20 }));
  const lines = mermaid.trimEnd().split("\n");
  assertEquals(lines.slice(0, 2), [
    "flowchart TB",
    `  r0["aaaaaaaaaaaa<br>1 layer · 1.00 kB · 2026-01-01"]:::whole`,
  ]);
  assertEquals(lines[4], `  r3["dddddddddddd"]:::none`);
  const hostile = lines.find((line) => line.includes("alert"))!;
  assertMatch(hostile, /^ {2}r1 -->\|"[\p{L}\p{N} .,:/·_#;-]+"\| r2$/u);
  assert(hostile.includes("#60;script#62;alert#40;1#41;#60;/script#62;"));
  assert(lines.includes(`  r1 -.->|"#35;1 ffffffffffff"| r2`));
});
