import { expect, test } from "vitest";
import { decodeBytes, epochFlops, forwardFlops, shapes, stepFlops } from "./work.mjs";

// One layer of width 2: 48 weights in its matrices; 3 words.
const shape = { layers: 1, hidden: 2, vocabulary: 3 };
const setting = { batch: 5, prompt: 3, response: 1, epochs: 4 };

test("a forward pass is two operations a weight and token, causal attention, and logits for the response alone", () => {
  const blocks = 2 * 4 * 48;
  const attention = 2 * 2 * 4 ** 2; // 2·H·T²: scores and mix, 2·H·T² each over the whole square, and half of it is needed
  const logits = 2 * 1 * 3 * 2;
  expect(forwardFlops(shape, setting)).toBe(5 * (blocks + attention + logits));
});

test("an epoch is three forward passes, and two where the weights are frozen", () => {
  expect(epochFlops(shape, setting)).toBe(3 * forwardFlops(shape, setting));
  expect(epochFlops(shape, { ...setting, lora: 8 })).toBe(2 * forwardFlops(shape, setting));
});

test("a step is generation, the reference and the epochs", () => {
  expect(stepFlops(shape, setting)).toBe(14 * forwardFlops(shape, setting));
  expect(stepFlops(shape, { ...setting, lora: 8 })).toBe(10 * forwardFlops(shape, setting));
});

test("a prompt that several responses share is one, and their step has no reference", () => {
  const grouped = { batch: 4, prompt: 3, response: 1, epochs: 1, answers: 4 };
  const blocks = 2 * (3 + 4 * 1) * 48; // three tokens of the prompt, one of each response
  const attention = 2 * 2 * (3 ** 2 + 4 * (4 ** 2 - 3 ** 2));
  const logits = 4 * 2 * 1 * 3 * 2;
  expect(forwardFlops(shape, grouped)).toBe(blocks + attention + logits);
  expect(stepFlops(shape, grouped)).toBe(4 * forwardFlops(shape, grouped)); // generation, then once forward and twice backward
  const cache = 2 * 2 * (2 * 3 + 4 * 1); // of two tokens: the prompt's for all at once, then each row's own
  expect(decodeBytes(shape, { ...grouped, response: 2 })).toBe(4 * (2 * (48 + 3 * 2) + cache));
});

test("decoding reads every matrix once a token, and the cache as it grows", () => {
  const two = { ...setting, response: 2 };
  const weights = 48 + 3 * 2;
  const cache = 2 * 2 * 5 * (3 + 4); // keys and values, width 2, five rows, after 3 and after 4 tokens
  expect(decodeBytes(shape, two)).toBe(4 * (2 * weights + cache));
});

test("GPT-2 small's matrices, with the output's, are the well-known 124 million but for positions, norms and biases", () => {
  const { layers, hidden, vocabulary } = shapes.gpt2!;
  expect(12 * layers * hidden ** 2 + vocabulary * hidden).toBe(123_532_032);
});
