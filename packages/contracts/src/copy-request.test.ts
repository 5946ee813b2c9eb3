import { expect, test } from "vitest";
import { copyRequest } from "./copy-request.ts";

test("a copy is equal, and shares no array", () => {
  const make = () => ({
    prompts: ["a"],
    responses: ["b"],
    promptIds: [Int32Array.of(1)],
    responseIds: [Int32Array.of(2, 3)],
    columns: { expected: [{ answer: 1 }] },
  });
  const request = make();
  const copy = copyRequest(request) as ReturnType<typeof make>;
  expect(copy).toEqual(request);
  copy.prompts[0] = copy.responses[0] = "x";
  copy.promptIds[0]!.fill(9);
  copy.responseIds[0]!.fill(9);
  copy.responseIds.pop();
  copy.columns.expected[0]!.answer = 9;
  expect(request).toEqual(make());
});
