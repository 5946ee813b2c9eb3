#!/usr/bin/env node
// Exports policies, generates with them in a real browser, and holds the text against that of `cai generate --temperature 0`.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findChromium } from "../../packages/testing/src/find-chromium.mjs";
import { serve } from "./serve.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const chromium = findChromium();
if (chromium === undefined) exit("no browser: install Chromium (Debian: apt-get install chromium), then run this again");
const { chromium: driver } = await import("playwright-core").catch(() =>
  exit("packages are missing: npm ci --prefix tools/browser, then run this again"),
);

const maxNewTokens = 24;
const policies = [
  { name: "tiny-gpt2", policy: join(root, "tools/golden/tiny-gpt2"), prompts: ["the old house", "a"] },
  { name: "tiny-llama", policy: join(root, "tools/golden/tiny-llama"), prompts: ["the old house", "a"] },
  { name: "demo", policy: "demo", prompts: ["Once upon a time", "It was a dark night, and", "She opened the letter"] },
];
const models = await mkdtemp(join(tmpdir(), "cai-browser-"));
const server = await serve({
  "/page.html": join(here, "page.html"),
  "/models/": `${models}/`,
  "/transformers/": join(here, "node_modules/@huggingface/transformers/dist/"),
  "/onnxruntime/": join(here, "node_modules/onnxruntime-web/dist/"),
});
const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const browser = await driver.launch({ executablePath: chromium, headless: true, args: ["--no-sandbox", ...flags] });
let [passed, failed] = [0, 0];
try {
  const page = await browser.newPage();
  const elsewhere = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(blob|data):/.test(url)) elsewhere.push(url);
  });
  await page.goto(`${server.url}/page.html`);
  await page.waitForFunction(() => globalThis.ready === true, undefined, { timeout: 60_000 });
  for (const { name, policy, prompts } of policies) {
    await cai("export", "--policy", policy, "--format", "onnx", "--int8", "--out", join(models, name));
    await cai("export", "--policy", policy, "--format", "onnx", "--out", join(models, `${name}-float32`));
    for (const prompt of prompts) {
      const printed = await cai(
        "generate",
        "--policy",
        policy,
        "--prompt",
        prompt,
        "--temperature",
        "0",
        "--max-new-tokens",
        `${maxNewTokens}`,
        "--json",
      );
      const expected = JSON.parse(printed);
      const inBrowser = (model, dtype) =>
        page.evaluate((request) => globalThis.continueGreedily(request), { model, prompt, maxNewTokens, dtype });
      await check(`${name}, float32: "${prompt}"`, async () => same(await inBrowser(name, "fp32"), expected));
      await check(`${name}, exported without int8, no dtype named: "${prompt}"`, async () =>
        same(await inBrowser(`${name}-float32`), expected),
      );
      await check(`${name}, int8, loads and writes: "${prompt}"`, async () => {
        const { ids } = await inBrowser(name, "q8");
        return ids.length > 0 ? undefined : "no token";
      });
    }
  }
  await check("nothing was asked of another host", async () => elsewhere[0]);
} finally {
  await browser.close();
  await server.close();
  await rm(models, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Prints a line for a case, whose function says what is wrong. */
async function check(name, run) {
  const wrong = await run().catch((error) => error.message.split("\n")[0]);
  if (wrong === undefined) passed++;
  else failed++;
  console.log(wrong === undefined ? `ok    ${name}` : `FAIL  ${name}: ${wrong}`);
}

function same(found, expected) {
  if (found.text === expected.text && `${found.ids}` === `${expected.ids}`) return undefined;
  return `browser ${JSON.stringify(found.text)}, cai ${JSON.stringify(expected.text)}`;
}

async function cai(...argv) {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "packages/cli/bin/cai.mjs"), ...argv], { maxBuffer: 2 ** 26 });
  return stdout;
}

function exit(message) {
  console.error(message);
  process.exit(2);
}
