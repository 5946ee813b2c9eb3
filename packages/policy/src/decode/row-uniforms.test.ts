import { uniforms } from "@cai/random";
import { expect, test } from "vitest";
import { rowUniforms } from "./row-uniforms.ts";

test("a row's numbers are those of its sample, whatever stands before it in the batch", () => {
  const draws = { seed: 7, stream: "rollout", step: 3, firstSample: 4 };
  const rows = rowUniforms({ draws, maxNewTokens: 5 }, 2);
  expect(rows[1]).toEqual(uniforms({ seed: 7, stream: "rollout", counters: [3, 5], count: 5 }));
  expect(rowUniforms({ draws: { ...draws, firstSample: 5 }, maxNewTokens: 5 }, 1)).toEqual([rows[1]]);
  expect(rowUniforms({ draws: { seed: 7, stream: "rollout", step: 3 }, maxNewTokens: 5 }, 5)[4]).toEqual(rows[0]);
});
