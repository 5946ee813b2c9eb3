import { resolveSftSettings, type SftSettings, sftOptions } from "@cai/sft";
import { resolvingFlags } from "./flag-names.ts";
import { type LoraSettings, loraNames, resolveLora } from "./lora-settings.ts";
import { optionsOf, readSettings } from "./read-settings.ts";
import { checkRecompute } from "./recompute-flag.ts";
import { checkSkip } from "./skip-flag.ts";

/** Everything that `cai sft` has to know. */
export interface SftCommandSettings {
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
  readonly options: SftSettings;
}

const required = ["policy", "data", "out"] as const;
const texts = [...required, "evalData"] as const;
const others = [...loraNames, "recompute", "skipBadLines", ...Object.keys(sftOptions)];
/** With held-out data and no word on how often. */
const defaultEvaluateEvery = 10;

/**
 * Flags over the configuration file over the defaults.
 *
 * @throws CliError `usage` for what is missing, unknown or out of bounds
 */
export async function resolveSftCommand(flags: Readonly<Record<string, unknown>>): Promise<SftCommandSettings> {
  const given = await readSettings(flags, { command: "sft", texts, required, others });
  const { policy, data, evalData, out } = given as Record<(typeof texts)[number], string>;
  const options = optionsOf(given, sftOptions);
  return {
    policy,
    data,
    evalData,
    out,
    lora: resolveLora(given),
    recompute: checkRecompute(given.recompute),
    skipBadLines: checkSkip(given.skipBadLines),
    options: await resolvingFlags(flags, () =>
      resolveSftSettings({ ...(evalData !== undefined && { evaluateEvery: defaultEvaluateEvery }), ...options }),
    ),
  };
}
