import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goldenPath } from "@cai/testing";

/** A run of `cai` that is stopped and gone on with. */
export interface Configuration {
  readonly name: string;
  /** Of `cai`, without `--out`. All paths are whole, as the run knows its models by them. */
  readonly argv: readonly string[];
  /** Files that it leaves beside those of every run; without them it has not done what it is here for. */
  readonly leaves?: readonly string[];
}

const steps = 10;

/**
 * A tiny run of each trainer, with what it carries from step to step: moments, adapters, a β that follows the KL, schedules, engines,
 * evaluation.
 *
 * @param folder gets the data and the reward.
 */
export async function writeConfigurations(folder: string): Promise<readonly Configuration[]> {
  const path = (name: string) => join(folder, name);
  await writeFile(path("prompts.txt"), "the old house\na letter\nsomebody came\nit was\n");
  await writeFile(path("held-out.txt"), "the house\nthey had\n");
  await writeFile(path("reward.mjs"), "export default ({ responses }) => responses.map((text) => text.length / 10);\n");
  const overflowing = "responses.map((text) => (text.length % 7 === 0 ? 3e38 : text.length / 10))";
  await writeFile(path("overflowing.mjs"), `export default ({ responses }) => ${overflowing};\n`);
  await writeFile(path("texts.jsonl"), jsonLines(["the old house", "somebody came", "a letter", "it was old"].map((text) => ({ text }))));
  const pairs = [
    ["the old", " house", " letter"],
    ["a letter", " came", " went"],
    ["some", "body came", " old house"],
  ].map(([prompt, chosen, rejected]) => ({ prompt, chosen, rejected }));
  await writeFile(path("pairs.jsonl"), jsonLines(pairs));

  const shared = ["--policy", goldenPath("tiny-gpt2"), "--seed", "7", "--learning-rate", "1e-3", "--steps", String(steps)];
  const trainOn = (reward: string) => [
    "train",
    ...shared,
    "--reward",
    path(reward),
    "--prompts",
    path("prompts.txt"),
    "--max-new-tokens",
    "8",
  ];
  const train = trainOn("reward.mjs");
  const failing = [...trainOn("overflowing.mjs"), "--max-failed-steps", String(steps)];
  const every = (count: number) => ["--checkpoint-every", String(count)];
  const follows = ["--kl-controller", "adaptive", "--kl-horizon", "20", "--schedule", "cosine", "--warmup-steps", "3"];
  const evaluates = ["--eval-prompts", path("held-out.txt"), "--evaluate-every", "2", "--keep-best", "objective/scores"];
  const pairsOf = (command: string) => [command, ...shared, "--data", path("pairs.jsonl"), "--batch-size", "2"];
  return [
    { name: "ppo", argv: [...train, ...every(2)] },
    { name: "ppo, LoRA, int8 rollouts", argv: [...train, "--lora", "2", "--rollout", "int8", ...every(3)] },
    { name: "ppo, adaptive β, cosine", argv: [...train, ...follows, "--reward-scaling", "normalize", ...every(2)] },
    { name: "ppo, ONNX rollouts", argv: [...train, "--rollout", "onnx", ...every(2)] },
    { name: "ppo, evaluation, best kept", argv: [...train, ...evaluates, "--checkpoint-keep", "1", ...every(2)] },
    { name: "ppo, steps that fail", argv: [...failing, ...every(2)], leaves: ["failed-step/batch.jsonl", "failed-step/failure.json"] },
    { name: "grpo", argv: [...train, "--algorithm", "grpo", "--num-generations", "2", "--beta", "0.1", ...every(2)] },
    { name: "rloo", argv: [...train, "--algorithm", "rloo", "--num-iterations", "2", ...every(3)] },
    { name: "reinforce++", argv: [...train, "--algorithm", "reinforce++", "--schedule", "linear", ...every(2)] },
    { name: "dpo", argv: [...pairsOf("dpo"), ...every(2)] },
    { name: "sft", argv: ["sft", ...shared, "--data", path("texts.jsonl"), "--batch-size", "3", "--packing", ...every(2)] },
    { name: "reward-train", argv: [...pairsOf("reward-train"), ...every(2)] },
  ];
}

const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
