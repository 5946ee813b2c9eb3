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

test("every known panel says what it tells, and none stands twice", () => {
  const metrics = panelsFor(["objective/scores", "loss"]).flatMap(({ panels }) => panels);
  for (const { about } of metrics) expect(about).toMatch(/\.$/);
  expect(panelsFor([])).toEqual([]);
});
