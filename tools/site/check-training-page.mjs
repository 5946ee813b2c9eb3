#!/usr/bin/env node
// @ts-check
// Builds the documentation's site, unless told that it is built, and trains in its page in Chromium: node tools/site/check-training-page.mjs
// [--built] [--steps 2] [--screenshots folder]
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { unzipSync } from "fflate";
import { findChromium } from "../../packages/testing/src/find-chromium.mjs";
import { serve } from "../browser/serve.mjs";
import { openBrowser } from "../dashboard/open-browser.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: { built: { type: "boolean" }, steps: { type: "string", default: "2" }, screenshots: { type: "string" } },
});
if (findChromium() === undefined) {
  console.log("the site's page: left out, for there is no Chromium");
  console.log("0 passed, 0 failed");
  process.exit(0);
}
if (!values.built && spawnSync(process.execPath, [join(here, "run.mjs"), "build"], { stdio: "inherit" }).status !== 0) process.exit(1);

let [passed, failed] = [0, 0];
const check = (/** @type {string} */ what, /** @type {boolean} */ holds) => {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "ok   " : "FAIL "} ${what}`);
};
const server = await serve({ "/": join(here, "dist/") });
const browser = await openBrowser();
try {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 1400 } });
    const page = await context.newPage();
    /** @type {string[]} */
    const wrong = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked ${request.url()}`);
    });
    page.on("pageerror", ({ message }) => wrong.push(message));
    await page.goto(`${server.url}/train-in-your-browser.html`);
    await page.getByLabel("Steps").fill(values.steps);
    await page.getByLabel("β").fill("0.1");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const began = performance.now();
    let answered = 0;
    const done = page
      .locator('.train[data-state="done"]')
      .waitFor({ timeout: 600_000 })
      .then(() => true);
    while (!(await Promise.race([done, page.waitForTimeout(250).then(() => false)]))) {
      const asked = performance.now();
      await page.evaluate("0");
      answered = Math.max(answered, performance.now() - asked);
    }
    console.log(
      `      ${colorScheme}: ${((performance.now() - began) / 1000).toFixed(0)} s, the page answered within ${answered.toFixed(0)} ms`,
    );
    const status = (await page.locator(".train .status").textContent()) ?? "";
    check(`${colorScheme}: it trains to its last step, and says what became of the reward`, /went from [+−]\d.* to [+−]\d/.test(status));
    check(`${colorScheme}: it names what it computes on`, status.includes("WASM"));
    check(`${colorScheme}: the curve is drawn`, await page.locator(".train .plot canvas").isVisible());
    check(
      `${colorScheme}: the site's styles hold`,
      (await page.locator(".train").evaluate((box) => /** @type {any} */ (globalThis).getComputedStyle(box).borderRadius)) === "8px",
    );
    check(`${colorScheme}: answers stand before and after`, (await page.locator(".train tbody tr td:nth-child(3) b").count()) === 6);
    const downloading = page.waitForEvent("download");
    await page.getByText("Download the trained model").click();
    const files = unzipSync(readFileSync(await (await downloading).path()));
    const names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
    check(
      `${colorScheme}: the download is a model's folder`,
      Object.keys(files).sort().join() === names.map((name) => `demo-ppo/${name}`).join() &&
        (files["demo-ppo/model.safetensors"]?.length ?? 0) > 1e7,
    );
    check(`${colorScheme}: nothing went wrong, and nothing was asked of another host${wrong.map((one) => `: ${one}`)}`, wrong.length === 0);
    if (values.screenshots !== undefined) {
      mkdirSync(values.screenshots, { recursive: true });
      await page.screenshot({ path: join(values.screenshots, `train-${colorScheme}.png`), fullPage: false });
    }
    await context.close();
  }

  // A run that is stopped, and written into a folder. The origin's own stands for the one that a visitor picks in a window of the system's.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript("window.showDirectoryPicker = () => navigator.storage.getDirectory()");
  await page.goto(`${server.url}/train-in-your-browser.html`);
  await page.getByLabel("Steps").fill("50");
  await page.getByLabel(/into a folder of mine/).check();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.locator(".train .status", { hasText: /^step \d+ of 50/ }).waitFor({ timeout: 600_000 });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.locator('.train[data-state="done"]').waitFor({ timeout: 600_000 });
  const [, stoppedAt] = /^(\d+) steps?: the mean reward/.exec((await page.locator(".train .status").textContent()) ?? "") ?? [];
  check("stopped: it ends after the step that it was in, and says so", Number(stoppedAt) >= 1 && Number(stoppedAt) < 50);
  check(
    "stopped: the model as it is can be had, and training be begun anew",
    (await page.getByText("Download the trained model").isVisible()) &&
      (await page.getByRole("button", { name: "Train again" }).isVisible()),
  );
  const written = /** @type {{ steps: number, latest: string, folders: string[] }} */ (
    await page.evaluate(`(async () => {
      const [run] = await Array.fromAsync((await navigator.storage.getDirectory()).values());
      const checkpoints = await run.getDirectoryHandle("checkpoints");
      const textOf = async (folder, name) => (await (await folder.getFileHandle(name)).getFile()).text();
      const steps = (await textOf(run, "metrics.jsonl")).trim().split("\\n").length;
      return { steps, latest: await textOf(checkpoints, "latest"), folders: await Array.fromAsync(checkpoints.keys()) };
    })()`)
  );
  check("stopped: metrics of each step are in the folder", written.steps === Number(stoppedAt));
  check(
    "stopped: so is a checkpoint of the last of them",
    written.latest.trim() === `step-${`${stoppedAt}`.padStart(6, "0")}` && written.folders.includes(written.latest.trim()),
  );
  await context.close();
} finally {
  await browser.close();
  await server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
