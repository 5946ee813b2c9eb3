import { expect, test } from "vitest";
import { longestText, refuseTooLarge } from "./save-reward-model.ts";

test("a model reads what its context holds, or its tokenizer says, or was told", () => {
  const policy = (modelMaxLength?: number) => ({ contextLength: 128, tokenizer: { modelMaxLength } as never });
  expect(longestText(policy(), 0)).toBe(128);
  expect(longestText(policy(64), 0)).toBe(64);
  expect(longestText(policy(64), 100)).toBe(100);
  expect(longestText(policy(64), 1000)).toBe(128);
});

test("weights that no ONNX file holds are refused before they are trained", () => {
  const ofNumbers = (count: number) => ({ architecture: { parameters: [{ name: "w", shape: [count / 1024, 1024], layer: 0, initial: { constant: 0 } }] } }); // biome-ignore format: a line
  expect(() => refuseTooLarge(ofNumbers(2 ** 29 - 1024))).not.toThrow();
  expect(() => refuseTooLarge(ofNumbers(2 ** 29))).toThrow("the policy's weights take 2.0 GiB in float32");
});
