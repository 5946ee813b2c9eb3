import { prepareBackend } from "@cai/backend";
import type { Generator } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { goldenPath } from "@cai/testing";
import { PPOTrainer } from "@cai/trainer";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openRolloutEngine } from "./rollout-engine.ts";
import { withTrainer } from "./with-trainer.ts";

vi.mock("./rollout-engine.ts");

beforeAll(() => prepareBackend({ prefer: "cpu" }));

const model = goldenPath("tiny-gpt2");

/** What was said and disposed of, in its order. */
let events: string[];
beforeEach(() => {
  events = [];
});
const noted = (event: string) => () => void events.push(event);

async function parts(hyperparameters: { readonly steps: number }) {
  const generator = { generate: () => Promise.reject(new Error("unused")), dispose: async () => events.push("generator disposed") };
  vi.mocked(openRolloutEngine).mockResolvedValue(generator as unknown as Generator & { dispose(): Promise<void> });
  const policy = await loadPolicy(model);
  const dispose = policy.dispose.bind(policy);
  vi.spyOn(policy, "dispose").mockImplementation(() => {
    events.push("policy disposed");
    dispose();
  });
  return {
    policy,
    rewardModel: { score: async () => new Float32Array(1), dispose: async () => void events.push("reward model disposed") },
    rollout: "onnx",
    hyperparameters,
    bar: { show: noted("shown"), say: (line: string) => void events.push(line), end: noted("bar ended") },
  } as const;
}
const afterwards = ["bar ended", "generator disposed", "policy disposed", "reward model disposed"];

test("work has a trainer of the parts, gives the result, and afterwards everything is disposed of", async () => {
  const given = await parts({ steps: 3 });
  const listening = process.listenerCount("SIGINT");
  const result = await withTrainer(given, async (trainer, signal) => {
    expect(trainer).toBeInstanceOf(PPOTrainer);
    expect(trainer.hyperparameters.steps).toBe(3);
    expect(signal.aborted).toBe(false);
    expect(process.listenerCount("SIGINT")).toBe(listening + 1);
    expect(events).toEqual([]);
    return 7;
  });
  expect(result).toBe(7);
  expect(openRolloutEngine).toHaveBeenLastCalledWith("onnx", given.policy);
  expect(process.listenerCount("SIGINT")).toBe(listening);
  expect(events).toEqual(afterwards);
});

test("what the work throws is passed on, when everything is disposed of", async () => {
  const fault = new Error("no disk");
  await expect(withTrainer(await parts({ steps: 1 }), () => Promise.reject(fault))).rejects.toBe(fault);
  expect(events).toEqual(afterwards);
});

test("where the trainer is refused there is no work, and what was made is disposed of", async () => {
  const work = vi.fn();
  await expect(withTrainer(await parts({ steps: 0 }), work)).rejects.toMatchObject({ code: "invalid-option" });
  expect(work).not.toHaveBeenCalled();
  expect(events).toEqual(afterwards);
});

test("the first Ctrl-C aborts the work's signal, and is told", async () => {
  const listening = process.listeners("SIGINT");
  await withTrainer(await parts({ steps: 1 }), async (_, signal) => {
    const [interrupt] = process.listeners("SIGINT").filter((listener) => !listening.includes(listener));
    interrupt!("SIGINT");
    expect(signal.reason).toMatchObject({ code: "interrupted" });
    expect(events).toEqual(["Interrupted: stopping after a checkpoint. Once more to stop at once."]);
  });
});
