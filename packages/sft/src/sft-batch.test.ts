import { expect, test } from "vitest";
import { sftBatch } from "./sft-batch.ts";

const row = (ids: number[], counted: number[]) => ({ ids: Int32Array.from(ids), counted: Uint8Array.from(counted) });

test("what stands before the first token that counts is the prompt, and what follows the last one is not read", () => {
  const batch = sftBatch([row([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 0]), row([7, 8], [0, 1])]);
  expect(batch).toEqual({
    prompts: { ids: Int32Array.of(1, 2, 0, 7), mask: Uint8Array.of(1, 1, 0, 1), shape: [2, 2] },
    responses: { ids: Int32Array.of(3, 4, 5, 8, 0, 0), mask: Uint8Array.of(1, 1, 1, 1, 0, 0), shape: [2, 3] },
    counted: Uint8Array.of(1, 0, 1, 1, 0, 0),
  });
});
