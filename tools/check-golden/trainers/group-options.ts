import { type GrpoSettings, grpoOptions, type RlooSettings, rlooOptions } from "@cai/trainer";
import { resolveOptions } from "@cai/training";
import type { GroupParams } from "./group-file.ts";

/** TRL's options by this project's names; what TRL was not told has this project's default, which is the same. */
function named(params: GroupParams) {
  const [lowest, highest] = params.rewardClipRange ?? [0, 0];
  if (lowest !== -highest) throw new Error(`rewardClipRange is ${params.rewardClipRange}; scores can be clipped to ± a number only`);
  return definedOnly({
    beta: params.beta,
    epsilon: params.epsilon,
    epsilonHigh: params.epsilonHigh,
    maxNewTokens: params.maxCompletionLength,
    maskTruncated: params.maskTruncatedCompletions,
    numIterations: params.numIterations,
    temperature: params.temperature,
    rewardClip: highest,
    importanceCorrection: params.vllmImportanceSamplingMode?.replace("_", "-") as GrpoSettings["importanceCorrection"] | undefined,
    importanceCap: params.vllmImportanceSamplingClipMax,
  });
}

export function grpoSettings(params: GroupParams): Partial<GrpoSettings> {
  const { lossType, scaleRewards, importanceSamplingLevel: importanceLevel, entropyCoef, useBiasCorrectionKl: unbiasedKl } = params;
  return { ...named(params), ...definedOnly({ lossType, scaleRewards, importanceLevel, entropyCoef, unbiasedKl }) };
}

export function rlooSettings(params: GroupParams): Partial<RlooSettings> {
  return { ...named(params), ...definedOnly({ normalizeAdvantages: params.normalizeAdvantages }) };
}

export const resolvedGrpo = (params: GroupParams): GrpoSettings => resolveOptions(grpoOptions, grpoSettings(params));
export const resolvedRloo = (params: GroupParams): RlooSettings => resolveOptions(rlooOptions, rlooSettings(params));

type Defined<Given> = { [Name in keyof Given]?: Exclude<Given[Name], undefined> };

function definedOnly<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<Given>;
}
