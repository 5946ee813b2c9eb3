import type { PreparedBackend } from "@cai/backend";
import { type LoraSettings, loraConfig } from "./lora-settings.ts";

/** What `config.json` of a run on rows of data tells, beside the trainer's own options. */
export function dataRunConfig(
  {
    policy,
    data,
    evalData,
    recompute,
    skipBadLines,
    lora,
  }: {
    readonly policy: string;
    readonly data: string;
    readonly evalData: string | undefined;
    readonly recompute: boolean;
    readonly skipBadLines: boolean;
    readonly lora: LoraSettings | undefined;
  },
  backend: Pick<PreparedBackend, "kernels">,
) {
  return { policy, data, evalData, recompute, skipBadLines, ...(lora && loraConfig(lora)), versions: versionsOf(backend) };
}

/** What of a backend decides how sums are rounded. */
export function versionsOf({ kernels }: Pick<PreparedBackend, "kernels">): Readonly<Record<string, string>> {
  return kernels === undefined ? {} : { kernels: kernels.level };
}
