import { resolve } from "node:path";
import { lacksSecrets } from "@cai/endpoint";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "./error.ts";
import { addGroup, helpGroups } from "./help-groups.ts";

/** What a worker may do. */
export const workerRoles = ["rollout", "score", "label", "reference"] as const;
/** What of it a run of cai train may ask for: nothing there is labelled. */
const trainingRoles = workerRoles.filter((role) => role !== "label");
export type WorkerRoles = readonly (typeof workerRoles)[number][];

/** The workers that a run is spread over, as far as `cai train` is told. */
export interface WorkersSettings {
  readonly redis: string;
  readonly roles: WorkerRoles;
  /** A folder that learner and workers share, for the weights. */
  readonly weightsFolder: string | undefined;
}

export const workerNames = ["workers", "workersRoles", "weightsFolder"] as const;
export const redisForms = "the address of Redis, as redis://:password@host:6379, or rediss:// over TLS";
/** The `--redis` of such a command. */
export const redisFlag = (): Option => new Option("--redis <URL>", `${redisForms} (default: what CAI_REDIS holds)`);
/** With workers and no word on it. */
export const defaultRowsPerJob = 8;

/** Adds `--workers`, `--workers-roles`, `--weights-folder` and `--rows-per-job`. */
export function addWorkersFlags(command: Command): Command {
  return addGroup(command, helpGroups.workers, (grouped) =>
    grouped
      .option("--workers <URL>", `let workers draw the responses (cai worker): ${redisForms}`)
      .option("--workers-roles <roles>", "what workers do, as in rollout,score,reference (default: rollout)")
      .option("--weights-folder <DIR>", "a folder that the workers share, for the weights (default: they go through Redis)")
      .option(
        "--rows-per-job <N>",
        `rows drawn at once: with as many, one machine gives the workers' bytes (with workers ${defaultRowsPerJob})`,
        readCount,
      ),
  );
}

/** @throws CliError `usage` */
export function resolveWorkers(given: Readonly<Record<string, unknown>>): WorkersSettings | undefined {
  const { workers, workersRoles, weightsFolder } = given as Readonly<Partial<Record<(typeof workerNames)[number], string>>>;
  if (workers === undefined) {
    const idle = (["workersRoles", "weightsFolder"] as const).find((name) => given[name] !== undefined);
    if (idle === undefined) return undefined;
    throw new CliError("usage", `${idle} is for workers: give their Redis by --workers too`);
  }
  return {
    redis: checkRedis(workers),
    roles: checkRoles(workersRoles ?? "rollout", trainingRoles),
    weightsFolder: weightsFolder === undefined ? undefined : resolve(weightsFolder),
  };
}

/**
 * The Redis that a command of workers is told, by `--redis` or by CAI_REDIS.
 *
 * @throws CliError `usage`
 */
export function redisOf(given: string | undefined, command: string): string {
  const address = given ?? process.env.CAI_REDIS;
  if (address === undefined) throw new CliError("usage", `cai ${command} needs --redis, or the address in CAI_REDIS`);
  return checkRedis(address);
}

/** @throws CliError `usage` for an address whose password has been taken out. */
export function checkRedis(address: string): string {
  if (!lacksSecrets(address)) return address;
  throw new CliError("usage", `${address} is an address without its secrets: give it whole`);
}

/** @throws CliError `usage` */
export function checkRoles(text: string, known: WorkerRoles = workerRoles): WorkerRoles {
  const roles = text.split(",").map((role) => role.trim());
  const unknown = roles.find((role) => !(known as readonly string[]).includes(role));
  if (unknown === undefined) return roles as unknown as WorkerRoles;
  throw new CliError("usage", `roles are ${JSON.stringify(text)}: give ${known.join(", ")}, or some of them with commas between them`);
}

/** @throws CliError `usage`; a configuration file may hold anything. */
export function checkRowsPerJob(given: unknown, workers: WorkersSettings | undefined): number | undefined {
  return rowsPerJobOf(given, workers?.roles.includes("rollout") ? defaultRowsPerJob : undefined);
}

/** @throws CliError `usage` */
export function rowsPerJobOf(given: unknown, byDefault: number | undefined): number | undefined {
  if (given === undefined) return byDefault;
  if (Number.isSafeInteger(given) && (given as number) > 0) return given as number;
  throw new CliError("usage", `rowsPerJob is ${JSON.stringify(given)}: give a whole number from 1`);
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1.");
}
