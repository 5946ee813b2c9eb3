import { expect, test } from "vitest";
import { sliceRequest } from "./slice-request.ts";

const ids = [1, 2, 3].map((id) => Int32Array.of(id));
const request = { prompts: ["a", "b", "c"], responses: ["d", "e", "f"], promptIds: ids, responseIds: ids };

test("rows keep all that is theirs, their columns too", () => {
  expect(sliceRequest({ ...request, columns: { level: [1, undefined, 3] } }, 1, 3)).toEqual({
    prompts: ["b", "c"],
    responses: ["e", "f"],
    promptIds: ids.slice(1),
    responseIds: ids.slice(1),
    columns: { level: [undefined, 3] },
  });
});

test("a request without columns stays without", () => {
  expect(sliceRequest(request, 0, 1)).not.toHaveProperty("columns");
});
