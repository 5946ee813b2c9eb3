import { expect, test } from "vitest";
import { panelsFor } from "./panels.js";

test("known numbers come in their groups, the others under their own names", () => {
  const groups = panelsFor(["zeta", "policy/loss", "alpha", "objective/scores"]);
  expect(groups.map(({ heading, panels }) => [heading, panels.map(({ title }) => title)])).toEqual([
    ["What is learned", ["Reward"]],
    ["How it is learned", ["Policy loss"]],
    ["Others", ["alpha", "zeta"]],
  ]);
});

test("the parts of scores have a group of their own, and when a line was written is no curve", () => {
  const [group, ...more] = panelsFor(["rewards/warm/mean", "rewards/warm/std", "eval/rewards/a/b/mean", "time/unix"]);
  expect(group?.panels.map(({ title }) => title)).toEqual(["Held-out a/b", "warm", "warm, spread"]);
  expect(more).toEqual([]);
});

test("every known panel says what it tells, and none stands twice", () => {
  const metrics = panelsFor(["objective/scores", "loss"]).flatMap(({ panels }) => panels);
  for (const { about } of metrics) expect(about).toMatch(/\.$/);
  expect(panelsFor([])).toEqual([]);
});
