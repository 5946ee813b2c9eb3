// Draws a run's reward and KL as an SVG: node tools/plot-run.mjs runs/demo-1 docs/demo-run.svg
import { readFileSync, writeFileSync } from "node:fs";

const [run, target] = process.argv.slice(2);
if (target === undefined) {
  console.error("usage: node tools/plot-run.mjs <run folder> <file.svg>");
  process.exit(2);
}
const lines = readFileSync(`${run}/metrics.jsonl`, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const width = 720;
const panel = { left: 56, right: 16, top: 34, height: 150, gap: 56 };
const inner = width - panel.left - panel.right;
const lastStep = lines.at(-1).step;
const x = (step) => panel.left + ((step - 1) / Math.max(1, lastStep - 1)) * inner;

function chart(index, title, name, color) {
  const values = lines.map((line) => line[name]);
  const low = Math.min(0, ...values);
  const high = Math.max(...values) * 1.05;
  const top = panel.top + index * (panel.height + panel.gap);
  const y = (value) => top + panel.height - ((value - low) / (high - low)) * panel.height;
  const ticks = [low, (low + high) / 2, high].map(
    (value) =>
      `<line x1="${panel.left}" x2="${width - panel.right}" y1="${y(value)}" y2="${y(value)}" stroke="#8884"/>` +
      `<text x="${panel.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toFixed(2)}</text>`,
  );
  const points = lines.map((line, i) => `${x(line.step).toFixed(1)},${y(values[i]).toFixed(1)}`).join(" ");
  return `<text x="${panel.left}" y="${top - 12}" font-weight="600">${title}</text>${ticks.join("")}
  <polyline points="${points}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`;
}

const height = panel.top + 2 * panel.height + panel.gap + 40;
const anchors = { 1: "start", [Math.round(lastStep / 2)]: "middle", [lastStep]: "end" };
const steps = Object.entries(anchors).map(
  ([step, anchor]) => `<text x="${x(step)}" y="${height - 14}" text-anchor="${anchor}">step ${step}</text>`,
);
writeFileSync(
  target,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#777">
  ${chart(0, "mean reward of the training batch", "objective/scores", "#2f7d4f")}
  ${chart(1, "KL to the reference, nats a response token", "objective/kl_per_token", "#b4552d")}
  ${steps.join("")}
</svg>
`,
);
