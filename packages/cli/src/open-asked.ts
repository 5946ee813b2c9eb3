import { resolve } from "node:path";
import type { PreparedBackend } from "@cai/backend";
import type { EndpointSource, OpenedFeedback } from "@cai/constitution";
import type { FeedbackModel, PromptFormat, PromptFormatName } from "@cai/feedback";
import type { FeedbackSettings } from "./feedback-flags.ts";
import type { LabelWorkersSettings } from "./label-flags.ts";
import { labellerSettings } from "./labeller-settings.ts";
import { engineName } from "./open-generator.ts";
import { type EndpointFeedback, type LocalFeedback, openFeedback, resolveFeedback, resolveLocalFeedback } from "./resolve-feedback.ts";

/** What a command is told of the models that it asks. */
export interface AskedSettings extends FeedbackSettings, LabelWorkersSettings {
  readonly policy: string;
  readonly format: PromptFormatName | undefined;
  readonly out: string;
  readonly options: { readonly batchSize: number };
}

/** The models that a command asks. */
export interface AskedModels {
  /** Writes the answers. */
  readonly policy: FeedbackModel;
  /** Judges them: the policy itself, where no other is named. */
  readonly judge: FeedbackModel;
  /** Of the policy. */
  readonly format: PromptFormat;
}

/**
 * The policy and the judge, here or on workers: these are asked in the judge's place, and in the policy's where that is the judge. Of what workers
 * have, nothing stays in memory here.
 *
 * @param own takes what the caller disposes of.
 * @throws CliError `usage`, DistributedError `no-redis`
 */
export async function openAsked(
  settings: AskedSettings,
  backend: Pick<PreparedBackend, "kernels">,
  own: <Part extends { dispose?(): unknown }>(part: Part) => Part,
): Promise<AskedModels> {
  const { feedback, workers, rowsPerJob } = settings;
  const batchSize = rowsPerJob ?? settings.options.batchSize;
  const openPolicy = () => resolveLocalFeedback(settings.policy, { format: settings.format, batchSize });
  const openOther = (source: string) => resolveFeedback(source, { ...settings, batchSize });
  const elsewhere = async (opened: LocalFeedback | EndpointFeedback, redis: string) =>
    own(await askElsewhere(opened, { ...settings, redis, rowsPerJob: batchSize, engine: engineName("policy", backend) }));

  if (feedback === undefined && workers !== undefined) {
    const opened = await openPolicy();
    const asked = await elsewhere(opened, workers);
    return { policy: asked, judge: asked, format: opened.format };
  }
  const judge = feedback === undefined || workers === undefined ? undefined : await elsewhere(await openOther(feedback), workers);
  const { model, format } = own(await openPolicy());
  const policy = await inSlices(model, rowsPerJob);
  if (feedback === undefined) return { policy, judge: policy, format };
  return { policy, judge: judge ?? (await inSlices(own(await openOther(feedback)).model, rowsPerJob)), format };
}

/**
 * Another model that judges, as a configuration names it: on workers, or here, in slices where there are rows a job.
 *
 * @throws CliError `usage`, with keys in double quotes; DistributedError `no-redis`
 */
export async function openJudge(
  source: EndpointSource,
  { workers, rowsPerJob, batchSize, out }: LabelWorkersSettings & { readonly batchSize: number; readonly out: string },
  backend: Pick<PreparedBackend, "kernels">,
): Promise<OpenedFeedback> {
  const rows = rowsPerJob ?? batchSize;
  const opened = await openFeedback(source, { batchSize: rows });
  if (workers === undefined) return { model: await inSlices(opened.model, rowsPerJob), dispose: () => opened.dispose() };
  const engine = engineName("policy", backend);
  const model = await askElsewhere(opened, { ...source, redis: workers, out, rowsPerJob: rows, engine });
  return { model, dispose: () => model.dispose() };
}

/** Workers in the place of a model, which goes: all that is wanted of it is who it is. */
async function askElsewhere(
  opened: LocalFeedback | EndpointFeedback,
  {
    redis,
    out,
    rowsPerJob,
    engine,
    ...told
  }: FeedbackSettings & { readonly redis: string; readonly out: string; readonly rowsPerJob: number; readonly engine: string },
) {
  try {
    const { DistributedFeedback } = await import("@cai/distributed");
    const { model: feedback, policy } = opened;
    const settings = labellerSettings(told);
    return await DistributedFeedback.create({ redis, feedback, policy, engine, settings, owner: `${resolve(out)} labels`, rowsPerJob });
  } finally {
    opened.dispose();
  }
}

/** A model as workers would ask it. */
async function inSlices(feedback: FeedbackModel, rowsPerJob: number | undefined): Promise<FeedbackModel> {
  if (rowsPerJob === undefined) return feedback;
  const { slicedFeedback } = await import("@cai/distributed");
  return slicedFeedback({ feedback, rowsPerJob });
}
