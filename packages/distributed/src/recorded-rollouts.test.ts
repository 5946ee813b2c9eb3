import type { ForeseenPrompts, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import { expect, test } from "vitest";
import { recordedRollouts } from "./recorded-rollouts.ts";

const prompts: TokenBatch = { ids: Int32Array.of(1, 2, 3), mask: Uint8Array.of(1, 1, 1), shape: [3, 1] };
const samplingOf = (step: number, stream = "rollout"): SamplingOptions => ({ draws: { seed: 1, stream, step }, maxNewTokens: 1 });

/** A learner of four steps. Each token that is drawn is the number of updates so far. */
function learner() {
  let updates = 0;
  const policy: Generator & { drawsAsPolicy: boolean } = {
    drawsAsPolicy: true,
    async generate({ shape: [rows] }) {
      return {
        responses: { ids: new Int32Array(rows).fill(updates), mask: new Uint8Array(rows).fill(1), shape: [rows, 1] },
        behaviourLogprobs: new Float32Array(rows),
        finishReasons: Array.from({ length: rows }, () => "length" as const),
      };
    },
  };
  return {
    policy,
    async run(generator: Generator, { from = 1, to = 4 } = {}): Promise<number[][]> {
      updates = from - 1;
      const drawn: number[][] = [];
      for (let step = from; step <= to; step++) {
        const ahead = Array.from({ length: Math.min(generator.lookahead!, to - step) }, (_, next) => step + 1 + next);
        generator.foresee!(ahead.map((later): ForeseenPrompts => ({ prompts, sampling: samplingOf(later) })));
        const { responses } = await generator.generate(prompts, samplingOf(step));
        drawn.push([...responses.ids]);
        updates += 1;
      }
      return drawn;
    },
  };
}

/** Slices of two rows: three prompts are two of them. */
const record = new Map([[1, [0, 0]], [2, [0, 1]], [3, [0, 2]], [4, [3, 1]]]); // biome-ignore format: a table

test("each slice is drawn with the weights that its record names, however long before its step", async () => {
  const { policy, run } = learner();
  const generator = recordedRollouts({ generator: policy, rowsPerJob: 2, staleness: 2, drawnAfter: record });
  expect(generator).toMatchObject({ lookahead: 2, drawsAsPolicy: false });
  expect(await run(generator)).toEqual([[0, 0, 0], [0, 0, 1], [0, 0, 2], [3, 3, 1]]); // biome-ignore format: a table
  expect(generator.drawnAfter!()).toEqual([3, 1]);
  expect(generator.metrics!()).toEqual({ "workers/staleness_mean": 1, "workers/staleness_max": 2 });
});

test("what no step asks for, as an evaluation does, is drawn with the weights as they are", async () => {
  const { policy, run } = learner();
  const generator = recordedRollouts({ generator: policy, rowsPerJob: 2, staleness: 2, drawnAfter: record });
  await run(generator, { to: 2 });
  const { responses } = await generator.generate(prompts, samplingOf(0, "evaluation"));
  expect([...responses.ids]).toEqual([2, 2, 2]);
});

test("weights that were not seen, a step that the record lacks, and one of other slices, are refused", async () => {
  const { policy, run } = learner();
  const make = (drawnAfter = record) => recordedRollouts({ generator: policy, rowsPerJob: 2, staleness: 2, drawnAfter });
  await expect(run(make(), { from: 3 })).rejects.toMatchObject({
    code: "bad-record",
    message: expect.stringMatching(/slice 1 of step 3 was drawn with the weights after step 0, which were not seen here/),
  });
  await expect(run(make(), { to: 5 })).rejects.toThrow(/step 5 is of 2 slices, and the record holds none of it/);
  await expect(run(make(new Map([[1, [0]]])))).rejects.toThrow(/step 1 is of 2 slices, and the record holds 1 of it/);
  expect(() => recordedRollouts({ generator: policy, rowsPerJob: 2, staleness: -1, drawnAfter: record })).toThrow(/staleness is -1/);
});
