import { createRequire } from "node:module";
import { Command } from "commander";
import { addBackendFlag } from "./chosen-backend.ts";
import { auditCommand } from "./commands/audit.ts";
import { backendCommand } from "./commands/backend.ts";
import { benchCommand } from "./commands/bench.ts";
import { dashboardCommand } from "./commands/dashboard.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { dpoCommand } from "./commands/dpo.ts";
import { evalCommand } from "./commands/eval.ts";
import { exportCommand } from "./commands/export.ts";
import { generateCommand } from "./commands/generate.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { pipelineCommand } from "./commands/pipeline.ts";
import { preferCommand } from "./commands/prefer.ts";
import { replayCommand } from "./commands/replay.ts";
import { reviseCommand } from "./commands/revise.ts";
import { rewardTrainCommand } from "./commands/reward-train.ts";
import { runsCommand } from "./commands/runs.ts";
import { scoreCommand } from "./commands/score.ts";
import { serveCommand } from "./commands/serve.ts";
import { sftCommand } from "./commands/sft.ts";
import { trainCommand } from "./commands/train.ts";
import { weightsStoreCommand } from "./commands/weights-store.ts";
import { workerCommand } from "./commands/worker.ts";
import { workersCommand } from "./commands/workers.ts";

/** The whole command line. Errors and `--help` are thrown as CommanderError, never an exit of the process. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  const program = new Command("cai")
    .description("Trains language models: by PPO and its kin against reward models, on examples, and on pairs of answers.")
    .version(version)
    .option("--verbose", "show the stack of an error");
  const commands = [
    addBackendFlag(trainCommand()),
    addBackendFlag(sftCommand()),
    addBackendFlag(rewardTrainCommand()),
    addBackendFlag(dpoCommand()),
    addBackendFlag(pipelineCommand()),
    addBackendFlag(reviseCommand()),
    addBackendFlag(preferCommand()),
    addBackendFlag(generateCommand()),
    addBackendFlag(serveCommand()),
    scoreCommand(),
    addBackendFlag(evalCommand()),
    auditCommand(),
    dashboardCommand(),
    runsCommand(),
    addBackendFlag(replayCommand()),
    addBackendFlag(inspectCommand()),
    addBackendFlag(workerCommand()),
    workersCommand(),
    weightsStoreCommand(),
    addBackendFlag(exportCommand()),
    addBackendFlag(demoCommand()),
    benchCommand(),
    addBackendFlag(doctorCommand()),
    backendCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) throwInsteadOfExit(inner);
}
