import { Command } from "commander";
import { auditFolder } from "../audit-folder.ts";
import { addJudgeFlags, judgeForms } from "../judge-flags.ts";

/** `cai audit`: a run's folder, looked through for signs of over-optimisation. */
export function auditCommand(): Command {
  const command = new Command("audit")
    .description("look for signs of over-optimisation in a run's folder; it promises nothing")
    .argument("<DIR>", "the folder of a run that was trained against a reward")
    .option("--judge <R>", `for the gold score of the answers in samples.jsonl; ${judgeForms}`)
    .option("--out <DIR>", "a new folder for audit.json and index.html, a page with plots")
    .option("--json", "print one JSON object");
  return addJudgeFlags(command).action(auditFolder);
}
