import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { addLora, loadLora, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { SftExample } from "./encode-example.ts";
import type { SFTTrainerOptions } from "./sft-trainer.ts";
import { disposeTrainer, freshRunFolder, tinyExamples, tinyTrainer } from "./tiny-run.fixture.ts";

async function adaptedPolicy() {
  const base = await loadPolicy(tinyGpt2);
  try {
    return addLora(base, { rank: 2 });
  } finally {
    base.dispose();
  }
}

type RunOptions = NonNullable<Parameters<Awaited<ReturnType<typeof tinyTrainer>>["train"]>[1]>;

/** Everything that a checkpoint has to carry is switched on. */
async function run(
  out: string,
  options: RunOptions = {},
  settings: Partial<SFTTrainerOptions> = {},
  examples: readonly SftExample[] = tinyExamples,
) {
  const trainer = await tinyTrainer({
    weightDecay: 0.01,
    microbatchSize: 2,
    epochs: 3,
    checkpointEvery: 2,
    evaluateEvery: 2,
    ...settings,
  });
  try {
    return await trainer.train(examples, { out, evaluationData: tinyExamples.slice(0, 3), ...options });
  } finally {
    disposeTrainer(trainer);
  }
}

const bytesOf = (out: string, file = "model.safetensors") => readFileSync(join(out, "final", file));
const metricLines = (out: string) =>
  readFileSync(join(out, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => Object.fromEntries(Object.entries(JSON.parse(line)).filter(([name]) => !/^time|per_second/.test(name))));

const backends = ["cpu", (await prepareBackend()).name].filter((name, i, all) => all.indexOf(name) === i);

describe.each(backends)("on %s", (backend) => {
  test.each<[string, () => Promise<Partial<SFTTrainerOptions>>, string]>([
    ["the whole model", async () => ({}), "model.safetensors"],
    ["an adapter", async () => ({ policy: await adaptedPolicy() }), "adapter_model.safetensors"],
    ["packs", async () => ({ packing: true, maxLength: 24, batchSize: 2 }), "model.safetensors"],
  ])("a run of %s that was interrupted ends with the same bytes as one that never was", async (_, settings, file) => {
    await tf.setBackend(backend);
    const [whole, cut] = [await freshRunFolder(), await freshRunFolder()];
    const { steps } = await run(whole, {}, await settings());
    expect(steps.length).toBeGreaterThan(3);

    const controller = new AbortController();
    const callbacks = { onStep: ({ step }: { step: number }) => void (step === 3 && controller.abort(new Error("stopped by the test"))) };
    await expect(run(cut, { signal: controller.signal, callbacks }, await settings())).rejects.toThrow("stopped by the test");
    expect(existsSync(join(cut, "final"))).toBe(false);
    await run(cut, { resume: true }, await settings());
    expect(metricLines(cut)).toEqual(metricLines(whole));
    expect(bytesOf(cut, file).equals(bytesOf(whole, file))).toBe(true);
  });
});

test("the run's folder holds everything, and the numbers of steps and evaluations", async () => {
  const out = await freshRunFolder();
  const history = await run(out);
  expect(readdirSync(out).toSorted()).toEqual(["checkpoints", "config.json", "final", "metrics.jsonl", "samples.jsonl", "tensorboard"]);
  // 6 examples, 3 times, 4 a step: the fifth step is filled up from a further pass.
  expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  expect(history.evaluations.map(({ step }) => step)).toEqual([0, 2, 4, 5]);
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({ steps: 5, epochs: 3, packing: false });
  const lines = metricLines(out);
  expect(Object.keys(lines[1]!)).toEqual([
    "step",
    "loss",
    "entropy",
    "num_tokens",
    "grad_norm",
    "lr",
    "eval/loss",
    "eval/perplexity",
    "eval/entropy",
  ]);
  // The default schedule falls in a line from the first step's rate to 0 behind the last.
  expect(lines.map(({ lr }) => lr)).toEqual([1, 0.8, 0.6, 0.4, 0.2].map((share) => expect.closeTo(1e-3 * share, 12)));
  const tokens = lines.map(({ num_tokens }) => num_tokens as number);
  expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
});

test("every pass over the data visits each example once", async () => {
  const seen: string[] = [];
  const policy = await loadPolicy(tinyGpt2);
  const recording = new Proxy(policy, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "hiddenStates") return typeof value === "function" ? value.bind(target) : value;
      return (batch: Parameters<typeof policy.hiddenStates>[0]) => {
        seen.push(String(batch.prompts.ids.at(-1)));
        return target.hiddenStates(batch);
      };
    },
  });
  const examples = [10, 11, 12, 13, 14].map((id) => ({ promptIds: Int32Array.of(id), completionIds: Int32Array.of(5) }));
  const trainer = await tinyTrainer({ policy: recording, batchSize: 1, epochs: 3 });
  await trainer.train(examples);
  const passes = [0, 5, 10].map((from) => seen.slice(from, from + 5));
  expect(passes.map((pass) => pass.toSorted())).toEqual(passes.map(() => ["10", "11", "12", "13", "14"]));
  expect(new Set(passes.map((pass) => pass.join())).size).toBeGreaterThan(1);
  disposeTrainer(trainer);
});

test("what a run leaves of an adapter is what it trained", async () => {
  const out = await freshRunFolder();
  const trainer = await tinyTrainer({ policy: await adaptedPolicy(), steps: 2 });
  await trainer.train(tinyExamples, { out });
  const base = await loadPolicy(tinyGpt2);
  const policy = await loadLora(base, join(out, "final"));
  const numbers = ({ parameters }: Pick<typeof policy, "parameters">) =>
    [...parameters].map(([name, { value }]) => [name, [...value.dataSync()]]);
  expect(numbers(policy)).toEqual(numbers(trainer.parts.policy));
  for (const one of [base, policy]) one.dispose();
  disposeTrainer(trainer);
});

test("bad data are refused before anything is written, by the row's number", async () => {
  const out = await freshRunFolder();
  await expect(run(out, {}, {}, [{ text: "fine" }, { txt: "not" } as never])).rejects.toMatchObject({
    code: "invalid-completions",
    message: expect.stringContaining("row 2 of 2"),
  });
  await expect(run(out, { evaluationData: [] })).rejects.toMatchObject({ code: "invalid-completions" });
  expect(existsSync(out)).toBe(false);
});

test("other data, or others made of the same by an option, are refused when a run is taken up again", async () => {
  const out = await freshRunFolder();
  await run(out, { steps: 2 });
  await expect(run(out, { resume: true }, { completionOnlyLoss: false })).rejects.toThrow("is of a run on other data");
  await expect(run(out, { resume: true }, {}, [...tinyExamples].reverse())).rejects.toThrow("is of a run on other data");
});

test("what is no error is told: examples that were cut", async () => {
  const told: string[] = [];
  const out = await freshRunFolder();
  await run(out, { steps: 1, callbacks: { onNotice: (message) => void told.push(message) } }, { maxLength: 8 });
  expect(told[0]).toMatch(/of 6 examples are longer than maxLength 8 and were cut/);
});
