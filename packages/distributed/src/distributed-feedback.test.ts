import { type FeedbackModel, localFeedback, promptFormat } from "@cai/feedback";
import { loadPolicy } from "@cai/policy";
import { tinyGpt2, tinyLlama } from "@cai/testing";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { DistributedFeedback, type DistributedFeedbackOptions } from "./distributed-feedback.ts";
import { labelPayload } from "./label-payload.ts";
import { type LabelWorkerOptions, startLabelWorker } from "./label-worker.ts";
import { labellerIdentity, labelQueue } from "./labeller-identity.ts";
import { listWorkers } from "./presence.ts";
import { slicedFeedback } from "./sliced-feedback.ts";
import { withRedis } from "./with-redis.fixture.ts";

const asks = (content: string) => [{ role: "user", content }];
const questions = ["Is the sky blue?", "Who?", "The old house, by the sea, where nobody lives", "Why not?", "A letter"].map(asks);
const drawing = { draws: { seed: 7, stream: "label", step: 0, firstSample: 3 }, maxNewTokens: 4, temperature: 1 };
const choices = questions.map((messages, row) => ({ messages, options: row === 2 ? ["A", "Not at all"] : ["A", "B"] }));
const answered = questions.map((messages) => ({ messages, answer: "It is." }));

/** Everything that can be asked. */
const askAll = async (model: FeedbackModel) => [
  await model.complete(questions, drawing),
  await model.choose!(choices, {}),
  await model.logprobs!(answered, {}),
];

