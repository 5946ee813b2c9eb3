import { expect, test } from "vitest";
import { readPrompt } from "./read-prompt.ts";

test("parts of text are one text, and reasoning stands apart from it", () => {
  const text = (text: string) => ({ type: "text" as const, text });
  const conversation = readPrompt([
    { role: "system", content: "Be brief." },
    { role: "user", content: [text("Is the "), text("sky blue?")] },
    { role: "assistant", content: [{ type: "reasoning", text: "Look up." }, text("Yes.")] },
    { role: "user", content: [] },
  ]);
  expect(conversation).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Is the sky blue?" },
    { role: "assistant", content: "Yes.", reasoning_content: "Look up." },
    { role: "user", content: "" },
  ]);
});

test.each([
  [
    {
      role: "tool" as const,
      content: [{ type: "tool-result" as const, toolCallId: "1", toolName: "sum", output: { type: "text" as const, value: "4" } }],
    },
  ],
  [{ role: "assistant" as const, content: [{ type: "tool-call" as const, toolCallId: "1", toolName: "sum", input: {} }] }],
])("calls of tools and their results are refused: $role", (message) => {
  expect(() => readPrompt([{ role: "system", content: "" }, message])).toThrow(
    `message 2 of 2 (${message.role}) has a part of type ${message.content[0]!.type}: this model reads text only`,
  );
});
