import { prepareBackend } from "@cai/backend";
import type { ScoreFunction } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { beforeAll, expect, test } from "vitest";
import { GRPOTrainer } from "./grpo-trainer.ts";
import { disposeTrainer, freshRunFolder, tinyModel, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend({ prefer: "cpu" }));

const tasks = tinyPrompts.map((prompt, row) => ({ prompt, columns: { target: row } }));
/** Twice the response's length, less the target of its prompt's row. */
const rewardModel: ScoreFunction = ({ responses, columns }) => ({
  parts: { length: responses.map((text) => 2 * text.length), target: (columns!.target as number[]).map((target) => -target) },
});

test("a step of PPO tells the parts of its scores apart, in its metrics and samples, and at an evaluation", async () => {
  const trainer = await tinyTrainer({ rewardModel, maxNewTokens: 2, evaluateEvery: 1 });
  const evaluations: Readonly<Record<string, number>>[] = [];
  const callbacks = {
    onEvaluation: ({ metrics }: { readonly metrics: Readonly<Record<string, number>> }) => void evaluations.push(metrics),
  };
  const options = { steps: 1, evaluationPrompts: tasks, callbacks };
  for await (const { metrics, samples, meanReward } of trainer.steps(tasks, options)) {
    expect(metrics["rewards/length/mean"]! + metrics["rewards/target/mean"]!).toBeCloseTo(meanReward, 5);
    for (const { prompt, response, score, parts } of samples) {
      expect(parts).toEqual({ length: 2 * response.length, target: -tinyPrompts.indexOf(prompt) });
      expect(score).toBe(parts!.length! + parts!.target!);
    }
  }
  expect(evaluations.at(-1)?.["eval/rewards/target/mean"]).toBe(-3.5);
  disposeTrainer(trainer);
});

test("groups have their prompt's columns, also where they are drawn again", async () => {
  const policy = await loadPolicy(tinyModel);
  const sameTwice: ScoreFunction = ({ columns }) => ({ parts: { target: columns!.target as number[] } });
  const options = { policy, rewardModel: sameTwice, batchSize: 4, numGenerations: 2, redrawEqualGroups: 1, maxNewTokens: 2 };
  const trainer = await GRPOTrainer.create(options);
  const { metrics, samples } = await trainer.trainStep(tasks.slice(2, 4));
  expect(metrics["groups/redrawn"]).toBe(2);
  expect(metrics["rewards/target/mean"]).toBe(2.5);
  expect(samples.map(({ parts }) => parts)).toEqual([2, 2, 3, 3].map((target) => ({ target })));
  trainer.dispose();
  policy.dispose();
});

test("a run that goes on with other columns is refused, as one with other prompts is", async () => {
  const out = await freshRunFolder();
  const run = async (data: typeof tasks, options: { readonly resume?: boolean }) => {
    const trainer = await tinyTrainer({ rewardModel, maxNewTokens: 2, checkpointEvery: 1 });
    try {
      return await trainer.train(data, { steps: 2, out, ...options });
    } finally {
      disposeTrainer(trainer);
    }
  };
  await run(tasks, {});
  const others = tasks.map(({ prompt }) => ({ prompt, columns: { target: 9 } }));
  await expect(run(others, { resume: true })).rejects.toThrow("is of a run on other data");
});
