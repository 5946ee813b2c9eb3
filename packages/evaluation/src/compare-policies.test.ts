import { prepareBackend } from "@cai/backend";
import { type ScoreRequest, validCells } from "@cai/contracts";
import { demoPolicyDirectory } from "@cai/demo";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { completionBatch } from "@cai/rollouts";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { type ComparePoliciesOptions, comparePolicies } from "./compare-policies.ts";

const prompts = ["Hello", "The cat sat", "Once upon a time"];
let policy: CausalPolicy;
let base: CausalPolicy;

beforeAll(async () => {
  await prepareBackend();
  base = await loadPolicy(tinyGpt2);
  policy = await loadPolicy(tinyGpt2);
  for (const [name, parameter] of policy.parameters) {
    if (!name.includes("ln_f")) continue;
    parameter.assign(tf.mul(parameter.value, 1.3));
  }
});

const lowIds = ({ responseIds }: ScoreRequest) => responseIds.map((ids) => ids.filter((id) => id < 128).length / ids.length);
const lengths = ({ responseIds }: ScoreRequest) => responseIds.map((ids) => ids.length);
const compare = (options: Partial<ComparePoliciesOptions> = {}) =>
  comparePolicies({ policy, base, judge: lowIds, prompts, maxNewTokens: 5, bestOf: 1, resamples: 50, ...options });

test("a policy against itself: all ties, one half, a KL of 0", async () => {
  const { winRate, ties, klPerResponse, lengthControlledWinRate, samples, promptCopies } = await compare({ policy: base, draws: 2 });
  expect(winRate).toBe(0.5);
  expect(ties).toBeGreaterThanOrEqual(3 * 2); // each draw against its twin, at least
  expect(klPerResponse).toBe(0);
  expect(lengthControlledWinRate).toBeCloseTo(0.5, 2);
  expect(promptCopies.policy).toBe(promptCopies.base);
  for (const sample of samples) expect(sample.policy.map(({ response }) => response)).toEqual(sample.base.map(({ response }) => response));
});

test("the figures are those of the answers that it hands back", async () => {
  const result = await compare({ proxy: lengths, draws: 2, bestOf: 3, seed: 4 });
  const { samples } = result;
  const all = samples.flatMap((sample) => sample.policy);
  expect(samples.map(({ prompt }) => prompt)).toEqual(prompts);
  expect(result.meanScore.policy).toBeCloseTo(all.reduce((sum, { score }) => sum + score, 0) / 6, 12);
  expect(result.meanLength.policy).toBe(result.proxy!.meanScore.policy); // the proxy is the length
  expect(result.klPerResponse).toBeCloseTo(all.reduce((sum, { kl }) => sum + kl!, 0) / 6, 12);
  expect(result.klPerResponse).not.toBe(0);
  expect(result.bestOfN.map(({ n }) => n)).toEqual([2, 3]);
  expect(result.bestOfN[1]!.meanScore).toBeGreaterThanOrEqual(result.bestOfN[0]!.meanScore);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test("the KL of an answer is the sum of its tokens' log-ratios", async () => {
  const asked: ScoreRequest[] = [];
  const judge = (request: ScoreRequest) => {
    asked.push(request);
    return lowIds(request);
  };
  const { samples } = await compare({ judge, temperature: 0.7 });
  const { promptIds, responseIds } = asked[0]!; // the policy answers first
  const batch = completionBatch(responseIds.map((completionIds, row) => ({ promptIds: promptIds[row]!, completionIds })));
  const [own, other] = [policy, base].map((model) =>
    tf.tidy(() => Array.from(model.tokenLogprobs(model.hiddenStates(batch), batch.responses, { temperature: 0.7 }).logprobs.dataSync())),
  );
  const columns = batch.responses.shape[1];
  for (const [row, { policy: answers }] of samples.entries()) {
    const cells = validCells(batch.responses.mask, row * columns, (row + 1) * columns);
    expect(answers[0]!.kl).toBeCloseTo(
      cells.reduce((sum, cell) => sum + own![cell]! - other![cell]!, 0),
      4,
    );
  }
});

test("batches change no draw and no score", async () => {
  const [once, twice] = [await compare({ batchSize: 3 }), await compare({ batchSize: 2 })];
  const texts = (result: typeof once) => result.samples.map(({ policy, base }) => [policy[0]!.response, base[0]!.response]);
  expect(texts(twice)).toEqual(texts(once));
  expect(twice.meanScore).toEqual(once.meanScore);
});

test("greedy answers have no KL, and other tokens have none", async () => {
  const greedy = await comparePolicies({ policy, base, judge: lowIds, prompts, maxNewTokens: 5, temperature: 0 });
  expect([greedy.klPerToken, greedy.bestOfN]).toEqual([null, []]);
  const other = await loadPolicy(demoPolicyDirectory);
  const { klPerResponse, winRate } = await compare({ base: other });
  expect(klPerResponse).toBeNull();
  expect(winRate).toBeGreaterThanOrEqual(0);
  other.dispose();
});

test("progress counts answers, and an abort ends it", async () => {
  const told: number[] = [];
  await compare({ draws: 2, bestOf: 2, batchSize: 2, onProgress: ({ answers, total }) => told.push(answers / total) });
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  await expect(compare({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("nothing stays in memory", async () => {
  const before = tf.memory().numTensors;
  await compare();
  expect(tf.memory().numTensors).toBe(before);
});

test("what it can't compare is refused by name", async () => {
  await expect(compare({ judge: undefined as never })).rejects.toThrow(/^judge is missing; expected a reward model/);
  await expect(compare({ base: "demo" as never })).rejects.toThrow(/^base is "demo"; expected a policy/);
  await expect(compare({ draw: 3 } as never)).rejects.toThrow(/draw.*draws/);
  await expect(compare({ prompts: [] })).rejects.toThrow("the list of prompts is empty");
  await expect(compare({ temperature: 0, draws: 2 })).rejects.toThrow("temperature 0 gives one answer a prompt, and draws is 2, bestOf 1");
  await expect(compare({ judge: () => [Number.NaN, 1, 1] })).rejects.toThrow(/expected a finite number/);
});

test("answers of both end at a stop text", async () => {
  const open = await compare({ maxNewTokens: 8, draws: 2 });
  const text = open.samples.flatMap(({ policy, base }) => [...policy, ...base]).map(({ response }) => response.trim());
  const stop = text.find((response) => response.length > 3)!.slice(1, 2); // a character that answers have
  const { samples } = await compare({ maxNewTokens: 8, draws: 2, stopTexts: [stop] });
  const ended = samples.flatMap(({ policy, base }) => [...policy, ...base]);
  expect(open.samples.flatMap(({ policy, base }) => [...policy, ...base]).some(({ response }) => response.includes(stop))).toBe(true);
  expect(ended.some(({ response }) => response.includes(stop))).toBe(false);
});
