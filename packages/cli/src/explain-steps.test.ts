import { expect, test } from "vitest";
import { stepExplainer } from "./explain-steps.ts";

const calm = { "objective/kl_per_token": 0.1, "tokens/eos_fraction": 0.5, "policy/clipfrac": 0.1, "policy/updates": 4 };

test("a number is explained when it shows first, and once", () => {
  const explain = stepExplainer();
  expect(explain(calm)).toEqual([]);
  expect(explain({ ...calm, "objective/kl_per_token": -0.001 })).toEqual([expect.stringMatching(/^kl\/token is below 0/)]);
  expect(explain({ ...calm, "objective/kl_per_token": -0.001 })).toEqual([]);
});

test("what must last is explained when it has lasted without a break", () => {
  const explain = stepExplainer();
  const cut = { ...calm, "tokens/eos_fraction": 0 };
  expect([cut, cut, calm, cut, cut].flatMap(explain)).toEqual([]);
  expect(explain(cut)).toEqual([expect.stringMatching(/cut at --max-new-tokens/)]);
});

test("one update a step clips nothing, whatever the learning rate", () => {
  const told = (updates: number) => {
    const explain = stepExplainer();
    return Array.from({ length: 10 }, () => explain({ ...calm, "policy/clipfrac": 0, "policy/updates": updates })).flat();
  };
  expect(told(1)).toEqual([]);
  expect(told(2)).toEqual([expect.stringMatching(/--clip-range/)]);
});

test("a reward that scatters about the same is flat after 60 steps; one that rises by more than its standard error isn't", () => {
  const told = (rise: number) => {
    const explain = stepExplainer();
    return Array.from({ length: 60 }, (_, i) => explain({ ...calm, "objective/scores": rise * i + (i % 2 === 0 ? 1 : -1) })).flat();
  };
  expect(told(0)).toEqual([expect.stringMatching(/^the reward has not risen in 30 steps/)]);
  expect(told(0.05)).toEqual([]); // 1.5 between the halves, of a standard error of 0.3
});
