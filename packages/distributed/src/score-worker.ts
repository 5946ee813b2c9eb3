import { type RewardModel, splitScores } from "@cai/contracts";
import { scoreQueue } from "./engine-identity.ts";
import { jobPayload } from "./job-payload.ts";
import { JobWorker, type WorkerOptions } from "./job-worker.ts";

export interface ScoreWorkerOptions extends WorkerOptions {
  /** The caller disposes of it after `stop`. */
  readonly rewardModel: RewardModel;
  /** Its name, as the learner has it. */
  readonly reward: string;
}

/**
 * Scores for learners that name the same reward, until `stop`.
 *
 * @throws DistributedError `no-redis`, `bad-option`
 *
 * @example
 * const rewardModel = await OnnxRewardModel.load("./reward");
 * const worker = await startScoreWorker({ redis: "redis://127.0.0.1:6379", rewardModel, reward: "helpful-v2" });
 */
export async function startScoreWorker({ rewardModel, reward, ...options }: ScoreWorkerOptions): Promise<{ stop(): Promise<void> }> {
  const asked = (rewardModel.scoreParts ?? rewardModel.score).bind(rewardModel);
  const worker = await JobWorker.start({
    ...options,
    role: "score",
    queue: scoreQueue(reward),
    async answer(payload) {
      const given = splitScores(await asked(jobPayload.readScoreJob(payload)));
      const parts = Object.entries(given.parts).map(([name, part]) => [name, Float32Array.from(part)] as const);
      return { payload: jobPayload.writeScores({ scores: Float32Array.from(given.scores), parts: Object.fromEntries(parts) }) };
    },
  });
  return { stop: () => worker.stop() };
}
