import { type RewardModel, splitScores } from "@cai/contracts";
import { scoreQueue } from "./engine-identity.ts";
import { jobPayload } from "./job-payload.ts";
import { JobWorker } from "./job-worker.ts";

export interface ScoreWorkerOptions {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** The caller disposes of it after `stop`. */
  readonly rewardModel: RewardModel;
  /** Its name, as the learner has it. */
  readonly reward: string;
  readonly lockMs?: number;
  readonly onFault?: (line: string) => void;
  /** Called every few seconds, as long as Redis answers and this thread has time: for whoever watches whether the worker can take jobs. */
  readonly onPresence?: () => void;
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
