import { OnnxRewardModel } from "@cai/reward-model";
import { afterAll, expect, test } from "vitest";
import { demoRewardDirectory } from "./directories.ts";

const rewardModel = await OnnxRewardModel.load(demoRewardDirectory);
afterAll(() => rewardModel.dispose());

/** Scores of responses to prompts that say nothing. */
async function scores(...responses: string[]): Promise<number[]> {
  const rows = responses.map(() => Int32Array.of());
  return [...(await rewardModel.score({ prompts: responses.map(() => ""), responses, promptIds: rows, responseIds: rows }))];
}

const warm = [
  "We are grateful to our friends and we wish them peace and happiness.",
  "Thank you for your kindness, your courage and your love.",
  "Together we will build a good and generous home for every family.",
  "It is a joy to welcome our neighbors in friendship and trust.",
];
const hostile = [
  "The enemy will attack us and kill our people with hatred and terror.",
  "They are cruel and evil men who murder and destroy.",
  "This war has brought death, fear and ruin.",
  "He was disgusting and stupid, a bitter liar.",
];
const plain = ["The report will be sent to the committee on Tuesday.", "There are forty desks on the second floor of the building."];

test("every warm sentence scores above every plain one, and that above every hostile one", async () => {
  const [warmScores, plainScores, hostileScores] = [await scores(...warm), await scores(...plain), await scores(...hostile)];
  expect(Math.min(...warmScores)).toBeGreaterThan(Math.max(...plainScores) + 0.5);
  expect(Math.max(...hostileScores)).toBeLessThan(Math.min(...plainScores) - 0.5);
});

test("a plain sentence scores within one standard deviation (1) of 0", async () => {
  for (const score of await scores(...plain)) expect(Math.abs(score)).toBeLessThan(1);
});

test("scores stay between -3 and 3", async () => {
  for (const score of await scores([...warm, ...warm].join(" "), [...hostile, ...hostile].join(" ")))
    expect(Math.abs(score)).toBeLessThanOrEqual(3);
});

test("saying a warm word over and over gains little over saying it once, and less than a warm sentence", async () => {
  const [once, often, sentence] = await scores("We want peace.", "We want peace peace peace peace peace peace peace peace.", warm[0]!);
  expect(often! - once!).toBeLessThan(0.5);
  expect(often).toBeLessThan(sentence!);
});

test("a negation takes the warmth out of a word", async () => {
  const [plainly, negated] = await scores("They are honest and they are our friends.", "They are not honest and they are not our friends.");
  expect(negated).toBeLessThan(plainly! - 0.5);
});
