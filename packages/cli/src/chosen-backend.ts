import { type BackendChoice, type PreparedBackend, prepareBackend } from "@cai/backend";
import { type Command, Option } from "commander";
import { readingInput } from "./exit-codes.ts";

const choices = ["native", "gpu", "webgpu", "wasm", "cpu"] as const satisfies readonly BackendChoice[];

/** Of `--backend`: a process has one backend, as tfjs has. */
let chosen: BackendChoice | undefined;

/** Adds `--backend` to a command that computes. */
export function addBackendFlag(command: Command): Command {
  return command
    .addOption(new Option("--backend <name>", "what computes (default: the fastest that is there)").choices(choices))
    .hook("preAction", (_, action) => {
      chosen = action.opts<{ backend?: BackendChoice }>().backend;
    });
}

/** What a process that is started to compute the same way is told. */
export const backendFlag = (): string[] => (chosen === undefined ? [] : ["--backend", chosen]);

/**
 * Prepares what `--backend` names, or the fastest that is there.
 *
 * @throws CliError `usage` where the one that is named can't be had
 */
export function prepareChosenBackend(): Promise<PreparedBackend> {
  return chosen === undefined ? prepareBackend() : readingInput(() => prepareBackend({ prefer: chosen! }));
}
