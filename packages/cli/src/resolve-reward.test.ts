import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { goldenClassifier, goldenPath, startHubServer } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { resolveReward } from "./resolve-reward.ts";
import type { RewardFlags } from "./reward-flags.ts";

const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
const golden = goldenPath("tiny-reward");
const twoLabels = goldenClassifier("two-labels");

let server: Awaited<ReturnType<typeof startHubServer>>;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-reward-"));
  server = await startHubServer(golden);
  const settings = { HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: directory, HF_TOKEN: "", HF_HUB_OFFLINE: "" };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.stop();
  await rm(directory, { recursive: true });
});

async function scoreOf(source: string, flags: RewardFlags, ids: readonly number[] = []): Promise<number> {
  const model = await resolveReward(source, flags);
  const request = { prompts: ["the old"], responses: [" house"], promptIds: [new Int32Array(0)], responseIds: [Int32Array.from(ids)] };
  const [score] = await model.score(request);
  await model.dispose?.();
  return score!;
}

describe("a hub id", () => {
  test("is downloaded once, from the root or the folder onnx, and scores as the same folder does, then also offline", async () => {
    const local = await scoreOf(golden, {});
    for (const id of ["ok/reward", "onnx-folder/reward", "ok/reward@v1"]) expect(await scoreOf(id, {})).toBe(local);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    for (const id of ["ok/reward", "onnx-folder/reward"]) expect(await scoreOf(id, {})).toBe(local);
    vi.stubEnv("HF_HUB_OFFLINE", "");
  });

  test("of another file takes that one", async () => {
    await expect(resolveReward("onnx-folder/other", { rewardFile: "onnx/model_quantized.onnx" })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/model_quantized\.onnx can't be loaded|onnx-folder--other.* can't be loaded by ONNX Runtime/),
    });
    await expect(resolveReward("onnx-quantized/other")).rejects.toThrow("choose one with --reward-file");
  });

  test("without ONNX files says how to make them, and offline where to put them", async () => {
    await expect(resolveReward("pickle/reward")).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /has no ONNX model .*\n.*`optimum-cli export onnx --model pickle\/reward --task text-classification folder`/,
      ),
    });
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(resolveReward("ok/absent")).rejects.toThrow(/HF_HUB_OFFLINE is set\n.*put config.json, tokenizer.json, model.onnx/);
    vi.stubEnv("HF_HUB_OFFLINE", "");
  });
});

describe("a classifier with two labels", () => {
  test("is refused with the flag that chooses one", async () => {
    await expect(resolveReward(twoLabels, { rewardInput: "ids" })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /gives 2 numbers a row: choose one by index or name with --reward-label: 0 \(NEGATIVE\), 1 \(POSITIVE\)$/,
      ),
    });
    await expect(resolveReward(twoLabels, { rewardLabel: "0" })).rejects.toThrow("set --reward-input to ids");
  });

  test("scores by the label's name or index, as the kind of score that is asked for", async () => {
    const { inputIds, logits } = JSON.parse(await readFile(join(twoLabels, "expected.json"), "utf8"));
    const [negative, positive] = logits[0];
    const score = (flags: RewardFlags) => scoreOf(twoLabels, { rewardInput: "ids", ...flags }, inputIds[0]);
    expect(await score({ rewardLabel: "POSITIVE" })).toBeCloseTo(positive, 5);
    expect(await score({ rewardLabel: "0" })).toBeCloseTo(negative, 5);
    expect(await score({ rewardLabel: 1, rewardScore: "log-odds" })).toBeCloseTo(positive - negative, 5);
    await expect(score({ rewardLabel: "NEUTRAL" })).rejects.toThrow('none is "NEUTRAL": choose one by index or name with --reward-label');
  });
});

test("flags of ONNX rewards are refused for others", async () => {
  const module = join(directory, "length.mjs");
  await writeFile(module, "export default ({ responses }) => responses.map((text) => text.length);");
  expect(await scoreOf(module, {})).toBe(6);
  await expect(resolveReward(module, { rewardLabel: "POSITIVE" })).rejects.toThrow("is no ONNX model: leave away --reward-label");
  await expect(resolveReward("http://localhost:1", { rewardScore: "logit" })).rejects.toThrow("leave away --reward-score");
});

test("the command takes the flags, and tells a wrong one in a line with exit code 2", async () => {
  const rows = join(directory, "rows.jsonl");
  await writeFile(rows, '{"prompt": "the old", "response": " house"}\n');
  const run = async (...argv: string[]) => {
    const child = spawn(process.execPath, [bin, "score", "--input", rows, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { exit, stdout, stderr };
  };
  const scored = await run("--reward", "ok/reward", "--reward-label", "LABEL_0", "--reward-score", "probability", "--json");
  expect(scored).toMatchObject({ exit: 0, stderr: "" });
  expect(JSON.parse(scored.stdout).score).toBeCloseTo(1 / (1 + Math.exp(-(await scoreOf(golden, {})))), 5);
  expect(await run("--reward", golden, "--reward-input", "ids")).toEqual({
    exit: 2,
    stdout: "",
    stderr: "error: --reward-input ids is for cai train: a file of texts has no token ids\n",
  });
});
