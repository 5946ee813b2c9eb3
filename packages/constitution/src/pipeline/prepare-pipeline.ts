import { promptFormat, suitableFormat } from "@cai/feedback";
import { resolveDpoSettings, resolveRewardSettings } from "@cai/preference";
import { resolveSftSettings } from "@cai/sft";
import { algorithms } from "@cai/trainer";
import { disposing } from "@cai/training";
import { ConstitutionError } from "../error.ts";
import { type OptionalField, requireFields } from "../principles/constitution.ts";
import { readConstitution } from "../principles/read-constitution.ts";
import { resolveRevisionSettings } from "../revision/revision-options.ts";
import type { PipelineConfig } from "./pipeline-config.ts";
import { feedbackSource, type PipelineGiven, type PreparedPipeline } from "./prepared-pipeline.ts";

/**
 * Reads and checks what all stages need, before any of them writes: options of every trainer that will run, the constitution and the fields that
 * the labeller reads, the policy and the judge.
 *
 * @throws ConstitutionError `bad-config`, `bad-constitution`; TrainingError `invalid-option`; what opening the models throws
 */
export async function preparePipeline({ config, out, parts, prompts, heldOutPrompts }: PipelineGiven): Promise<PreparedPipeline> {
  const constitution = await readConstitution(config.constitution);
  checkConfig(config);
  requireFields(constitution, fieldsOf(config), `the pipeline (${config.prefer.pairs} pairs, labeller ${config.prefer.labeller})`);
  return disposing(async (own) => {
    const policy = own(await parts.openPolicy(config.policy));
    own(await parts.openReward(config.judge));
    const format = config.format === undefined ? suitableFormat(policy.tokenizer) : promptFormat(config.format);
    const feedback = feedbackSource(config);
    if (feedback !== undefined) own(await parts.openFeedback(feedback));
    for (const prompt of [...prompts, ...heldOutPrompts]) format.promptOf(prompt);
    return { config, out, constitution, prompts, heldOutPrompts, format, policySha256: policy.identity.sha256, parts };
  });
}

function checkConfig({ revise, sft, prefer, reward, rl, seed, maxNewTokens, temperature, ...config }: PipelineConfig): void {
  const refuse = (what: string) => {
    throw new ConstitutionError("bad-config", what);
  };
  if (sft && !revise) refuse('"sft" learns from revisions: leave "revise" in, or set "sft" to false too');
  if (prefer.pairs === "revisions" && !revise) refuse('prefer.pairs is "revisions": leave "revise" in');
  if (prefer.labeller === "contrast" && prefer.pairs !== "contrast")
    refuse(`prefer.labeller "contrast" labels contrast pairs by their construction; prefer.pairs is ${JSON.stringify(prefer.pairs)}`);
  if (revise) resolveRevisionSettings({ maxNewTokens, temperature, ...revise, seed });
  if (sft) resolveSftSettings({ ...sft, seed });
  if (rl === "none" && !sft) refuse('rl is "none" and "sft" is false: nothing would be learned');
  if (rl === "dpo") resolveDpoSettings({ ...config.dpo, seed } as never);
  if (rl === "ppo" || rl === "grpo") {
    resolveRewardSettings({ ...reward, seed } as never);
    algorithms[rl].resolve({ maxNewTokens, temperature, ...config[rl], seed });
  }
}

/** What the stages read of principles beside their requests. */
function fieldsOf({ revise, rl, prefer: { pairs, labeller } }: PipelineConfig): OptionalField[] {
  const labels = rl !== "none";
  const personas = Boolean(revise) || (labels && (pairs === "contrast" || labeller === "likelihood-ratio"));
  const question = labels && (labeller === "choice" || labeller === "votes");
  return [...(question ? (["comparisonQuestion"] as const) : []), ...(personas ? (["positivePersona", "negativePersona"] as const) : [])];
}
