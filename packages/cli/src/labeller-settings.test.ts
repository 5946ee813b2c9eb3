import { expect, test } from "vitest";
import { labellerSettings } from "./labeller-settings.ts";

test("what changes answers counts, whatever its order; how an endpoint is reached, and keys, do not", () => {
  const told = labellerSettings({ feedbackOptions: { topLogprobs: 5, echoFormat: "dialogue" } });
  expect(
    labellerSettings({ feedbackOptions: { echoFormat: "dialogue", headers: { authorization: "s3cret" }, topLogprobs: 5, retries: 1 } }),
  ).toBe(told);
  expect(labellerSettings({ feedbackOptions: { topLogprobs: 6, echoFormat: "dialogue" } })).not.toBe(told);
  expect(labellerSettings({})).toBe(labellerSettings({ feedbackOptions: { timeoutMs: 9 } }));
});
