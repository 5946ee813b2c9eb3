import { resolve } from "node:path";
import { lacksSecrets, withoutSecrets } from "@cai/endpoint";
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
  readonly weights: WeightsWay;
}

/** How weights come to workers, where it is not through Redis; both sides are told the same. */
export interface WeightsWay {
  /** A folder that both share. */
  readonly weightsFolder?: string;
  readonly weightsAddress?: string;
  readonly weightsToken?: string | undefined;
}

const weightsNames = ["weightsFolder", "weightsAddress"] as const;
export const workerNames = ["workers", "workersRoles", ...weightsNames] as const;
export const redisForms = "the address of Redis, as redis://:password@host:6379, or rediss:// over TLS";
/** The `--redis` of such a command. */
export const redisFlag = (): Option => new Option("--redis <URL>", `${redisForms} (default: what CAI_REDIS holds)`);
/** With workers and no word on it. */
export const defaultRowsPerJob = 8;

/** Adds `--weights-folder` and `--weights-address`. */
export const addWeightsFlags = (command: Command): Command =>
  command
    .option("--weights-folder <DIR>", "a folder that run and workers share, for the weights (default: they go through Redis)")
    .option("--weights-address <URL>", "where cai weights-store, or a store like it, keeps the weights; its token in CAI_WEIGHTS_TOKEN");

/** Adds `--workers`, `--workers-roles`, those for weights, `--rows-per-job`, `--staleness` and `--draws-of`. */
export function addWorkersFlags(command: Command): Command {
  return addGroup(command, helpGroups.workers, (grouped) =>
    addWeightsFlags(
      grouped
        .option("--workers <URL>", `let workers draw the responses (cai worker): ${redisForms}`)
        .option("--workers-roles <roles>", "what workers do, as in rollout,score,reference (default: rollout)"),
    )
      .option(
        "--rows-per-job <N>",
        `rows drawn at once: with as many, one machine gives the workers' bytes (with workers ${defaultRowsPerJob})`,
        readCount,
      )
      .option(
        "--staleness <K>",
        "workers draw up to K steps ahead, with weights at most K steps old; draws.jsonl tells which (default: 0)",
        readCountOrNone,
      )
      .option("--draws-of <DIR>", "draw here, with the weights that a run with --staleness drew each slice with: what cai replay does"),
  );
}

/** @throws CliError `usage` */
export function resolveWorkers(given: Readonly<Record<string, unknown>>): WorkersSettings | undefined {
  const { workers, workersRoles, ...others } = given as Readonly<Partial<Record<(typeof workerNames)[number], string>>>;
  if (workers === undefined) {
    const idle = (["workersRoles", ...weightsNames] as const).find((name) => given[name] !== undefined);
    if (idle === undefined) return undefined;
    throw new CliError("usage", `${idle} is for workers: give their Redis by --workers too`);
  }
  return {
    redis: checkRedis(workers),
    roles: checkRoles(workersRoles ?? "rollout", trainingRoles),
    weights: resolveWeights(others),
  };
}

/**
 * The token is read from the environment alone: a flag would stand in the list of processes, a file's entry in `config.json`.
 *
 * @throws CliError `usage`
 */
export function resolveWeights({ weightsFolder, weightsAddress }: Pick<WeightsWay, (typeof weightsNames)[number]>): WeightsWay {
  if (weightsFolder !== undefined && weightsAddress !== undefined)
    throw new CliError("usage", "weightsFolder and weightsAddress are both given: weights go one way, give one of them");
  if (weightsFolder !== undefined) return { weightsFolder: resolve(weightsFolder) };
  if (weightsAddress === undefined) return {};
  if (withoutSecrets(weightsAddress) !== weightsAddress)
    throw new CliError("usage", "weightsAddress holds a password or a key: give the address alone, and its token in CAI_WEIGHTS_TOKEN");
  return { weightsAddress, weightsToken: weightsTokenOf() };
}

/** Undefined for none. */
export const weightsTokenOf = (): string | undefined => process.env.CAI_WEIGHTS_TOKEN?.trim() || undefined;

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

/** How old weights may be that draw, and whose draws are made again. */
export interface StalenessSettings {
  readonly staleness: number;
  /** The folder of a run whose `draws.jsonl` tells which weights draw what. */
  readonly drawsOf: string | undefined;
}

/**
 * What `--staleness` and `--draws-of` say. Without workers nobody draws ahead, unless another run's draws are made again.
 *
 * @throws CliError `usage`
 */
export function resolveStaleness(
  { staleness = 0, drawsOf }: Readonly<Record<string, unknown>>,
  workers: WorkersSettings | undefined,
): StalenessSettings {
  const refuse = (what: string) => {
    throw new CliError("usage", what);
  };
  if (!Number.isSafeInteger(staleness) || (staleness as number) < 0)
    refuse(`staleness is ${JSON.stringify(staleness)}: give a whole number of steps, 0 for none`);
  const draws = workers?.roles.includes("rollout") === true;
  if (drawsOf !== undefined && draws) refuse("drawsOf is for one machine: leave workers out, or let them score alone");
  if (drawsOf !== undefined && staleness === 0) refuse("drawsOf is for runs with staleness: give the run's own");
  if (staleness !== 0 && !draws && drawsOf === undefined)
    refuse(
      `staleness is ${staleness}, and nobody draws ahead: give workers that draw (--workers), or the run whose draws are made again (--draws-of)`,
    );
  return { staleness: staleness as number, drawsOf: drawsOf as string | undefined };
}

function readCountOrNone(text: string): number {
  return text === "0" ? 0 : readCount(text);
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1.");
}
