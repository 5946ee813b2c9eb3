import { type AlgorithmName, type AlgorithmSettings, algorithms } from "@cai/trainer";
import { CliError } from "./error.ts";
import { resolvingFlags } from "./flag-names.ts";
import { type LoraSettings, loraNames, resolveLora } from "./lora-settings.ts";
import { optionsOf, readSettings } from "./read-settings.ts";
import { checkRecompute } from "./recompute-flag.ts";
import { checkRewardFlags, type RewardFlags, rewardNames } from "./reward-flags.ts";
import { checkRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";
import { checkSkip } from "./skip-flag.ts";
import {
  checkRowsPerJob,
  resolveStaleness,
  resolveWorkers,
  type StalenessSettings,
  type WorkersSettings,
  workerNames,
} from "./worker-flags.ts";

/** Everything that `cai train` has to know. */
export interface TrainSettings {
  readonly policy: string;
  readonly reward: string;
  /** What is told of an ONNX reward model. */
  readonly rewardFlags: RewardFlags;
  readonly prompts: string;
  readonly evalPrompts: string | undefined;
  readonly out: string;
  /** The adapter that is trained instead of the policy's own weights. */
  readonly lora: LoraSettings | undefined;
  /** What writes the responses. */
  readonly rollout: RolloutEngine;
  /** Who draws and scores elsewhere. */
  readonly workers: WorkersSettings | undefined;
  /** Rows drawn at once, where responses are drawn in slices. */
  readonly rowsPerJob: number | undefined;
  /** How old weights may be that draw responses, and whose draws are made again. */
  readonly staleness: StalenessSettings;
  /** Blocks are computed again in the backward pass. */
  readonly recompute: boolean;
  /** Lines that can't be read are passed over. */
  readonly skipBadLines: boolean;
  readonly algorithm: AlgorithmName;
  readonly hyperparameters: AlgorithmSettings;
  /** Nobody set `maxNewTokens`: it may follow the policy's context. */
  readonly freeResponseLength: boolean;
}

const required = ["policy", "reward", "prompts", "out"] as const;
const texts = [...required, "evalPrompts", "algorithm", "drawsOf", ...workerNames] as const;
const tables = Object.values(algorithms).map(({ table }) => table);
const named = ["rollout", "rowsPerJob", "staleness", "recompute", "skipBadLines"];
const others = [...rewardNames, ...loraNames, ...named, ...new Set(tables.flatMap(Object.keys))];
/** With held-out prompts and no word on how often. */
const defaultEvaluateEvery = 10;

/**
 * Flags over the configuration file over the algorithm's defaults.
 *
 * @throws CliError `usage` for what is missing, unknown, of another algorithm, or out of bounds
 */
export function resolveTrainSettings(flags: Readonly<Record<string, unknown>>): Promise<TrainSettings> {
  return resolvingFlags(flags, () => resolveSettings(flags));
}

async function resolveSettings(flags: Readonly<Record<string, unknown>>): Promise<TrainSettings> {
  const given = await readSettings(flags, { command: "train", texts, required, others });
  const { policy, reward, prompts, evalPrompts, out, algorithm: name = "ppo" } = given as Record<(typeof texts)[number], string>;
  const algorithm = checkAlgorithm(name);
  const options = optionsOf(given, ...tables);
  refuseOthersOptions(options, algorithm);
  const evaluates = evalPrompts !== undefined && { evaluateEvery: defaultEvaluateEvery };
  const hyperparameters = algorithms[algorithm].resolve({ ...evaluates, ...options });
  const workers = resolveWorkers(given);
  if (workers?.roles.includes("reference")) checkReferenceElsewhere(hyperparameters);
  return {
    policy,
    reward,
    rewardFlags: checkRewardFlags(given),
    prompts,
    evalPrompts,
    out,
    lora: resolveLora(given),
    rollout: checkRolloutEngine(given.rollout),
    workers,
    rowsPerJob: checkRowsPerJob(given.rowsPerJob, workers),
    staleness: resolveStaleness(given, workers),
    recompute: checkRecompute(given.recompute),
    skipBadLines: checkSkip(given.skipBadLines),
    algorithm,
    hyperparameters,
    freeResponseLength: given.maxNewTokens === undefined,
  };
}

function checkAlgorithm(name: string): AlgorithmName {
  if (Object.hasOwn(algorithms, name)) return name as AlgorithmName;
  throw new CliError("usage", `algorithm is ${JSON.stringify(name)}: give one of ${Object.keys(algorithms).join(", ")}`);
}

/** @throws CliError `usage` where workers could not tell what is wanted of a reference, or nothing is. */
function checkReferenceElsewhere(options: AlgorithmSettings): void {
  const refuse = (what: string) => {
    throw new CliError("usage", `${what}: leave reference out of workersRoles`);
  };
  if ("klEstimator" in options && options.klEstimator === "full")
    refuse('klEstimator "full" compares whole distributions, and workers tell log-probabilities of the drawn tokens alone');
  if ("beta" in options && options.beta === 0) refuse("beta is 0, and nothing is measured against a reference");
}

function refuseOthersOptions(options: object, algorithm: AlgorithmName): void {
  const foreign = Object.keys(options).find((name) => !Object.hasOwn(algorithms[algorithm].table, name));
  if (foreign === undefined) return;
  const owners = Object.entries(algorithms).flatMap(([name, { table }]) => (Object.hasOwn(table, foreign) ? [name] : []));
  throw new CliError(
    "usage",
    `${foreign} is an option of ${owners.join(", ")}, not of ${algorithm}: leave it out, or give another --algorithm`,
  );
}
