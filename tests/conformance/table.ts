/** The table of docs/compatibility.md. */
import { EXCEPTIONS } from "./exceptions.ts";
import type { SERVERS } from "./servers.ts";
import { type CaseName, GROUPS } from "./suite.ts";

/** A server of the table. */
export type ServerName = keyof typeof SERVERS;

/** What a run has shown of a server. */
export interface Outcome {
  version?: string | undefined;
  /** The cases that ended as expected, and whether that is as on S3. */
  cases: Map<CaseName, boolean>;
}

/** By server, in the order of the table. */
export type Outcomes = Map<ServerName, Outcome>;

const BEGIN = "<!-- begin: written by deno task test:conformance --write -->";
const END = "<!-- end -->";

/** The table as Markdown, with the reasons as notes below. */
export function renderTable(outcomes: Outcomes): string {
  const servers = [...outcomes.keys()];
  const notes: string[] = [];
  const note = (text: string): number => {
    if (!notes.includes(text)) notes.push(text);
    return notes.indexOf(text) + 1;
  };
  const cell = (server: ServerName, name: CaseName): string => {
    const exception = EXCEPTIONS[server][name];
    const passed = outcomes.get(server)?.cases.get(name);
    if (passed === undefined) return "failed";
    if (passed || !exception) return "yes";
    return `${exception.answer} (${note(exception.because)})`;
  };
  const rows = [["", ...servers], ["---", ...servers.map(() => "---")]];
  for (const [group, cases] of Object.entries(GROUPS)) {
    rows.push([`**${group}**`, ...servers.map(() => "")]);
    for (const name of Object.keys(cases)) {
      rows.push([name, ...servers.map((server) => cell(server, `${group}: ${name}` as CaseName))]);
    }
  }
  const totals = servers.map((server) => {
    const answers = [...outcomes.get(server)!.cases.values()];
    return `${answers.filter((passed) => passed).length} of ${answers.length}`;
  });
  rows.push(["**As S3 does**", ...totals]);
  const table = align(rows).map((row) => `| ${row.join(" | ")} |`).join("\n");
  const versions = [...outcomes].flatMap(([name, { version }]) =>
    version ? `- ${name} ${version}` : []
  );
  return [
    table,
    notes.map((text, index) => `${index + 1}. ${text}`).join("\n"),
    "The servers:",
    versions.join("\n"),
  ].join("\n\n");
}

/** As `deno fmt` wants tables. */
function align(rows: string[][]): string[][] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      cell === "---" ? "-".repeat(widths[column]!) : cell.padEnd(widths[column]!)
    )
  );
}

/** What a document has between the marks. */
export function readTable(document: string): string {
  const [begin, end] = marks(document);
  return document.slice(begin, end).trim();
}

/** A document with another table between the marks. */
export function replaceTable(document: string, table: string): string {
  const [begin, end] = marks(document);
  return `${document.slice(0, begin)}\n\n${table}\n\n${document.slice(end)}`;
}

function marks(document: string): [begin: number, end: number] {
  const begin = document.indexOf(BEGIN) + BEGIN.length;
  const end = document.indexOf(END, begin);
  if (begin < BEGIN.length || end < 0) throw new Error(`the document has no ${BEGIN} … ${END}`);
  return [begin, end];
}
