import { expect, test } from "vitest";
import { endpointOf } from "./endpoint-of.ts";

test("an address is an endpoint, whatever its case; anything else names a local model", () => {
  expect(endpointOf({ feedback: "HTTP://localhost:9/v1", feedbackModel: "m", feedbackOptions: { topLogprobs: 5 } })?.identity).toContain(
    " m",
  );
  for (const feedback of ["demo", "./http", "owner/name", "model.gguf"])
    expect(endpointOf({ feedback, feedbackModel: undefined })).toBeUndefined();
});

test.each([
  [{ feedback: "https://localhost/v1" }, '"feedback" https://localhost/v1 is an endpoint: give "feedbackModel"'],
  [{ feedback: "demo", feedbackModel: "m" }, '"feedbackModel" is for an endpoint, and "feedback" demo is a local model'],
  [{ feedback: "demo", feedbackCache: "cache" }, '"feedbackCache" is for an endpoint'],
  [{ feedback: "demo", feedbackOptions: {} }, '"feedbackOptions" is for an endpoint'],
])("%j is refused by its keys", (source, message) => {
  expect(() => endpointOf(source)).toThrow(expect.objectContaining({ code: "bad-config", message: expect.stringContaining(message) }));
});

test("options of an endpoint are checked", () => {
  const source = { feedback: "http://localhost:9/v1", feedbackModel: "m", feedbackOptions: { topLogprobs: -1 } };
  expect(() => endpointOf(source)).toThrow(expect.objectContaining({ code: "bad-option" }));
});
