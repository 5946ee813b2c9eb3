import type { InspectedRow, Inspection, LayerNorm } from "@cai/dashboard";
import { signed } from "./samples-table.ts";
import { tableLines } from "./table-lines.ts";
import { printable } from "./wrap-text.ts";

const widestBar = 8;

/** A step for people: its responses token by token, its gradients, and what differs where it was made with other options too. */
export function inspectionLines({ step, from, original, set, other, differences = [] }: Omit<Inspection, "run">): string[] {
  const lines = [`step ${step}, made again from ${from === 0 ? "the beginning" : `the checkpoint of step ${from}`}`, ""];
  lines.push(...original.rows.flatMap((row) => [...rowLines(row), ""]), ...gradientLines(original.gradients, other?.gradients));
  if (other === undefined) return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const options = Object.entries(set ?? {}).map(([name, value]) => `${name} ${value}`);
  if (differences.length === 0) return [...lines, "", `with ${options.join(", ")}: no number of the step differs`];
  const numbers = differences.map(({ name, was, is }) => [name, shown(was), shown(is)]);
  lines.push("", `with ${options.join(", ")}:`, ...tableLines([["", "as it was", "so"], ...numbers], { right: ["as it was", "so"] }));
  return lines;
}

/** Response tokens down, what the step made of each across; the bar is the advantage. */
function rowLines({ prompt, score, tokens }: InspectedRow): string[] {
  const largest = Math.max(1e-9, ...tokens.map(({ advantage }) => Math.abs(advantage)));
  const headings = ["token", "p", "kl", "value", "reward", "advantage", "", "ratio", "instead"];
  const rows = tokens.map(({ text, logprob, kl, value, reward, advantage, ratio, alternatives }) => [
    JSON.stringify(text),
    Math.exp(logprob).toFixed(3),
    kl === undefined ? "" : signed(kl),
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

/** A line for each part of the model. Bars are as long as the share of the largest. */
function gradientLines(gradients: readonly LayerNorm[], other: readonly LayerNorm[] = []): string[] {
  if (gradients.length === 0) return [];
  const largest = Math.max(Number.MIN_VALUE, ...gradients.map(({ norm }) => norm).filter(Number.isFinite));
  const changed = new Map(other.map(({ layer, norm }) => [layer, norm]));
  const rows = gradients.map(({ layer, norm }) => [
    layer,
    shown(norm),
    "█".repeat(Math.round((norm / largest) * widestBar)),
    shown(changed.get(layer) ?? null),
  ]);
  return ["gradient of the first update, before clipping", ...tableLines([["", "norm", " ", "so"], ...rows], { right: ["norm", "so"] })];
}

/** From the middle to the right above 0, to the left below: as long as the share of the largest. */
function bar(share: number): string {
  const length = Math.round(Math.abs(share) * widestBar);
  const blocks = "█".repeat(length);
  return share < 0 ? `${blocks.padStart(widestBar)}│${"".padEnd(widestBar)}` : `${"".padEnd(widestBar)}│${blocks.padEnd(widestBar)}`;
}

const shown = (value: number | null): string => (value === null ? "" : `${Number(value.toPrecision(5))}`.replace("-", "−"));
