import type { Generator } from "@cai/contracts";
import { expect, test } from "vitest";
import { slicedGenerator } from "./sliced-generator.ts";

/** Draws one token a row: the number of the row's sample. */
const numbering: Generator = {
  async generate({ shape: [rows] }, { draws, onToken }) {
    const ids = Int32Array.from({ length: rows }, (_, row) => (draws.firstSample ?? 0) + row);
    for (const [row, id] of ids.entries()) onToken?.({ row, id, finishReason: "length" });
    return {
      responses: { ids, mask: new Uint8Array(rows).fill(1), shape: [rows, 1] },
      behaviourLogprobs: new Float32Array(rows),
      finishReasons: Array.from({ length: rows }, () => "length"),
    };
  },
};

test("slices are drawn one after the other, each row as the sample that it is, and who hears of tokens hears of the batch's rows", async () => {
  const prompts = { ids: Int32Array.of(1, 2, 3), mask: Uint8Array.of(1, 1, 1), shape: [3, 1] } as const;
  const heard: [row: number, id: number][] = [];
  const { responses } = await slicedGenerator({ generator: numbering, rowsPerJob: 2 }).generate(prompts, {
    draws: { seed: 1, stream: "rollout", step: 1, firstSample: 10 },
    maxNewTokens: 1,
    onToken: ({ row, id }) => {
      heard.push([row, id]);
      return undefined;
    },
  });
  expect([...responses.ids]).toEqual([10, 11, 12]);
  expect(heard).toEqual([[0, 10], [1, 11], [2, 12]]); // biome-ignore format: a line
});
