import { Command } from "commander";
import { expect, test } from "vitest";
import { addFeedbackFlags, feedbackNames, resolveFeedbackFlags } from "./feedback-flags.ts";

test("every name has its flag", () => {
  const flags = addFeedbackFlags(new Command()).options.map((option) => option.attributeName());
  expect(flags).toEqual([...feedbackNames]);
});

test("an endpoint's options are JSON on the command line, and an object in a file", () => {
  const resolved = { feedback: "http://localhost/v1", feedbackModel: "m", feedbackCache: undefined, feedbackOptions: { topLogprobs: 5 } };
  const given = { feedback: "http://localhost/v1", feedbackModel: "m" };
  expect(resolveFeedbackFlags({ ...given, feedbackOptions: '{"topLogprobs": 5}' })).toEqual(resolved);
  expect(resolveFeedbackFlags({ ...given, feedbackOptions: { topLogprobs: 5 } })).toEqual(resolved);
  expect(resolveFeedbackFlags({}).feedbackOptions).toBeUndefined();
});

test.each(["{", "[1]", "5"])("%j is no object of options", (feedbackOptions) => {
  expect(() => resolveFeedbackFlags({ feedbackOptions })).toThrow("expected a JSON object");
});
