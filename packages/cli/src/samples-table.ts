import type { ScoredSample } from "@cai/trainer";
import type { Terminal } from "./terminal.ts";
import { padRight } from "./text-width.ts";
import { printable, wrapText } from "./wrap-text.ts";

/** A table of the same prompts before and after: two columns as wide as the terminal, wrapped. The two lists go row by row. */
export function samplesTable(before: readonly ScoredSample[], after: readonly ScoredSample[], terminal: Terminal): string[] {
  const column = Math.floor((terminal.columns - 3) / 2);
  const side = (left: string, right: string): string => `${padRight(left, column)} │ ${right}`.trimEnd();
  const rule = (joint: string): string => terminal.dim("─".repeat(column + 1) + joint + "─".repeat(column + 1));
  const lines = [`${terminal.bold("before".padEnd(column))} │ ${terminal.bold("after")}`];
  before.forEach((sample, row) => {
    const trained = after[row]!;
    const left = wrapText(`${printable(sample.response)} (${signed(sample.score)})`, column);
    const right = wrapText(`${printable(trained.response)} (${signed(trained.score)})`, column);
    lines.push(rule(row === 0 ? "┴" : "─"), ...wrapText(`› ${sample.prompt}`, terminal.columns - 1).map(terminal.bold));
    for (let i = 0; i < Math.max(left.length, right.length); i++) lines.push(side(left[i] ?? "", right[i] ?? ""));
  });
  return lines;
}

/** With its sign, a true minus, and two decimals: `+0.52`, `−1.30`. */
export const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