withRedis(({ server, ends, dyingWorker }) => {
  /** A policy, and the model that asks it, so many rows a pass. */
  async function judge(folder = tinyGpt2, format = "dialogue" as Parameters<typeof promptFormat>[0]) {
    const policy = await loadPolicy(folder);
    ends.push(() => policy.dispose());
    return { policy, feedbackOf: (batchSize: number) => localFeedback({ policy, format: promptFormat(format), batchSize }) };
  }

  async function work(options: Partial<LabelWorkerOptions> = {}): Promise<void> {
    const worker = await startLabelWorker({ redis: server.url, lockMs: 1_000, ...(await judge()), ...options });
    ends.push(() => worker.stop());
  }

  async function ask(options: Partial<DistributedFeedbackOptions> = {}): Promise<DistributedFeedback> {
    const { policy, feedbackOf } = await judge();
    const common = { redis: server.url, owner: "labels.jsonl", rowsPerJob: 2, feedback: feedbackOf(8), policy };
    const feedback = await DistributedFeedback.create({ ...common, ...options });
    ends.push(() => feedback.dispose());
    return feedback;
  }

  /** What one machine answers in the same slices. */
  async function answersHere(): Promise<unknown> {
    return askAll(slicedFeedback({ feedback: (await judge()).feedbackOf(2), rowsPerJob: 2 }));
  }

  /** A model that does something before each question is answered. */
  const before = async (first: (call: number) => unknown): Promise<Partial<LabelWorkerOptions>> => {
    const { policy, feedbackOf } = await judge();
    let calls = 0;
    const slow = (model: Required<FeedbackModel>): FeedbackModel => ({
      ...model,
      complete: async (...given) => {
        await first(++calls);
        return model.complete(...given);
      },
    });
    return { policy, feedbackOf: (rowsAtOnce) => slow(feedbackOf(rowsAtOnce)) };
  };

  test("two workers answer what one machine answers in the same slices, bit by bit, under the same name", async () => {
    await work();
    await work();
    const feedback = await ask();
    expect(await askAll(feedback)).toEqual(await answersHere());
    expect(feedback.identity).toBe((await judge()).feedbackOf(1).identity);
    expect(await feedback.complete([], drawing)).toEqual([]);
  });

  test.each<[string, () => Promise<Partial<LabelWorkerOptions>>, RegExp]>([
    ["another model", () => judge(tinyLlama), /another model or format \(\w{12}… dialogue, not \w{12}… dialogue\) and another tokenizer/],
    [
      "another format",
      () => judge(tinyGpt2, "continuation"),
      /another model or format \(\w{12}… continuation, not \w{12}… dialogue\); start/,
    ],
    [
      "another engine",
      async () => ({ engine: "policy with kernels none" }),
      /another engine \(policy with kernels none on \w+, not policy on/,
    ],
    ["fewer abilities", async () => withoutChoice(await judge()), /other abilities \(complete,logprobs, not complete,choose,logprobs\)/],
  ])("a worker with %s never gets a job, and the asker is told what differs", async (_, other, message) => {
    await work(await other());
    const feedback = await ask({ patienceSeconds: 1 });
    await expect(feedback.complete(questions, drawing)).rejects.toMatchObject({
      code: "no-worker",
      message: expect.stringMatching(message),
    });
    expect((await listWorkers(server.url)).map(({ jobsDone }) => jobsDone)).toEqual([0]);
  });

  test("without a worker it says how to start one", async () => {
    await expect((await ask({ patienceSeconds: 0.5 })).complete(questions, drawing)).rejects.toThrow(/cai worker --roles label/);
  });

  test("a worker that dies within a job loses nothing: its slice is another's", async () => {
    const feedback = await ask();
    const { policy, feedbackOf } = await judge();
    const die = await dyingWorker(labelQueue(labellerIdentity(feedbackOf(1), { policy })));
    const answers = feedback.complete(questions, drawing);
    await die();
    await work();
    expect(await answers).toEqual(((await answersHere()) as unknown[])[0]);
  });

  test("a question that fails once is asked again", async () => {
    const faults: string[] = [];
    const failingOnce = await before((call) => {
      if (call === 1) throw new Error("no memory");
    });
    await work({ ...failingOnce, onFault: (line) => faults.push(line) });
    expect(await (await ask()).complete(questions, drawing)).toEqual(((await answersHere()) as unknown[])[0]);
    expect(faults).toEqual([expect.stringMatching(/^job \S+-complete-1-\d-0: no memory$/)]);
  });

  test("one that fails at every try is set aside with its input", async () => {
    await work(await before(() => Promise.reject(new Error("no memory"))));
    const feedback = await ask({ tries: 2 });
    await expect(feedback.complete(questions.slice(0, 1), drawing)).rejects.toMatchObject({
      code: "poisoned",
      message: expect.stringMatching(/^job \S+ failed at each of its 2 tries: no memory; it is kept with its input/),
    });
    const redis = await connect(server.url);
    const [failed] = await redis.keys("cai:label-*:failed");
    const [job] = await redis.zrange(failed!, "0", "0");
    const { payload } = JSON.parse((await redis.hget(failed!.replace(/failed$/, String(job)), "data"))!) as { payload: string };
    redis.disconnect();
    expect(labelPayload.readLabelJob(Buffer.from(payload, "base64"))).toMatchObject({ method: "complete", questions: [questions[0]] });
  });

  test("a wrong question is told as the model tells it", async () => {
    await work();
    const feedback = await ask({ tries: 1 });
    await expect(feedback.choose!([{ messages: asks("?"), options: ["A", "A"] }], {})).rejects.toThrow(/expected each once/);
  });

  test("an aborted question ends at once, and what was disposed of asks nothing", async () => {
    const feedback = await ask();
    const controller = new AbortController();
    const answers = feedback.complete(questions, { ...drawing, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stopped")), 300);
    await expect(answers).rejects.toThrow("stopped");
    await feedback.dispose();
    await expect(feedback.complete(questions, drawing)).rejects.toMatchObject({ code: "disposed" });
  });
});

function withoutChoice({ policy, feedbackOf }: Pick<Required<LabelWorkerOptions>, "policy" | "feedbackOf">): Partial<LabelWorkerOptions> {
  return {
    policy,
    feedbackOf(rowsAtOnce) {
      const { choose: _, ...rest } = feedbackOf(rowsAtOnce);
      return rest;
    },
  };
}
