import type { TokenBatch } from "@cai/contracts";
import { leftPadded, rightPadded } from "@cai/testing";
import { expect, test } from "vitest";
import { checkPrompts, checkResponses, checkSequences, longestRow } from "./check-batch.ts";

const prompts = leftPadded([[1], [2, 3, 4]]);
const responses = rightPadded([[5, 6], []]);
const masked = (mask: readonly number[], { ids, shape }: TokenBatch): TokenBatch => ({ ids, mask: Uint8Array.from(mask), shape });

test("ragged prompts and responses pass, a response of no token too, whatever id padding has", () => {
  expect(prompts.ids.includes(-1)).toBe(true);
  expect(() => checkSequences({ prompts, responses }, 7)).not.toThrow();
});

test("the fullest row counts, not the columns", () => {
  expect(longestRow(leftPadded([[1], [2, 3, 4]], 9))).toBe(3);
});

test("each fault is refused with its place", () => {
  const cases: [code: string, message: RegExp, check: () => void][] = [
    ["empty-batch", /prompts have shape \[0, 3\]/, () => checkPrompts({ ids: new Int32Array(), mask: new Uint8Array(), shape: [0, 3] }, 7)],
    ["empty-batch", /responses have shape \[2, 0\]/, () => checkResponses(rightPadded([[], []]), 7)],
    [
      "shape-mismatch",
      /prompts: ids hold 5 elements, shape \[2, 3\] wants 6/,
      () => checkPrompts({ ...prompts, ids: prompts.ids.subarray(1) }, 7),
    ],
    ["shape-mismatch", /responses: mask hold/, () => checkResponses({ ...responses, mask: new Uint8Array(3) }, 7)],
    ["shape-mismatch", /2 prompts with 1 responses/, () => checkSequences({ prompts, responses: rightPadded([[1]]) }, 7)],
    ["empty-prompt", /prompts, row 1 holds no token/, () => checkPrompts(leftPadded([[1], []]), 7)],
    ["bad-mask", /prompts, row 0: mask 0 in column 1.*zeros, then ones/, () => checkPrompts(masked([1, 0, 1, 1, 1, 1], prompts), 7)],
    ["bad-mask", /responses, row 1: mask 1 in column 1.*ones, then zeros/, () => checkResponses(masked([1, 1, 0, 1], responses), 7)],
    ["bad-mask", /mask 2 in column 0/, () => checkResponses(masked([2, 1, 1, 0], responses), 7)],
    ["id-out-of-vocabulary", /prompts, row 1, column 2: id 4 is not within 0 … 3/, () => checkPrompts(prompts, 4)],
    ["id-out-of-vocabulary", /responses, row 0, column 1: id 6/, () => checkResponses(responses, 6)],
  ];
  for (const [code, message, check] of cases)
    expect(check).toThrow(expect.objectContaining({ name: "PolicyError", code, message: expect.stringMatching(message) }));
});
