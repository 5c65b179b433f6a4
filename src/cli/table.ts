/**
 * Tables for people.
 *
 * @module
 */
import { printable } from "../format.ts";

/** A column: its title, and whether it holds numbers, which end on the right. */
export interface Column {
  title: string;
  align?: "left" | "right";
}

/**
 * Lays out text in columns.
 *
 * @param columns titles
 * @param rows a cell for each column
 * @returns lines, without spaces at their ends
 */
export function formatTable(columns: Column[], rows: string[][]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => width(line[i]!))));
  return lines.map((line) =>
    line.map((cell, i) => {
      const space = " ".repeat(widths[i]! - width(cell));
      return columns[i]!.align === "right" ? space + cell : cell + space;
    }).join("  ").trimEnd()
  ).join("\n");
}

function width(text: string): number {
  return [...text].length;
}
