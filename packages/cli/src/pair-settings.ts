import {
  type DpoSettings,
  dpoOptions,
  type RewardSettings,
  resolveDpoSettings,
  resolveRewardSettings,
  rewardOptions,
} from "@cai/preference";
import { resolvingFlags } from "./flag-names.ts";
import { type LoraSettings, loraNames, resolveLora } from "./lora-settings.ts";
import { optionsOf, readSettings } from "./read-settings.ts";
import { checkRecompute } from "./recompute-flag.ts";
import { checkSkip } from "./skip-flag.ts";

/** Everything that a command that trains on pairs has to know. */
export interface PairCommandSettings<Options> {
  readonly policy: string;
  readonly data: string;
  readonly evalData: string | undefined;
  readonly out: string;
  /** The adapter that is trained instead of the policy's own weights. */
  readonly lora: LoraSettings | undefined;
  /** Blocks are computed again in the backward pass. */
  readonly recompute: boolean;
  /** Lines that can't be read are passed over. */
  readonly skipBadLines: boolean;
  readonly options: Options;
}

const required = ["policy", "data", "out"] as const;
const texts = [...required, "evalData"] as const;
/** With held-out data and no word on how often. */
const defaultEvaluateEvery = 10;

/**
 * `cai dpo`: flags over the configuration file over the defaults.
 *
 * @throws CliError `usage` for what is missing, unknown or out of bounds
 */
export function resolveDpoCommand(flags: Readonly<Record<string, unknown>>): Promise<PairCommandSettings<DpoSettings>> {
  return resolvePairCommand(flags, "dpo", dpoOptions, resolveDpoSettings);
}

/** The same of `cai reward-train`. */
export function resolveRewardCommand(flags: Readonly<Record<string, unknown>>): Promise<PairCommandSettings<RewardSettings>> {
  return resolvePairCommand(flags, "reward-train", rewardOptions, resolveRewardSettings);
}

async function resolvePairCommand<Options>(
  flags: Readonly<Record<string, unknown>>,
  command: string,
  table: object,
  resolve: (given: Partial<Options>) => Options,
): Promise<PairCommandSettings<Options>> {
  const given = await readSettings(flags, {
    command,
    texts,
    required,
    others: [...loraNames, "recompute", "skipBadLines", ...Object.keys(table)],
  });
  const { policy, data, evalData, out } = given as Record<(typeof texts)[number], string>;
  const options = optionsOf(given, table);
  return {
    policy,
    data,
    evalData,
    out,
    lora: resolveLora(given),
    recompute: checkRecompute(given.recompute),
    skipBadLines: checkSkip(given.skipBadLines),
    options: await resolvingFlags(flags, () =>
      resolve({ ...(evalData !== undefined && { evaluateEvery: defaultEvaluateEvery }), ...options } as Partial<Options>),
    ),
  };
}
