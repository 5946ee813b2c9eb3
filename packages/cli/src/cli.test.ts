import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cai, policy, reward, root, stopAfter, train } from "./start-cli.fixture.ts";

const finalWeights = (out: string): Promise<Buffer> => readFile(join(root, out, "final", "model.safetensors"));

test("wrong use is told in a line or two, with exit code 2 and nothing on standard output", async () => {
  const refused: [string[], RegExp][] = [
    [["train", "--polcy", "x"], /^error: unknown option '--polcy'\n\(Did you mean --policy\?\)\n$/],
    [["trane"], /^error: unknown command 'trane'\n\(Did you mean train\?\)\n$/],
    [["train", "--policy", "p", "--out", "o"], /^error: cai train needs --reward, --prompts: .+\n$/],
    [
      ["train", "--policy", policy, "--reward", "slow.mjs", "--prompts", "prompts.txt", "--out", "o", "--lora-alpha", "8"],
      /give its rank too/,
    ],
    [
      [
        "train",
        "--policy",
        policy,
        "--reward",
        "slow.mjs",
        "--prompts",
        "prompts.txt",
        "--out",
        "o",
        "--lora",
        "2",
        "--lora-targets",
        "q_proj",
      ],
      /"q_proj" matches no linear layer/,
    ],
    [["generate", "--policy", "./nowhere", "--prompt", "Once"], /^error: .*nowhere.* does not exist.+\n$/],
  ];
  for (const [argv, message] of refused) {
    const { exit, stdout, stderr } = await cai(...argv);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  }
});

test("prompts that the policy can't take are refused by their line before anything is written", async () => {
  await writeFile(join(root, "long.txt"), `short\n${"word ".repeat(130)}\n`);
  const { exit, stderr } = await cai(...train("refused"), "--prompts", "long.txt");
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^error: long\.txt:2 has \d+ tokens, which with 4 new ones exceed the policy's context of 128: .+\n$/);
  expect(existsSync(join(root, "refused"))).toBe(false);
});

