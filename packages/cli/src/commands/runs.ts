import { Command } from "commander";
import { listRuns } from "../list-runs.ts";

/** `cai runs`: the runs below a folder, a line each. */
export function runsCommand(): Command {
  return new Command("runs")
    .description("list the runs below a folder: how far they are, and what they came to")
    .argument("[DIR]", "a folder with runs at it or below it", "runs")
    .option("--json", "print a line of JSON for each")
    .action(listRuns);
}
