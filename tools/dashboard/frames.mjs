#!/usr/bin/env node
// How smoothly the dashboard follows long runs: node tools/dashboard/frames.mjs [--steps 10000] [--runs 3]
// Times between frames while the page scrolls through all its charts and a run goes on; and how long a long run takes to appear.
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "./open-browser.mjs";
import { startPage } from "./start-page.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { steps: text, runs: text } });
const [steps, runs] = [Number(values.steps ?? 10_000), Number(values.runs ?? 3)];

const folder = await mkdtemp(join(tmpdir(), "cai-frames-"));
for (let run = 1; run <= runs; run++) {
  await mkdir(join(folder, `run-${run}`));
  const lines = Array.from({ length: steps }, (_, i) => metricsLine(i + 1));
  await writeFile(join(folder, `run-${run}`, "metrics.jsonl"), lines.join(""));
}
const dashboard = await startPage(["dashboard", folder]);
const browser = await openBrowser();
let [step, going] = [steps, true];
const growing = (async () => {
  for (; going; await new Promise((passed) => setTimeout(passed, 200)))
    await appendFile(join(folder, "run-1/metrics.jsonl"), metricsLine(++step));
})();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const began = performance.now();
  await page.goto(dashboard.url);
  await page.waitForSelector(".panel canvas");
  const appeared = performance.now() - began;
  const times = await page.evaluate(async () => {
    const main = document.querySelector("main");
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < 600; frame++) {
      main.scrollTop = (0.5 - 0.5 * Math.cos((frame / 600) * 4 * Math.PI)) * (main.scrollHeight - main.clientHeight);
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  });
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  console.log(`${runs} runs of ${steps} steps, drawn ${(appeared / 1000).toFixed(2)} s after the page was asked for`);
  console.log(`ms between 600 frames of scrolling, one run going on: median ${at(0.5)}, 95th percentile ${at(0.95)}, longest ${at(1)}`);
} finally {
  going = false;
  await growing;
  await browser.close();
  dashboard.close();
  await rm(folder, { recursive: true });
}

/** As many numbers as a step of PPO logs, most of them noise. @param {number} step */
function metricsLine(step) {
  const names = [
    "objective/scores",
    "objective/kl_per_token",
    "objective/entropy",
    "policy/loss",
    "policy/clipfrac",
    "val/loss",
    "grad_norm",
  ];
  const more = Array.from({ length: 18 }, (_, i) => `other/${i}`);
  const values = Object.fromEntries([...names, ...more].map((name, i) => [name, Math.sin(step / 500 + i) + Math.random()]));
  return `${JSON.stringify({ step, ...values, "time/total": 2 })}\n`;
}
