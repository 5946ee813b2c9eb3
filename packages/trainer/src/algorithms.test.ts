import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { beforeAll, expect, test } from "vitest";
import { type Algorithm, algorithms } from "./algorithms.ts";
import { lowIdReward, tinyModel, tinyPrompts } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

const all: [string, Algorithm][] = Object.entries(algorithms);

test.each(all)("%s: its table, its defaults, and a trainer that makes a step", async (_, { table, resolve, create }) => {
  const settings = resolve({ maxNewTokens: 4, seed: 5 });
  expect(Object.keys(settings)).toEqual(Object.keys(table));
  const policy = await loadPolicy(tinyModel);
  const trainer = await create({ policy, rewardModel: lowIdReward, ...settings });
  expect(trainer.hyperparameters).toEqual(settings);
  const { step, metrics } = await trainer.trainStep(tinyPrompts.slice(0, 4));
  expect(step).toBe(1);
  expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
  trainer.dispose();
  policy.dispose();
});

test.each(all)("%s says what an option may be", (_, { resolve }) => {
  expect(() => resolve({ temperature: 0 })).toThrow(/^temperature is 0; expected at least/);
  expect(() => resolve({ temprature: 1 })).toThrow("unknown option temprature: did you mean temperature?");
});
