import { expect, test } from "vitest";
import { checkpoints, countingStage, freshFolder, runAll } from "./counting-stage.fixture.ts";

/** A stage whose steps log these scores. */
function scoring(scores: readonly number[], failAt?: number) {
  const { stage } = countingStage(failAt === undefined ? {} : { failAt });
  const scored: typeof stage = {
    ...stage,
    get stepsDone() {
      return stage.stepsDone;
    },
    async step(batch, context) {
      const report = await stage.step(batch, context);
      return { ...report, metrics: { ...report.metrics, score: scores[report.step - 1]! } };
    },
  };
  return scored;
}

const settings = { checkpointEvery: 1, checkpointKeep: 1 };
const scores = [1, 5, 2, Number.NaN, 3];

test("the checkpoint of the best step is kept beside the newest, also by a run that goes on", async () => {
  const out = await freshFolder();
  await expect(runAll(scoring(scores, 4), { out }, { ...settings, keepBest: "score" })).rejects.toThrow();
  expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000003"]);
  await runAll(scoring(scores), { out, resume: true }, { ...settings, keepBest: "score" });
  expect(checkpoints(out)).toEqual(["latest", "step-000002", "step-000005"]);
});

test("with :min the lowest is best; one that is best no more goes", async () => {
  const out = await freshFolder();
  await runAll(scoring([3, 4, 2, 5, 5]), { out }, { ...settings, keepBest: "score:min" });
  expect(checkpoints(out)).toEqual(["latest", "step-000003", "step-000005"]);
});

test("a metric that is never logged is told at the end", async () => {
  const out = await freshFolder();
  const told: string[] = [];
  await runAll(scoring(scores), { out, callbacks: { onNotice: (line) => void told.push(line) } }, { ...settings, keepBest: "scores" });
  expect(checkpoints(out)).toEqual(["latest", "step-000005"]);
  expect(told).toEqual([expect.stringContaining('keepBest is "scores", and no step with a checkpoint logged such a metric')]);
});
