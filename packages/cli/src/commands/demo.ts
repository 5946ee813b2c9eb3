import { Command } from "commander";
import { parseNumber } from "../option-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { runDemo } from "../run-demo.ts";

/** `cai demo`: a small policy learns from a reward model while you watch. */
export function demoCommand(): Command {
  const command = new Command("demo")
    .description("train the embedded small model by PPO, and show what it learned")
    .option("--steps <number>", "steps of training", parseNumber)
    .option("--seed <number>", "seed of every draw", parseNumber)
    .option("--out <DIR>", "the run's folder (default: runs/demo-1, or the next that is free)")
    .option("--json", "print the result's line of JSON alone");
  return addRolloutFlag(command).action(runDemo);
}