test("without a word on it, responses are as long as the policy's context allows, which is told and noted", async () => {
  const named = ["--policy", policy, "--reward", "slow.mjs", "--prompts", "prompts.txt", "--batch-size", "2", "--steps", "1"];
  const { exit, stderr } = await cai("train", ...named, "--out", "fitted", "--json");
  expect([exit, stderr]).toEqual([0, expect.stringMatching(/^--max-new-tokens is (\d+): what the policy's context of 128 leaves .+\n$/)]);
  const config = JSON.parse(await readFile(join(root, "fitted/config.json"), "utf8"));
  expect(config.maxNewTokens).toBe(Number(/is (\d+)/.exec(stderr)![1]));

  const asked = await cai("train", ...named, "--out", "asked", "--max-new-tokens", "150");
  expect([asked.exit, asked.stderr]).toEqual([2, expect.stringMatching(/which with 150 new ones exceed the policy's context of 128/)]);
});

test("--resume at a folder without a run is refused before anything is loaded, and leaves none", async () => {
  const { exit, stderr } = await cai(...train("mistyped", "--steps", "1", "--json"), "--resume");
  const message = "mistyped holds no run to go on with: give the folder of one, or leave resume out to start one there";
  expect([exit, stderr]).toEqual([2, `error: ${message}\n`]);
  expect(existsSync(join(root, "mistyped"))).toBe(false);
});

test("a run that is interrupted or killed goes on with --resume and ends with the same bytes", { timeout: 240_000 }, async () => {
  const whole = await cai(...train("whole", "--steps", "5", "--checkpoint-every", "2", "--json"));
  expect([whole.exit, whole.stderr]).toEqual([0, ""]);
  const steps = whole.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  expect(steps[0]).toMatchObject({ "objective/kl": expect.any(Number), "time/generate": expect.any(Number) });
  expect((await readdir(join(root, "whole"))).sort()).toEqual(
    ["checkpoints", "config.json", "final", "metrics.jsonl", "samples.jsonl", "tensorboard"].sort(),
  );

  const again = await cai(...train("whole", "--steps", "5"));
  expect(again.exit).toBe(2);
  expect(again.stderr).toMatch(/^error: whole already holds a run.+\n$/);

  const stopped = train("stopped", "--steps", "5", "--checkpoint-every", "2");
  expect((await stopAfter(3, "SIGKILL", stopped)).exit).toBe("SIGKILL"); // a step is told before its checkpoint is written
  const interrupted = await stopAfter(1, "SIGINT", [...stopped, "--resume"]);
  expect(interrupted.exit).toBe(130);
  expect(interrupted.stderr).toMatch(/^Interrupted after 3 steps: .*--resume.*\n$/);
  expect((await cai(...stopped, "--resume")).exit).toBe(0);

  expect((await finalWeights("stopped")).equals(await finalWeights("whole"))).toBe(true);
  const metrics = (await readFile(join(root, "stopped", "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  expect(metrics.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4, 5]);
});

test("a run that computes its blocks again ends with the same bytes, also where a resumed half does and the other does not", {
  timeout: 240_000,
}, async () => {
  const run = (out: string, ...flags: string[]) => train(out, "--steps", "3", "--checkpoint-every", "1", ...flags);
  expect((await cai(...run("kept"))).exit).toBe(0);
  expect((await cai(...run("recomputed", "--recompute"))).exit).toBe(0);
  expect((await stopAfter(1, "SIGINT", run("half", "--recompute"))).exit).toBe(130);
  const config = await readFile(join(root, "half/config.json"), "utf8");
  expect(JSON.parse(config).recompute).toBe(true);
  await writeFile(join(root, "half.json"), config);
  expect((await cai("train", "--config", "half.json", "--out", "half", "--resume", "--no-recompute")).exit).toBe(0);

  const kept = await finalWeights("kept");
  for (const out of ["recomputed", "half"]) expect((await finalWeights(out)).equals(kept)).toBe(true);
});

test("an adapter is trained, resumed and saved by --lora, and its folder is a policy to write with", { timeout: 240_000 }, async () => {
  const adapter = ["--lora", "2", "--lora-targets", "c_attn,c_fc", "--steps", "3", "--checkpoint-every", "1"];
  expect((await cai(...train("adapter", ...adapter))).exit).toBe(0);
  expect((await readdir(join(root, "adapter/final"))).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors", "merged"]);
  const config = JSON.parse(await readFile(join(root, "adapter/config.json"), "utf8"));
  expect(config).toMatchObject({ lora: 2, loraAlpha: 4, loraTargets: "c_attn,c_fc" });

  expect((await stopAfter(1, "SIGINT", train("adapter-stopped", ...adapter))).exit).toBe(130);
  await writeFile(join(root, "adapter.json"), JSON.stringify({ ...config, out: "adapter-stopped" }));
  const other = await cai("train", "--config", "adapter.json", "--resume", "--lora-alpha", "8");
  expect(other.exit).toBe(2);
  expect(other.stderr).toMatch(/whose policy is .* with LoRA of rank 2, alpha 4, seed 7/);
  expect((await cai("train", "--config", "adapter.json", "--resume")).exit).toBe(0);
  const bytes = (out: string) => readFile(join(root, out, "final/adapter_model.safetensors"));
  expect((await bytes("adapter-stopped")).equals(await bytes("adapter"))).toBe(true);

  const generate = (folder: string) =>
    cai("generate", "--policy", folder, "--prompt", "the old house", "--max-new-tokens", "4", "--temperature", "0", "--json");
  const [adapted, merged] = [await generate("adapter/final"), await generate("adapter/final/merged")];
  expect([adapted.exit, merged.exit]).toEqual([0, 0]);
  expect(JSON.parse(adapted.stdout).ids).toEqual(JSON.parse(merged.stdout).ids);
});

test("a policy writes greedily and repeatably, as one JSON object", async () => {
  const argv = ["generate", "--policy", policy, "--prompt", "the old house", "--max-new-tokens", "6", "--temperature", "0", "--json"];
  const { exit, stdout, stderr } = await cai(...argv);
  expect([exit, stderr]).toEqual([0, ""]);
  const answer = JSON.parse(stdout);
  expect(Object.keys(answer)).toEqual(["promptIds", "ids", "text", "logprobs", "finishReason"]);
  expect(answer.ids.length).toBeLessThanOrEqual(6);
  expect(answer.logprobs).toHaveLength(answer.ids.length);
  expect((await cai(...argv)).stdout).toBe(stdout);
  const [word] = /[a-z]+/i.exec(answer.text)!;
  const stopped = JSON.parse((await cai(...argv, "--stop-texts", word)).stdout);
  expect(stopped).toMatchObject({ text: answer.text.split(word)[0], finishReason: "stop" });
  expect(stopped.ids).toEqual(answer.ids.slice(0, stopped.ids.length));
});

test("scorers of evaluations score a file, with its rows' other columns, and are told apart", async () => {
  await writeFile(
    join(root, "exact.eval.mjs"),
    'export default ({ output, expected }) => ({ name: "exact", score: Number(output === expected) });\n',
  );
  await writeFile(join(root, "expected.jsonl"), '{"prompt": "a", "response": "b", "expected": "b"}\n{"prompt": "a", "response": "b"}\n');
  const scorer = ["score", "--reward", "exact.eval.mjs", "--input", "expected.jsonl"];
  expect((await cai(...scorer)).stdout).toBe("+1.00  (exact +1.00)  ab\n+0.00  (exact +0.00)  ab\n");
  expect(JSON.parse((await cai(...scorer, "--json")).stdout.split("\n")[0]!)).toEqual({
    score: 1,
    prompt: "a",
    response: "b",
    parts: { exact: 1 },
  });
});

test("a reward model scores a file, a line each", async () => {
  const rows = [
    { prompt: "the old", response: " house" },
    { prompt: "a", response: " letter" },
  ];
  await writeFile(join(root, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const { exit, stdout } = await cai("score", "--reward", reward, "--input", "rows.jsonl", "--json");
  expect(exit).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(rows.map((row) => ({ score: expect.any(Number), ...row })));

  await writeFile(join(root, "broken.jsonl"), '{"prompt": "a"}\n');
  const broken = await cai("score", "--reward", reward, "--input", "broken.jsonl");
  expect([broken.exit, broken.stdout]).toEqual([2, ""]);
  expect(broken.stderr).toMatch(/^error: broken\.jsonl:1: expected \{"prompt": …, "response": …\}, both text\n$/);
});
