import { prepareBackend } from "@cai/backend";
import type { ForeseenPrompts, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { readDraws } from "@cai/run-log";
import { beforeAll, describe, expect, test } from "vitest";
import { GRPOTrainer } from "./grpo-trainer.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { freshRunFolder, lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

type Asked = { readonly prompts: TokenBatch; readonly sampling: Omit<SamplingOptions, "signal"> };
const withoutSignal = ({ prompts, sampling: { signal: _, ...sampling } }: ForeseenPrompts): Asked => ({ prompts, sampling });

/** Draws as the policy does, two steps ahead as far as it tells, and keeps what it is told and asked. */
function lookingAhead(policy: CausalPolicy) {
  const told: Asked[][] = [];
  const asked: Asked[] = [];
  const generator: Generator = {
    lookahead: 2,
    foresee(upcoming) {
      told.push(upcoming.map(withoutSignal));
    },
    generate(prompts, sampling) {
      asked.push(withoutSignal({ prompts, sampling }));
      return policy.generate(prompts, sampling);
    },
    drawnAfter: () => [asked.length - 1],
  };
  return { told, asked, generator };
}

const small = { rewardModel: lowIdReward, batchSize: 3, maxNewTokens: 4, topK: 50, stopTexts: ["zz"] };
describe.each([
  ["PPO", (options: { policy: CausalPolicy; generator: Generator }) => PPOTrainer.create({ ...small, ...options })],
  ["GRPO", (options: { policy: CausalPolicy; generator: Generator }) => GRPOTrainer.create({ ...small, ...options, numGenerations: 2 })],
] as const)("%s", (_, create) => {
  test("tells a generator that looks ahead what the next steps will ask of it, and records what drew them", async () => {
    const policy = await loadPolicy(tinyModel);
    const { told, asked, generator } = lookingAhead(policy);
    const trainer = await create({ policy, generator });
    const out = await freshRunFolder();
    await trainer.train(tinyPrompts, { steps: 4, out });
    expect(told.map((upcoming) => upcoming.length)).toEqual([2, 2, 1, 0]);
    for (const [step, upcoming] of told.entries()) expect(upcoming).toEqual(asked.slice(step + 1, step + 1 + upcoming.length));
    expect([...(await readDraws(out)).values()]).toEqual([[0], [1], [2], [3]]);
    trainer.dispose();
    policy.dispose();
  });
});

test("a step on its own has none behind it", async () => {
  const policy = await loadPolicy(tinyModel);
  const { told, generator } = lookingAhead(policy);
  const trainer = await PPOTrainer.create({ ...small, policy, generator });
  await trainer.trainStep(tinyPrompts.slice(0, 3));
  expect(told).toEqual([[]]);
  trainer.dispose();
  policy.dispose();
});
