import { expect, test } from "vitest";
import { heatAt, shownSteps } from "./shown-step.js";

const token = (id: number, advantage: number) => ({ id, text: `${id}`, logprob: -1, advantage, ratio: 1, alternatives: [] });
const step = (...tokens: ReturnType<typeof token>[]) => ({ metrics: {}, gradients: [], rows: [{ prompt: "", promptTokens: [], tokens }] });
const advantageOf = (steps: ReturnType<typeof shownSteps>, making: keyof typeof steps) =>
  steps[making].strips.find(({ strip }) => strip.name === "advantage")!;

test("both makings of a step are coloured on one scale, their difference on its own", () => {
  const steps = shownSteps({
    run: "",
    step: 1,
    from: 0,
    original: step(token(5, 1), token(6, -2)),
    other: step(token(5, 4), token(6, -2)),
  });
  const heats = (making: keyof typeof steps) => [0, 1].map((i) => heatAt(advantageOf(steps, making), 0, i));
  expect(heats("original")).toEqual([
    { side: "plus", strength: 0.5 },
    { side: "minus", strength: Math.sqrt(0.5) },
  ]);
  expect(heats("changed")[0]).toEqual({ side: "plus", strength: 1 });
  expect(advantageOf(steps, "difference").numberAt(0, 0)).toBe(3);
  expect(heats("difference")).toEqual([
    { side: "plus", strength: 1 },
    { side: "none", strength: 0 },
  ]);
});

test("where the responses part there is no difference to show", () => {
  const steps = shownSteps({
    run: "",
    step: 1,
    from: 0,
    original: step(token(5, 1), token(6, 1)),
    other: step(token(5, 1), token(7, 3), token(8, 3)),
  });
  const { numberAt } = advantageOf(steps, "difference");
  expect([numberAt(0, 0), numberAt(0, 1), numberAt(0, 2)]).toEqual([0, undefined, undefined]);
  expect(advantageOf(steps, "changed").numberAt(0, 2)).toBe(3);
});
