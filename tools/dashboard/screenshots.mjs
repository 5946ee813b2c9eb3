#!/usr/bin/env node
// Pictures for the README: node tools/dashboard/screenshots.mjs <folder for them> [--runs <folder with runs>]
// Of the dashboard where there are runs, and of a step of a run of the embedded model, which is trained for it (half a minute).
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "./open-browser.mjs";
import { cai, startPage } from "./start-page.mjs";

const demoRun = [
  ...["--policy", "demo", "--reward", "demo", "--seed", "1", "--steps", "14", "--checkpoint-every", "13", "--batch-size", "32"],
  ...["--prompts", "demo"],
  ...["--minibatch-size", "16", "--epochs", "2", "--max-new-tokens", "28", "--temperature", "0.8", "--gamma", "1", "--lambda", "1"],
  ...["--learning-rate", "1e-4", "--value-learning-rate", "1e-3", "--kl-coef", "0.2"],
];
const { values, positionals } = parseArgs({ options: { runs: { type: "string" } }, allowPositionals: true });
const target = positionals[0] && resolve(positionals[0]);
if (target === undefined) {
  console.error("usage: node tools/dashboard/screenshots.mjs <folder for the pictures> [--runs <folder with runs>]");
  process.exit(2);
}
const browser = await openBrowser();
if (values.runs !== undefined) await pictureDashboard(values.runs);
await pictureInspector();
await browser.close();

/** @param {string} folder */
async function pictureDashboard(folder) {
  const dashboard = await startPage(["dashboard", folder]);
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme });
    await page.goto(dashboard.url);
    await page.waitForSelector(".panel canvas");
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(target, `dashboard-${colorScheme}.png`) });
    if (colorScheme === "light") {
      await page.keyboard.press("2");
      await page.waitForSelector("#samples tbody tr");
      await page.screenshot({ path: join(target, "dashboard-samples.png") });
    }
    await page.close();
  }
  dashboard.close();
}

async function pictureInspector() {
  const folder = await mkdtemp(join(tmpdir(), "cai-pictures-"));
  process.chdir(folder); // a run is called by its path
  try {
    const run = "runs/first";
    execFileSync(process.execPath, [cai, "train", "--out", run, ...demoRun], { stdio: ["ignore", "ignore", "inherit"] });
    const inspector = await startPage(["inspect", run, "--step", "14", "--set", "klCoef=0.8", "--page"]);
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme });
      await page.goto(`${inspector.url}/#sample=1&token=20`);
      await page.waitForSelector(".labels");
      await page.screenshot({ path: join(target, `inspector-${colorScheme}.png`) });
      await page.close();
    }
    inspector.close();
  } finally {
    await rm(folder, { recursive: true });
  }
}
