import { describe, expect, it } from "vitest";
import { scheduledRate } from "./optimizer.ts";

describe("the learning rate of a step", () => {
  const falling = { schedule: "linear", warmupSteps: 0 } as const;

  it("falls to the run's last step", () => {
    const rates = [1, 2, 3, 4].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 4 }, falling));
    expect(rates).toEqual([0.4, expect.closeTo(0.3), expect.closeTo(0.2), expect.closeTo(0.1)]);
  });

  it("stays for steps that are made one by one", () => {
    const rates = [1, 2, 1000].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 0 }, falling));
    expect(rates).toEqual([expect.closeTo(0.4), expect.closeTo(0.4), expect.closeTo(0.4)]);
  });

  it("rises over the warm-up all the same", () => {
    const warming = { ...falling, warmupSteps: 2 };
    const rates = [1, 2, 3].map((step) => scheduledRate({ learningRate: 0.4 }, { step, totalSteps: 0 }, warming));
    expect(rates).toEqual([expect.closeTo(0.4 / 3), expect.closeTo(0.8 / 3), expect.closeTo(0.4)]);
  });
});
