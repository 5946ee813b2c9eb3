import type { Generation } from "@cai/contracts";
import { expect, test } from "vitest";
import { joinGenerations, sliceRows } from "./slice-rows.ts";

const prompts = { ids: Int32Array.of(0, 1, 2, 3, 0, 4), mask: Uint8Array.of(0, 1, 1, 1, 0, 1), shape: [3, 2] } as const;
const sampling = { draws: { seed: 1, stream: "rollout", step: 2, firstSample: 10 }, maxNewTokens: 4 };

test("slices keep their rows' padding and numbers; the last one has what is left", () => {
  const [first, last, ...more] = sliceRows(prompts, sampling, 2);
  expect(more).toEqual([]);
  expect(first!.prompts).toEqual({ ids: Int32Array.of(0, 1, 2, 3), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] });
  expect(last!.prompts).toEqual({ ids: Int32Array.of(0, 4), mask: Uint8Array.of(0, 1), shape: [1, 2] });
  expect([first, last].map((slice) => slice!.sampling.draws.firstSample)).toEqual([10, 12]);
});

test("no rows a job, or half a row, are refused", () => {
  for (const rows of [0, 0.5, Number.NaN]) expect(() => sliceRows(prompts, sampling, rows)).toThrow(/rowsPerJob/);
});

test("joined responses are as wide as the widest, with 0 at padding, and tokens keep what they were drawn from", () => {
  const short: Generation = {
    responses: { ids: Int32Array.of(7), mask: Uint8Array.of(1), shape: [1, 1] },
    behaviourLogprobs: Float32Array.of(-1),
    finishReasons: ["eos"],
  };
  const long: Generation = {
    responses: { ids: Int32Array.of(8, 9), mask: Uint8Array.of(1, 1), shape: [1, 2] },
    behaviourLogprobs: Float32Array.of(-2, -3),
    finishReasons: ["length"],
    keptTokens: { ids: Int32Array.of(8, 9), offsets: Int32Array.of(0, 0, 2) },
  };
  expect(joinGenerations([short, long])).toEqual({
    responses: { ids: Int32Array.of(7, 0, 8, 9), mask: Uint8Array.of(1, 0, 1, 1), shape: [2, 2] },
    behaviourLogprobs: Float32Array.of(-1, 0, -2, -3),
    finishReasons: ["eos", "length"],
    keptTokens: { ids: Int32Array.of(8, 9), offsets: Int32Array.of(0, 0, 0, 0, 2) },
  });
});
