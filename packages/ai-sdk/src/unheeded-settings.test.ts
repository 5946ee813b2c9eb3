import { expect, test } from "vitest";
import { unheededSettings } from "./unheeded-settings.ts";

const call = { prompt: [] };

test("what is heeded, and what means nothing, is not warned of", () => {
  const heeded = { temperature: 0.5, topP: 0.9, topK: 5, seed: 1, maxOutputTokens: 3, stopSequences: ["."] };
  const nothing = { tools: [], presencePenalty: 0, responseFormat: { type: "text" as const }, reasoning: "none" as const };
  expect(unheededSettings({ ...call, ...heeded, ...nothing })).toEqual([]);
});

test("what is passed over is warned of, each by its name", () => {
  const features = unheededSettings({
    ...call,
    tools: [{ type: "function", name: "sum", inputSchema: {} }],
    toolChoice: { type: "auto" },
    responseFormat: { type: "json" },
    frequencyPenalty: 0.5,
    reasoning: "high",
  }).map((warning) => "feature" in warning && warning.feature);
  expect(features).toEqual(["tools", "responseFormat", "frequencyPenalty", "reasoning"]);
});

test.each([{ type: "required" } as const, { type: "tool", toolName: "sum" } as const])(
  "a call that must be made is refused: %o",
  (toolChoice) => {
    expect(() => unheededSettings({ ...call, toolChoice })).toThrow(`toolChoice is ${toolChoice.type}`);
  },
);
