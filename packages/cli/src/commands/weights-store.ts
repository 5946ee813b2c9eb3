import { Command } from "commander";
import { portFlag } from "../port-flag.ts";
import { serveWeights } from "../serve-weights.ts";

/** `cai weights-store`: where a run leaves its weights for workers that share no folder with it. */
export function weightsStoreCommand(): Command {
  return new Command("weights-store")
    .description("keep the weights of runs for their workers, by GET, PUT and DELETE, with the token in CAI_WEIGHTS_TOKEN")
    .requiredOption("--dir <DIR>", "where they lie; what nobody has put for a day goes")
    .addOption(portFlag(7070))
    .option("--host <H>", "where it listens; 0.0.0.0 for all that reach this machine, which needs a token", "127.0.0.1")
    .option("--json", 'print one JSON object: {"url": …}')
    .action(serveWeights);
}
