import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { findChromium } from "@cai/testing";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { bundleWorker } from "./bundle-worker.mjs";
import { serveTab } from "./serve-tab.mjs";
import { type TakenSteps, takenSteps } from "./taken-steps.ts";

const executablePath = findChromium();

interface Posted {
  readonly failure?: string;
  readonly backend: string;
  readonly taken: TakenSteps;
  readonly stopped: TakenSteps;
  readonly resumed: TakenSteps;
  readonly files: readonly (readonly [name: string, bytes: number])[];
}

/** What the worker posts first. */
const firstMessage = `new Promise((resolve) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => resolve({ failure: message });
})`;

test.runIf(executablePath)(
  "three steps of PPO in a browser's worker on WASM write and learn to the bit what Node on WASM does, leave a run's folder, and go on from it as if never stopped",
  async () => {
    const server = await serveTab(await bundleWorker(new URL("three-steps.fixture.ts", import.meta.url)));
    const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      const { failure, backend, taken, stopped, resumed, files } = await page.evaluate<Posted>(firstMessage);
      expect(failure).toBeUndefined();
      expect(backend).toBe("wasm");
      await prepareBackend({ prefer: "wasm" });
      const inNode = await takenSteps(await loadPolicy(demoPolicyDirectory));
      expect(taken.samples).toEqual(inNode.samples);
      expect(taken.sha256).toBe(inNode.sha256);
      // Sums of Math.exp and Math.log in float64, whose last bits each version of V8 has of its own.
      const rounded = ({ metrics }: TakenSteps) =>
        metrics.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value.toPrecision(12)])));
      expect(rounded(taken)).toEqual(rounded(inNode));
      expect([...stopped.metrics, ...resumed.metrics]).toEqual(taken.metrics);
      expect([...stopped.samples, ...resumed.samples]).toEqual(taken.samples);
      expect([stopped.metrics.length, resumed.sha256]).toEqual([1, taken.sha256]);
      const of = (folder: string, ...names: string[]) => names.map((name) => `first/${folder}${name}`);
      expect(files.map(([name]) => name.replace(/events.*/, "events"))).toEqual([
        ...of("checkpoints/", "latest"),
        ...of(
          "checkpoints/step-000003/",
          ...[
            "manifest.json",
            "optimizer-0.safetensors",
            "optimizer-1.safetensors",
            "policy.safetensors",
            "state.json",
            "value.safetensors",
          ],
        ),
        ...of("", "config.json"),
        ...of("final/", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
        ...of("", "metrics.jsonl", "samples.jsonl", "tensorboard/events"),
      ]);
    } finally {
      await browser.close();
      await server.close();
    }
  },
  240_000,
);
