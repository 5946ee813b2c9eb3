import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyGpt2 } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-audit-"));
const at = (name: string) => join(root, name);
const jsonLines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const metrics = Array.from({ length: 6 }, (_, index) => ({
  step: index + 1,
  "objective/scores": index,
  "objective/kl": index,
  "tokens/response_mean": 10 + 10 * index,
}));
const samples = metrics.flatMap(({ step }) =>
  ["a", "b"].map((prompt) => ({ step, prompt, response: `${prompt} ${"x".repeat(step)}`, score: step })),
);

beforeAll(async () => {
  await mkdir(at("run"));
  await writeFile(at("run/metrics.jsonl"), jsonLines(metrics));
  await writeFile(at("run/samples.jsonl"), `${jsonLines(samples)}{"step": 7, "prom`);
  await writeFile(at("shorter.mjs"), "export default ({ responses }) => responses.map((response) => 10 - response.length);");
});
afterAll(() => rm(root, { recursive: true }));

test("signs with their figures, for a reader and as one JSON object, and a page", async () => {
  const { stdout } = await runCommand("audit", at("run"), "--judge", at("shorter.mjs"), "--out", at("audit"));
  expect(stdout).toMatch(/^6 steps; \d of 11 signs show\. Signs are no verdicts/);
  expect(stdout).toMatch(/^! length-drift +6\.00 {3}a sign below 0\.7 or above 1\.4: mean length, last over first$/m);
  expect((await readdir(at("audit"))).toSorted()).toEqual(["audit.json", "index.html"]);

  const json = JSON.parse((await runCommand("audit", at("run"), "--judge", at("shorter.mjs"), "--json")).stdout);
  expect(JSON.parse(await readFile(at("audit/audit.json"), "utf8"))).toEqual(json);
  expect(json.stretches.map(({ gold }: { gold: number }) => gold)).toEqual([7, 6, 5, 4, 3, 2]); // 10 less the letters
  expect(json.stretches[4].distance).toBe(2);
});

test("without a judge there is no gold score", async () => {
  const { stretches, goldFit } = JSON.parse((await runCommand("audit", at("run"), "--json")).stdout);
  expect([stretches[0].gold, goldFit]).toEqual([null, null]);
});

test("a run of cai train can be audited as it is", async () => {
  await writeFile(at("prompts.txt"), "the old house\na letter\n");
  const train = ["train", "--policy", tinyGpt2, "--reward", at("shorter.mjs"), "--prompts", at("prompts.txt"), "--out", at("trained")];
  await runCommand(...train, "--steps", "2", "--batch-size", "2", "--max-new-tokens", "4", "--json");
  const { steps, stretches } = JSON.parse((await runCommand("audit", at("trained"), "--judge", at("shorter.mjs"), "--json")).stdout);
  expect(steps).toBe(2);
  for (const { distance, spread, length, samples: count, gold, sampleProxy } of stretches) {
    expect([distance, spread, length]).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
    expect(count).toBe(2);
    expect(gold).toBeCloseTo(sampleProxy, 5); // the judge is the reward here
  }
});

test("what is no run is refused, and so is a line that is no sample", async () => {
  const refused = async (...argv: string[]) => {
    const error = await runCommand("audit", ...argv).catch((error: Error) => error);
    expect(exitCodeOf(error)).toBe(2);
    return (error as Error).message;
  };
  expect(await refused(at("nowhere"))).toMatch(/nowhere has no steps in metrics\.jsonl/);
  expect(await refused(at("run"), "--judge", at("none.mjs"))).toMatch(/^--judge: .*none\.mjs/);
  expect(await refused(at("run"), "--out", at("run"))).toMatch(/already holds/);
  await mkdir(at("sft"));
  await writeFile(at("sft/metrics.jsonl"), jsonLines([{ step: 1, loss: 2 }]));
  expect(await refused(at("sft"))).toMatch(/none of 1 steps has "objective\/scores" or "reward"/);
  await mkdir(at("odd"));
  await writeFile(at("odd/metrics.jsonl"), jsonLines(metrics));
  await writeFile(at("odd/samples.jsonl"), '{"step": 1}\n');
  expect(await refused(at("odd"), "--out", at("none"))).toMatch(/odd\/samples\.jsonl:1: expected \{"step"/);
  expect(existsSync(at("none"))).toBe(false);
});
