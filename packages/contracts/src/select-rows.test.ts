import { expect, test } from "vitest";
import { selectRows, selectSequences } from "./select-rows.ts";

test("rows are picked in the order given, with their columns", () => {
  expect(selectRows(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2], [2, 0])).toEqual(Float32Array.of(5, 6, 1, 2));
});

test("a selection of sequences keeps the padded width of both sides", () => {
  const prompts = { ids: Int32Array.of(0, 1, 2, 3), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] } as const;
  const responses = { ids: Int32Array.of(7, 8), mask: Uint8Array.of(1, 1), shape: [2, 1] } as const;
  expect(selectSequences({ prompts, responses }, [1])).toEqual({
    prompts: { ids: Int32Array.of(2, 3), mask: Uint8Array.of(1, 1), shape: [1, 2] },
    responses: { ids: Int32Array.of(8), mask: Uint8Array.of(1), shape: [1, 1] },
  });
});
