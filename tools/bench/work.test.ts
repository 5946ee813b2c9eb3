import { expect, test } from "vitest";
import { decodeBytes, epochFlops, forwardFlops, shapes, stepFlops } from "./work.mjs";

// Two layers of width 2: 48 weights in the matrices of each, 40 of them behind the keys and values; 3 words.
const shape = { layers: 2, hidden: 2, vocabulary: 3 };
const setting = { batch: 5, prompt: 3, response: 2, epochs: 4 };

test("a forward pass is two operations a weight and token, causal attention, and logits of what predicts the response", () => {
  const first = 2 * 4 * 48 + 2 * 2 * 4 ** 2; // the prompt and the first token of the response; of attention 2·H·T², half of the square's 4·H·T²
  const last = 2 * (4 * 8 + 2 * 40) + 2 * 2 * (4 ** 2 - 2 ** 2); // keys and values of all, the rest of the two that are read
  const logits = 2 * 2 * 3 * 2;
  expect(forwardFlops(shape, setting)).toBe(5 * (first + last + logits));
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
  const grouped = { batch: 4, prompt: 3, response: 2, epochs: 1, answers: 4 };
  const first = 2 * (3 + 4) * 48 + 2 * 2 * (3 ** 2 + 4 * (4 ** 2 - 3 ** 2)); // three tokens of the prompt, one of each response
  const last = 2 * (7 * 8 + 5 * 40) + 2 * 2 * (3 ** 2 - 2 ** 2 + 4 * (4 ** 2 - 3 ** 2)); // read: the prompt's last token and those of the responses
  const logits = 5 * 2 * 3 * 2;
  expect(forwardFlops(shape, grouped)).toBe(first + last + logits);
  expect(stepFlops(shape, grouped)).toBe(4 * forwardFlops(shape, grouped)); // generation, then once forward and twice backward
  const cache = 2 * 2 * 2 * (2 * 3 + 4 * 1); // of two tokens: the prompt's for all at once, then each row's own
  expect(decodeBytes(shape, grouped)).toBe(4 * (2 * (2 * 48 + 3 * 2) + cache));
});

test("decoding reads every matrix once a token, and the cache as it grows", () => {
  const weights = 2 * 48 + 3 * 2;
  const cache = 2 * 2 * 2 * 5 * (3 + 4); // keys and values, two layers of width 2, five rows, after 3 and after 4 tokens
  expect(decodeBytes(shape, setting)).toBe(4 * (2 * weights + cache));
});

test("GPT-2 small's matrices, with the output's, are the well-known 124 million but for positions, norms and biases", () => {
  const { layers, hidden, vocabulary } = shapes.gpt2!;
  expect(12 * layers * hidden ** 2 + vocabulary * hidden).toBe(123_532_032);
});
