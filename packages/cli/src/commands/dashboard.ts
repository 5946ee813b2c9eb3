import { Command } from "commander";
import { portFlag } from "../port-flag.ts";
import { serveDashboard } from "../serve-dashboard.ts";

/** `cai dashboard`: a page on this machine that follows runs. */
export function dashboardCommand(): Command {
  return new Command("dashboard")
    .description("follow runs in a browser on this machine: curves over each other, samples")
    .argument("<DIR...>", "runs' folders, or folders with runs below them; new ones are found as they appear")
    .addOption(portFlag())
    .option("--json", 'print one JSON object: {"url": …}')
    .action(serveDashboard);
}
