import { Command } from "commander";
import { listWorkersAt } from "../list-workers.ts";
import { redisFlag } from "../worker-flags.ts";

/** `cai workers`: who is at a Redis. */
export function workersCommand(): Command {
  return new Command("workers")
    .description("list the workers at a Redis: what they do, and how fast")
    .addOption(redisFlag())
    .option("--json", "print a line of JSON for each")
    .action(listWorkersAt);
}
