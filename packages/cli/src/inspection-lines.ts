import type { ChangedNumber } from "./compare-steps.ts";
import type { InspectedStep } from "./inspect-step.ts";
import { signed } from "./samples-table.ts";
import { tableLines } from "./table-lines.ts";
import type { InspectedRow } from "./token-rows.ts";
import { printable } from "./wrap-text.ts";

const widestBar = 8;

/** A step for people: its responses token by token, and what differs where it was made with other options too. */
export function inspectionLines({
  step,
  from,
  original,
  set,
  other,
  differences = [],
}: {
  readonly step: number;
  readonly from: number;
  readonly original: InspectedStep;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly other?: InspectedStep | undefined;
  readonly differences?: readonly ChangedNumber[] | undefined;
}): string[] {
  const lines = [`step ${step}, made again from ${from === 0 ? "the beginning" : `the checkpoint of step ${from}`}`, ""];
  lines.push(...original.rows.flatMap((row) => [...rowLines(row), ""]));
  if (other === undefined) return lines.slice(0, -1);
  const options = Object.entries(set ?? {}).map(([name, value]) => `${name} ${value}`);
  const numbers = differences.map(({ name, was, is }) => [name, shown(was), shown(is)]);
  lines.push(`with ${options.join(", ")}:`, ...tableLines([["", "as it was", "so"], ...numbers], { right: ["as it was", "so"] }));
  return lines;
}

/** Response tokens down, what the step made of each across; the bar is the advantage. */
function rowLines({ prompt, score, tokens }: InspectedRow): string[] {
  const largest = Math.max(1e-9, ...tokens.map(({ advantage }) => Math.abs(advantage)));
  const headings = ["token", "p", "kl", "value", "reward", "advantage", "", "ratio", "instead"];
  const rows = tokens.map(({ text, logprob, refLogprob, value, reward, advantage, ratio, alternatives }) => [
    JSON.stringify(text),
    Math.exp(logprob).toFixed(3),
    refLogprob === undefined ? "" : signed(logprob - refLogprob),
    value === undefined ? "" : signed(value),
    reward === undefined ? "" : signed(reward),
    signed(advantage),
    bar(advantage / largest),
    ratio.toFixed(3),
    alternatives.map(({ text, probability }) => `${JSON.stringify(text)} ${probability.toFixed(2)}`).join("  "),
  ]);
  const title = `› ${printable(prompt)}${score === undefined ? "" : `   (${signed(score)})`}`;
  return [title, ...tableLines([headings, ...rows], { right: ["p", "kl", "value", "reward", "advantage", "ratio"] })];
}

/** From the middle to the right above 0, to the left below: as long as the share of the largest. */
function bar(share: number): string {
  const length = Math.round(Math.abs(share) * widestBar);
  const blocks = "█".repeat(length);
  return share < 0 ? `${blocks.padStart(widestBar)}│${"".padEnd(widestBar)}` : `${"".padEnd(widestBar)}│${blocks.padEnd(widestBar)}`;
}

const shown = (value: number | null): string => (value === null ? "" : `${Number(value.toPrecision(5))}`.replace("-", "−"));
