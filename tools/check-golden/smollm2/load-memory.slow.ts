import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { expect, test } from "vitest";
import { getSmollm2 } from "../../get-smollm2.mjs";

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/**
 * The model's tokenizer and what was read of the file's header take about 60. How much of it is there when the largest tensor is read is the
 * collector's choice (peaks of 667 to 687 were seen); one more copy of that tensor would be 113 more.
 */
const besideWeights = 60;

test("a real model loads within its weights in float32 and the largest of them, beside its tokenizer", {
  timeout: 600_000,
}, async (context) => {
  const { name } = await prepareBackend();
  if (name !== "tensorflow") context.skip("only native TensorFlow keeps weights outside of the JS heap");
  const path = await getSmollm2();
  const before = process.memoryUsage().rss;
  const policy = await loadPolicy(path);
  const peak = process.resourceUsage().maxRSS * 1024 - before;
  const sizes = [...policy.parameters.values()].map(({ shape }) => 4 * shape.reduce((product, size) => product * size, 1));
  const weights = sizes.reduce((sum, size) => sum + size, 0);
  policy.dispose();
  console.log(`peak ${megabytes(peak)} MB above what was there, for weights of ${megabytes(weights)} MB`);
  expect(megabytes(weights)).toBe(538);
  expect(megabytes(peak)).toBeLessThan(megabytes(weights + Math.max(...sizes)) + besideWeights);
});
