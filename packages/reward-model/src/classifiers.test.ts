import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { OnnxRewardModel, type OnnxRewardOptions } from "./onnx-reward-model.ts";

// Classifiers as transformers and torch export them (tools/golden-rewards), and what the PyTorch models give each row alone.
const golden = (name: string) => fileURLToPath(new URL(`./golden/${name}`, import.meta.url));

async function expectedOf(name: string): Promise<{ inputIds: number[][]; logits: number[][] }> {
  return JSON.parse(await readFile(join(golden(name), "expected.json"), "utf8"));
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-classifiers-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function scoreOnce(path: string, rows: readonly number[][], options: OnnxRewardOptions = {}): Promise<number[]> {
  const model = await OnnxRewardModel.load(path, { input: "ids", threads: 1, ...options });
  try {
    return [...(await model.score(requestOf(Array(rows.length).fill(""), rows)))];
  } finally {
    await model.dispose();
  }
}

function expectNear(scores: readonly number[], wanted: readonly number[], tolerance = 1e-5) {
  expect(scores).toHaveLength(wanted.length);
  for (const [row, score] of scores.entries()) expect(Math.abs(score - wanted[row]!), `row ${row}`).toBeLessThan(tolerance);
}

describe.each(["gpt2-without-pad", "gpt2-without-mask", "llama-without-pad"])("%s, exported without a pad id", (name) => {
  test("gives each row the score that it has alone, whatever stands beside it", async () => {
    const { inputIds, logits } = await expectedOf(name);
    const models = await Promise.all(
      [1, 3, 16].map((batchSize) => OnnxRewardModel.load(golden(name), { input: "ids", batchSize, threads: 1 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(inputIds.length - 1), { maxLength: 12 }), fc.constantFrom(...models), async (rows, model) => {
        const scores = await model.score(
          requestOf(
            Array(rows.length).fill(""),
            rows.map((row) => inputIds[row]!),
          ),
        );
        expectNear(
          [...scores],
          rows.map((row) => logits[row]![0]!),
        );
      }),
      { numRuns: 20 },
    );
    await Promise.all(models.map((model) => model.dispose()));
  });

  test("is not padded on request either", async () => {
    for (const paddingSide of ["left", "right"] as const)
      await expect(OnnxRewardModel.load(golden(name), { input: "ids", paddingSide })).rejects.toMatchObject({ code: "bad-options" });
  });
});

describe("RoBERTa", () => {
  test("has room for as many tokens as positions after the padding token's", async () => {
    const { inputIds, logits } = await expectedOf("roberta");
    expectNear(await scoreOnce(golden("roberta"), inputIds), logits.flat());
  });

  test("loses the beginning of a row that is longer, known before it runs", async () => {
    const { inputIds, logits } = await expectedOf("roberta");
    const longer = inputIds.map((row) => [...Array(20 - row.length).fill(7), ...row]);
    const full = inputIds.map((row) => row.length === 10);
    const scores = await scoreOnce(golden("roberta"), longer);
    expectNear(
      scores.filter((_, row) => full[row]),
      logits.flat().filter((_, row) => full[row]),
    );
  });

  test("pads on request, by its pad id", async () => {
    const { inputIds, logits } = await expectedOf("roberta");
    expectNear(await scoreOnce(golden("roberta"), inputIds, { paddingSide: "right" }), logits.flat());
  });
});

describe("two labels", () => {
  test("are refused without a choice, which may be by name or index", async () => {
    const { inputIds, logits } = await expectedOf("two-labels");
    await expect(OnnxRewardModel.load(golden("two-labels"), { input: "ids" })).rejects.toThrow(
      "gives 2 numbers a row: choose one by index or name with the option label: 0 (NEGATIVE), 1 (POSITIVE)",
    );
    const positive = logits.map(([, logit]) => logit!);
    for (const label of ["POSITIVE", 1, "1"]) expectNear(await scoreOnce(golden("two-labels"), inputIds, { label }), positive);
    expectNear(
      await scoreOnce(golden("two-labels"), inputIds, { label: "NEGATIVE" }),
      logits.map(([logit]) => logit!),
    );
  });

  test("give log-odds or a probability where that is the score", async () => {
    const { inputIds, logits } = await expectedOf("two-labels");
    const odds = logits.map(([negative, positive]) => positive! - negative!);
    const label = "POSITIVE";
    expectNear(await scoreOnce(golden("two-labels"), inputIds, { label, score: "log-odds" }), odds);
    expectNear(
      await scoreOnce(golden("two-labels"), inputIds, { label, score: "probability" }),
      odds.map((value) => 1 / (1 + Math.exp(-value))),
    );
    await expect(OnnxRewardModel.load(golden("two-labels"), { score: "softmax" as "logit" })).rejects.toThrow(
      'the option score is "softmax", wanted logit, log-odds, probability',
    );
  });

  test("that don't exclude one another have a probability each", async () => {
    const folder = join(directory, "several-at-a-time");
    await cp(golden("two-labels"), folder, { recursive: true });
    const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...config, problem_type: "multi_label_classification" }));
    const { inputIds, logits } = await expectedOf("two-labels");
    expectNear(
      await scoreOnce(folder, inputIds, { label: "POSITIVE", score: "probability" }),
      logits.map(([, logit]) => 1 / (1 + Math.exp(-logit!))),
    );
  });

  test("in half precision are read as numbers", async () => {
    const { inputIds, logits } = await expectedOf("half-precision");
    for (const label of [0, 1])
      expectNear(
        await scoreOnce(golden("half-precision"), inputIds, { label }),
        logits.map((row) => row[label]!),
        1e-4,
      );
  });
});
