import { Command } from "commander";
import { parseNumber } from "../option-flags.ts";
import { portFlag } from "../port-flag.ts";
import { policyForms } from "../resolve-policy.ts";
import { servePolicy } from "../serve-policy.ts";

/** `cai serve`: a policy behind an OpenAI-compatible endpoint on this machine. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("answer OpenAI's clients on this machine: chat, completions with echo and log-probabilities, streams")
    .requiredOption("--policy <P>", policyForms)
    .addOption(portFlag(8000))
    .option("--name <name>", "the model's name in requests (default: the last part of P)")
    .option("--api-key-env <NAME>", "the environment's variable with the key that requests must bring (default: none need one)")
    .option("--seed <number>", "seed of the draws of requests that bring none", parseNumber, 0)
    .option("--json", 'print one JSON object: {"url": …, "model": …}')
    .action(servePolicy);
}
