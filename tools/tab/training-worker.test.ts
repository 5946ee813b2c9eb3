import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import type { BrowserBackendChoice } from "@cai/backend/browser";
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
const postedFor = (backend: BrowserBackendChoice): string => `new Promise((resolve) => {
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
  worker.postMessage({ start: { backend: "${backend}", steps: 1, batchSize: 2, minibatchSize: 2, maxNewTokens: 4, heldOutPrompts: 4 } });
})`;

/** One step in a browser. */
async function oneStep(backend: BrowserBackendChoice, flags: readonly string[]) {
  const server = await serveTab(await bundleWorker(new URL("training-worker.ts", import.meta.url), { minify: true }));
  const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", ...flags] });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const posted = await page.evaluate<FromWorker[]>(postedFor(backend));
    const [before, after] = posted.flatMap((message) => ("evaluation" in message ? message.evaluation : []));
    return {
      failures: posted.flatMap((message) => ("failed" in message ? message.failed : [])),
      backends: posted.flatMap((message) => ("backend" in message ? message.backend : [])),
      steps: posted.flatMap((message) => ("step" in message ? message.step : [])),
      before: before?.samples ?? [],
      after: after?.samples ?? [],
      model: posted.flatMap((message) => ("model" in message ? String(message.model) : []))[0],
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** By the same reward model in Node. */
async function scoresInNode(samples: readonly { readonly prompt: string; readonly response: string }[]): Promise<Float32Array> {
  const [prompts, responses] = [samples.map(({ prompt }) => prompt), samples.map(({ response }) => response)];
  const none = prompts.map(() => new Int32Array());
  const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
  const scores = await rewardModel.score({ prompts, responses, promptIds: none, responseIds: none });
  await rewardModel.dispose();
  return scores;
}

const textsOf = (samples: readonly { readonly response: string }[]): string[] => samples.map(({ response }) => response);

test.runIf(executablePath)(
  "the page's worker trains a step, its rewards by ONNX Runtime in the browser are those of Node, and the model that it packs loads",
  async () => {
    const { failures, backends, steps, before, after, model } = await oneStep("wasm", ["--disable-gpu"]);
    expect({ failures, backends, steps: steps.map(({ step }) => step) }).toEqual({ failures: [], backends: ["wasm"], steps: [1] });
    expect(before.length).toBe(4);
    expect(textsOf(after)).not.toEqual(textsOf(before));
    for (const [place, score] of (await scoresInNode(before)).entries()) expect(before[place]!.score).toBeCloseTo(score, 4);

    const folder = await temporaryFolder();
    await mkdir(join(folder, "demo-ppo"));
    const zip = Buffer.from(model!.split(",")[1]!, "base64");
    for (const [path, bytes] of Object.entries(unzipSync(zip))) await writeFile(join(folder, path), bytes);
    await prepareBackend({ prefer: "wasm" });
    const policy = await loadPolicy(join(folder, "demo-ppo"));
    expect(policy.layerCount).toBe(4);
    policy.dispose();
  },
  240_000,
);

test.runIf(executablePath)(
  "on WebGPU, here a device of Chromium's own that computes on the processor, the worker trains a step too",
  async ({ skip }) => {
    const { failures, backends, steps, before } = await oneStep("webgpu", ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
    const lacking = failures.find((message) => message.includes("cannot be had"));
    if (lacking !== undefined) skip(lacking);
    expect({ failures, backends, steps: steps.map(({ step }) => step) }).toEqual({ failures: [], backends: ["webgpu"], steps: [1] });
    expect(steps[0]!.kl).toBeCloseTo(0, 5);
    for (const [place, score] of (await scoresInNode(before)).entries()) expect(before[place]!.score).toBeCloseTo(score, 4);
  },
  400_000,
);
