import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { demoRewardDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { findChromium, temporaryFolder } from "@cai/testing";
import { unzipSync } from "fflate";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { bundleWorker } from "./bundle-worker.mjs";
import { serveTab } from "./serve-tab.mjs";
import type { FromWorker } from "./training-messages.ts";

const executablePath = findChromium();

/** What the worker posts until it ends; the model as a data URL. */
const oneStep = `new Promise((resolve) => {
  const posted = [];
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onerror = ({ message }) => resolve([{ failed: message }]);
  worker.onmessage = ({ data }) => {
    if (!("model" in data)) posted.push(data);
    if ("failed" in data) resolve(posted);
    if (!("model" in data)) return;
    const reader = new FileReader();
    reader.onload = () => resolve([...posted, { model: reader.result }]);
    reader.readAsDataURL(new Blob([data.model]));
  };
  worker.postMessage({ start: { steps: 1, batchSize: 2, minibatchSize: 2, maxNewTokens: 4, heldOutPrompts: 4 } });
})`;

test.runIf(executablePath)(
  "the page's worker trains a step, its rewards by ONNX Runtime in the browser are those of Node, and the model that it packs loads",
  async () => {
    const server = await serveTab(await bundleWorker(new URL("training-worker.ts", import.meta.url), { minify: true }));
    const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      const posted = await page.evaluate<FromWorker[]>(oneStep);
      expect(posted.flatMap((message) => ("failed" in message ? message.failed : []))).toEqual([]);
      expect(posted.flatMap((message) => ("step" in message ? message.step.step : []))).toEqual([1]);
      const [before, after] = posted.flatMap((message) => ("evaluation" in message ? message.evaluation : []));
      expect(before!.samples.map(({ prompt }) => prompt)).toEqual(after!.samples.map(({ prompt }) => prompt));
      expect(before!.samples.map(({ response }) => response)).not.toEqual(after!.samples.map(({ response }) => response));

      const prompts = before!.samples.map(({ prompt }) => prompt);
      const responses = before!.samples.map(({ response }) => response);
      const none = prompts.map(() => new Int32Array());
      const inNode = await OnnxRewardModel.load(demoRewardDirectory);
      const scores = await inNode.score({ prompts, responses, promptIds: none, responseIds: none });
      await inNode.dispose();
      for (const [place, score] of scores.entries()) expect(before!.samples[place]!.score).toBeCloseTo(score, 4);

      const [address] = posted.flatMap((message) => ("model" in message ? String(message.model) : []));
      const zip = Buffer.from(address!.split(",")[1]!, "base64");
      const folder = await temporaryFolder();
      await mkdir(join(folder, "demo-ppo"));
      for (const [path, bytes] of Object.entries(unzipSync(zip))) await writeFile(join(folder, path), bytes);
      await prepareBackend({ prefer: "wasm" });
      const policy = await loadPolicy(join(folder, "demo-ppo"));
      expect(policy.layerCount).toBe(4);
      policy.dispose();
    } finally {
      await browser.close();
      await server.close();
    }
  },
  240_000,
);
