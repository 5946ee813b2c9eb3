import { describe, expect, test } from "vitest";
import { TrainingError } from "./error.ts";
import type { FailedStep } from "./failed-update.ts";
import { resolveOptions } from "./option-table.ts";
import { countStreaks, noStreaks, refuseToGoOn, warningsAfter } from "./run-guards.ts";
import { runOptions } from "./run-options.ts";
import type { StepReport } from "./stage.ts";

const failed: FailedStep = { where: "step 7, epoch 1", loss: Number.NaN, gradientNorms: {}, updatesBefore: 0, rows: [] };
const report = (more: Partial<StepReport> = {}): StepReport => ({ step: 7, metrics: {}, samples: [], ...more });
const settings = (more: object = {}) => ({ ...resolveOptions(runOptions, {}), ...more });
const out = "runs/first";

test("steps in a row are counted, each kind by itself, and another step ends the row", () => {
  const all = [{ failed }, { failed, equalScores: true }, { equalScores: true }, {}].map(report);
  const counts = all.map((_, index) => all.slice(0, index + 1).reduce(countStreaks, noStreaks));
  expect(counts).toEqual([
    { failed: 1, equalScores: 0 },
    { failed: 2, equalScores: 1 },
    { failed: 0, equalScores: 2 },
    { failed: 0, equalScores: 0 },
  ]);
});

describe("what is told", () => {
  test("a failed step, where its batch is, and when the run will stop", () => {
    const streaks = { failed: 2, equalScores: 0 };
    const line =
      "step 7, epoch 1: the loss is NaN; the step is not applied, and the weights stay as they were (failed steps in a row: 2; the run stops at 3)";
    expect(warningsAfter({ report: report({ failed }), streaks, settings: settings(), out })).toEqual([
      `${line}. Its batch is in runs/first/failed-step`,
    ]);
    expect(warningsAfter({ report: report({ failed }), streaks, settings: settings(), out: undefined })).toEqual([line]);
  });

  test("scores that tell nothing, once in a row of such steps", () => {
    const told = [1, 2, 3, 4].flatMap((equalScores) =>
      warningsAfter({
        report: report({ equalScores: true }),
        streaks: { failed: 0, equalScores },
        settings: settings({ equalRewardSteps: 3 }),
        out,
      }),
    );
    expect(told).toEqual([
      expect.stringMatching(/^in 3 steps in a row no score differed from those that it is compared with: .* Look at the reward, /),
    ]);
  });

  test("nothing of them where that is off", () => {
    const streaks = { failed: 0, equalScores: 0 };
    expect(warningsAfter({ report: report(), streaks, settings: settings({ equalRewardSteps: 0 }), out })).toEqual([]);
  });
});

describe("a run goes no further", () => {
  const after = (more: Partial<StepReport>, options: object, streaks = noStreaks) => {
    try {
      refuseToGoOn({ report: report(more), streaks, settings: settings(options), out });
    } catch (error) {
      if (!TrainingError.isInstance(error)) throw error;
      return { code: error.code, message: error.message };
    }
    return undefined;
  };

  test("after as many failed steps in a row as are allowed", () => {
    expect(after({ failed }, { maxFailedSteps: 2 }, { failed: 1, equalScores: 0 })).toBeUndefined();
    const stopped = after({ failed }, { maxFailedSteps: 2 }, { failed: 2, equalScores: 0 });
    expect(stopped?.code).toBe("non-finite");
    expect(stopped?.message).toMatch(
      /^step 7, epoch 1: the loss is NaN; with 2 failed steps in a row the run stops, with a checkpoint to go on from \(resume, --resume\)\. Lower the learning rate/,
    );
    expect(after({ failed }, { maxFailedSteps: 1 }, { failed: 1, equalScores: 0 })?.message).toContain("with 1 failed step the run stops");
  });

  test("with a KL above maxKl, and not at it, nor where there is none", () => {
    expect(after({ klPerToken: 0.93456 }, { maxKl: 0.5 })).toEqual({
      code: "beyond-limit",
      message: expect.stringMatching(
        /^step 7: the KL to the reference is 0\.935 nats a token, above maxKl 0\.5: the run stops, with a checkpoint .* \(--max-kl, 0: none\)/,
      ),
    });
    for (const klPerToken of [0.5, -2, Number.NaN, undefined]) expect(after({ klPerToken }, { maxKl: 0.5 })).toBeUndefined();
    expect(after({ klPerToken: 100 }, { maxKl: 0 })).toBeUndefined();
  });

  test("with an entropy below minEntropy, and not at it, nor where there is none", () => {
    expect(after({ entropyPerToken: 0.01 }, { minEntropy: 0.1 })).toEqual({
      code: "beyond-limit",
      message: expect.stringMatching(/^step 7: the entropy of the policy is 0\.01 nats a token, below minEntropy 0\.1: the run stops/),
    });
    for (const entropyPerToken of [0.1, 2, Number.NaN, undefined]) expect(after({ entropyPerToken }, { minEntropy: 0.1 })).toBeUndefined();
    expect(after({ entropyPerToken: 0 }, { minEntropy: 0 })).toBeUndefined();
  });
});
