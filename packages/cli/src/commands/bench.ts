import { Command } from "commander";
import { benchStep } from "../bench-step.ts";
import { addBackendFlag } from "../chosen-backend.ts";
import { parseNumber } from "../option-flags.ts";
import { recomputeHelp } from "../recompute-flag.ts";
import { addRolloutFlag } from "../rollout-engine.ts";

/** `cai bench …`: measurements. */
export function benchCommand(): Command {
  const step = new Command("step")
    .description("time whole PPO steps on random weights; every response has exactly --response tokens")
    .option("--model <name>", "gpt2, gpt2-medium, gpt2-large or smollm2-135m with random weights; or the path of a folder", "gpt2")
    .option("--batch <number>", "prompts a step", parseNumber, 8)
    .option("--prompt <number>", "tokens a prompt", parseNumber, 16)
    .option("--response <number>", "tokens a response", parseNumber, 24)
    .option("--epochs <number>", "passes over each batch", parseNumber, 4)
    .option("--steps <number>", "steps", parseNumber, 3)
    .option("--lora <R>", "train a LoRA adapter of this rank on all linear layers, instead of every weight", parseNumber)
    .option("--recompute", recomputeHelp)
    .option("--json", "print a line of JSON for each step")
    .option("--paced", "begin a step when a line comes in on standard input")
    .action(benchStep);
  return new Command("bench").description("measure").addCommand(addBackendFlag(addRolloutFlag(step)));
}
