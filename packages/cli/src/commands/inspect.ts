import { Command, InvalidArgumentError } from "commander";
import { inspectStep } from "../inspect-step.ts";
import { parseNumber } from "../option-flags.ts";
import { portFlag } from "../port-flag.ts";

/** `cai inspect`: one step of a run, opened again. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description(
      "make one step of a run of cai train again, and show every token: probability, KL, value, advantage, ratio, alternatives; gradients",
    )
    .argument("<DIR>", "the run's folder; start where it was started")
    .requiredOption("--step <N>", "the step; the nearest checkpoint before it is where it begins", parseNumber)
    .option("--rows <N>", "responses that are shown (2; on a page 8)", parseNumber)
    .option("--top <K>", "alternatives of each token (3; on a page 8)", parseNumber)
    .option(
      "--set <key=value...>",
      "make the step once more with another value of an option, as in klCoef=0.2, and show both",
      readSetting,
      {},
    )
    .option("--page", "show it in a browser on this machine, each number as a colour under its token")
    .addOption(portFlag())
    .option("--json", 'print one JSON object; with --page {"url": …}')
    .action(inspectStep);
}

function readSetting(text: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [, key, value] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError("Give an option and its value, as in klCoef=0.2.");
  return { ...before, [key]: parsed(value) };
}

/** Numbers and true or false as they are in a configuration file; anything else is text. */
function parsed(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  return Number.isNaN(Number(value)) ? value : Number(value);
}
