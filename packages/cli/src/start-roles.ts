import type { PreparedBackend } from "@cai/backend";
import { withoutSecrets } from "@cai/endpoint";
import { localFeedback, type PromptFormatName, promptFormats } from "@cai/feedback";
import type { CausalPolicy } from "@cai/policy";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { resolveFeedbackFlags } from "./feedback-flags.ts";
import { labellerSettings } from "./labeller-settings.ts";
import { engineName } from "./open-generator.ts";
import { chosenName } from "./read-settings.ts";
import { resolveFeedback, resolveLocalFeedback } from "./resolve-feedback.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { checkRewardFlags, type RewardFlags } from "./reward-flags.ts";
import { rewardName } from "./reward-name.ts";
import { checkRolloutEngine, openCoding, openRolloutEngine } from "./rollout-engine.ts";
import { resolveWeights, type WorkerRoles } from "./worker-flags.ts";

/** The flags of `cai worker` that say what it works with. */
export interface WorkerFlags extends RewardFlags {
  readonly policy?: string;
  readonly reward?: string;
  readonly rollout?: string;
  readonly weightsFolder?: string;
  readonly weightsAddress?: string;
  readonly feedback?: string;
  readonly feedbackModel?: string;
  readonly feedbackCache?: string;
  readonly feedbackOptions?: string;
  readonly format?: string;
}

interface Common {
  readonly redis: string;
  readonly onFault: (line: string) => void;
  readonly onPresence: () => void;
  /** Takes what is disposed of at the end, the newest first. */
  readonly own: <Part extends { dispose?(): unknown }>(part: Part) => Part;
}

/**
 * Starts to take the jobs of these roles. Gives what they do, in words.
 *
 * @throws CliError `usage`, DistributedError `no-redis`
 */
export async function startRoles(flags: WorkerFlags, roles: WorkerRoles, common: Common): Promise<string[]> {
  const told: string[] = [];
  if (roles.includes("score")) told.push(await startScoring(flags, common));
  if (roles.includes("label")) told.push(await startLabelling(flags, common));
  if (!roles.includes("rollout") && !roles.includes("reference")) return told;
  const backend = await prepareChosenBackend();
  const policy = common.own(await resolvePolicy(flags.policy!));
  // The reference first: it is frozen before rollouts put trained weights in its place.
  if (roles.includes("reference")) told.push(await startReferring(flags, { policy, backend }, common));
  if (roles.includes("rollout")) told.push(await startDrawing(flags, { policy, backend }, common));
  return told;
}

interface Models {
  readonly policy: CausalPolicy;
  readonly backend: PreparedBackend;
}

async function startScoring(flags: WorkerFlags, { own, ...common }: Common): Promise<string> {
  const { startScoreWorker } = await import("@cai/distributed");
  const told = checkRewardFlags({ ...flags });
  const rewardModel = own(await resolveReward(flags.reward!, told));
  const worker = await startScoreWorker({ ...common, rewardModel, reward: await rewardName(flags.reward!, told) });
  own({ dispose: () => worker.stop() });
  return `scores with ${withoutSecrets(flags.reward!)}`;
}

async function startLabelling(flags: WorkerFlags, { own, ...common }: Common): Promise<string> {
  const { startLabelWorker } = await import("@cai/distributed");
  const told = resolveFeedbackFlags({ ...flags });
  const format: PromptFormatName | undefined = chosenName({ ...flags }, "format", promptFormats);
  const backend = await prepareChosenBackend();
  const { feedback, ...endpoint } = told;
  const batchSize = 1; // a job says how many rows share a pass
  const opened = own(
    feedback === undefined
      ? await resolveLocalFeedback(flags.policy!, { format, batchSize })
      : await resolveFeedback(feedback, { ...endpoint, batchSize }),
  );
  const { policy } = opened;
  const worker = await startLabelWorker(
    policy === undefined
      ? { ...common, feedbackOf: () => opened.model, settings: labellerSettings(told) }
      : {
          ...common,
          feedbackOf: (rowsAtOnce) => localFeedback({ policy, format: opened.format, batchSize: rowsAtOnce }),
          policy,
          engine: engineName("policy", backend),
        },
  );
  own({ dispose: () => worker.stop() });
  return `answers questions as ${withoutSecrets(feedback ?? flags.policy!)}`;
}

async function startReferring({ policy: source }: WorkerFlags, { policy, backend }: Models, { own, ...common }: Common): Promise<string> {
  const { startReferenceWorker } = await import("@cai/distributed");
  const worker = await startReferenceWorker({ ...common, policy, engine: engineName("policy", backend) });
  own({ dispose: () => worker.stop() });
  return `is the reference of ${source} on ${backend.name}`;
}

async function startDrawing(flags: WorkerFlags, { policy, backend }: Models, { own, ...common }: Common): Promise<string> {
  const { startRolloutWorker } = await import("@cai/distributed");
  const rollout = checkRolloutEngine(flags.rollout);
  const engine = engineName(rollout, backend);
  const coding = await openCoding(rollout, policy);
  const generatorOf = async (drawing: CausalPolicy) => (await openRolloutEngine(rollout, drawing)) ?? drawing;
  const worker = await startRolloutWorker({ ...common, ...resolveWeights(flags), policy, engine, coding, generatorOf });
  own({ dispose: () => worker.stop() });
  return `draws with ${flags.policy} by ${engine} on ${backend.name}`;
}
