import { expect, test } from "vitest";
import { parsePipelineConfig } from "./pipeline-config.ts";

const needed = { policy: "demo", prompts: "p.jsonl", heldOutPrompts: "h.jsonl", judge: "demo" };
const parse = (more: object) => parsePipelineConfig(JSON.stringify({ ...needed, ...more }, null, 1), "c.json");

test("what is left out has its default", () => {
  expect(parse({})).toMatchObject({
    constitution: "default",
    seed: 0,
    lora: 0,
    revise: {},
    sft: {},
    prefer: { pairs: "contrast", labeller: "likelihood-ratio", calibrationPairs: 32, heldOutShare: 0.1 },
    rl: "ppo",
    evaluation: { draws: 4, bestOf: 16 },
  });
  expect(parse({ revise: { rounds: 2 }, sft: false })).toMatchObject({ revise: { rounds: 2 }, sft: false });
});

test.each([
  [{ judge: 3 }, "c.json:5: judge is 3: expected text"],
  [{ rl: "sarsa" }, 'c.json:6: rl is "sarsa": expected "ppo" or "grpo" or "dpo"'],
  [{ prefer: { labeler: "choice" } }, "c.json:7: prefer: unknown field labeler: did you mean labeller?"],
  [{ prefer: { ratioScale: -1 } }, "c.json:7: prefer.ratioScale is -1: expected a number above 0"],
  [{ revise: true }, "c.json:6: revise is true: expected false or an object"],
  [{ sft: { epochs: {} } }, "c.json:7: sft.epochs is an object: expected a number or text or a boolean or a list"],
  [{ evaluation: { draws: 1.5 } }, "c.json:7: evaluation.draws is 1.5: expected a whole number"],
])("%j is refused with its line and field", (more, message) => {
  expect(() => parse(more)).toThrow(message);
});
