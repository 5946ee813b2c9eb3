#!/usr/bin/env node
// @ts-check
// The page's training in Node on WASM and in a tab on WASM, in turns: node tools/tab/compare-speed.mjs [--steps 40] [--pairs 1]
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openBrowser } from "../dashboard/open-browser.mjs";
import { bundleWorker } from "./bundle-worker.mjs";
import { serveTab } from "./serve-tab.mjs";

const { values } = parseArgs({ options: { steps: { type: "string", default: "40" }, pairs: { type: "string", default: "1" } } });
const steps = Number(values.steps);
const server = await serveTab(await bundleWorker(new URL("training-worker.ts", import.meta.url), { minify: true }));
const browser = await openBrowser();

/** @returns {number[]} seconds of each step */
function inNode() {
  const program = fileURLToPath(new URL("node-steps.ts", import.meta.url));
  const flags = ["--conditions", "@cai/source", "--import", "tsx", program, String(steps)];
  return execFileSync(process.execPath, flags, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
    .trim()
    .split("\n")
    .map(Number);
}

/** @returns {Promise<number[]>} */
async function inTab() {
  const page = await browser.newPage();
  await page.goto(server.url);
  const taken = await page.evaluate(
    `new Promise((resolve, reject) => {
      const seconds = [];
      const worker = new Worker("/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => {
        if ("failed" in data) reject(new Error(data.failed));
        if ("step" in data && seconds.push(data.step.seconds) === ${steps}) resolve(seconds);
      };
      worker.postMessage({ start: { steps: ${steps}, heldOutPrompts: 1 } });
    })`,
  );
  await page.close();
  return /** @type {number[]} */ (taken);
}

const sum = (/** @type {readonly number[]} */ numbers) => numbers.reduce((total, number) => total + number, 0);
try {
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    const [node, tab] = [inNode(), await inTab()];
    const shown = (/** @type {number[]} */ seconds) => `${sum(seconds).toFixed(1)} s (${seconds.map((one) => one.toFixed(2)).join(" ")})`;
    console.log(`pair ${pair}: Node ${shown(node)}, tab ${shown(tab)}: ${(sum(tab) / sum(node)).toFixed(2)} x`);
  }
} finally {
  await browser.close();
  await server.close();
}
