import { readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promptFormat } from "@cai/feedback";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { calm, fakeFeedback, textOf } from "../fake-feedback.fixture.ts";
import { choiceLabeller } from "./choice-labeller.ts";
import { labelledPairsFile, makePreferences } from "./make-preferences.ts";
import { drawnPairSource } from "./pair-source.ts";

const constitution = { name: "mine", principles: [calm], examples: [], sha256: "c0de" };
const prompts = ["a", "b", "c", "d", "e"].map((content) => [{ role: "user", content }]);

/** Answers are their sample's number, prompt "c" has equal ones; the judge likes multiples of 4, which stand first. */
const makeFeedback = () =>
  fakeFeedback({
    write: (messages, sample) => (textOf(messages) === "user: c" ? "same" : `answer ${sample}`),
    choose: ({ messages }) => {
      const first = Number(/\(A\) answer (\d+)/.exec(textOf(messages))![1]);
      return first % 4 === 0 ? [Math.log(0.8), Math.log(0.2)] : [Math.log(0.4), Math.log(0.6)];
    },
  });

async function prefer(changes: Partial<Parameters<typeof makePreferences>[0]> = {}) {
  const feedback = makeFeedback();
  const file = changes.file ?? join(await temporaryFolder(), "pairs.jsonl");
  const source = drawnPairSource({ kind: "sampled", feedback, prompts, constitution, seed: 7 });
  const labeller = choiceLabeller({ feedback });
  const common = { file, source, labeller, constitution, format: promptFormat("dialogue"), seed: 7, chunkRows: 2 };
  const made = await makePreferences({ ...common, ...changes });
  return { file, feedback, made };
}

test("pairs are drawn and labelled, and the preferences among them written in the policy's form", async () => {
  const { file, made } = await prefer();
  // Pair 0 (answers 0 and 1): shown first 0.8, shown second 1 − 0.4; pair 1 (2 and 3): 0.4 and 0.6 on either place.
  const rows = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(rows.map((row) => JSON.parse(row))).toEqual(made.rows);
  expect(made.rows[0]).toMatchObject({
    prompt: "\n\nHuman: a\n\nAssistant:",
    chosen: " answer 0",
    rejected: " answer 1",
    principle: "calm",
    constitution: "c0de",
  });
  expect(made.rows.map(({ probability }) => probability.toFixed(3))).toEqual(["0.700", "0.700"]);
  expect(made.report).toMatchObject({ pairs: 5, rows: 2, leftOut: { equalAnswers: 1, noPreference: 2 } });
  expect(made.report.positionBias).toBeCloseTo((0.1 - 0.1 + -0.1 + 0.1 + 0) / 4, 1);
  const labelled = (await readFile(labelledPairsFile(file), "utf8")).trimEnd().split("\n");
  expect(labelled).toHaveLength(5);
});

test("killed after any chunk, it goes on to the same bytes and asks nothing again", async () => {
  const { file } = await prefer();
  const labelled = labelledPairsFile(file);
  const [whole, pairs] = await Promise.all([file, labelled].map((name) => readFile(name, "utf8")));
  const lines = pairs!.split("\n");
  for (const kept of [0, 2, 4]) {
    await rm(file);
    await truncate(labelled, Buffer.byteLength(lines.slice(0, kept).join("\n")) + (kept === 0 ? 0 : 5));
    const again = await prefer({ file });
    expect(again.made.kept).toBe(kept);
    expect(again.feedback.asked.completions).toHaveLength(3 - kept / 2);
    expect(await readFile(file, "utf8")).toBe(whole);
    expect(await readFile(labelled, "utf8")).toBe(pairs);
  }
});

test("labels that were made otherwise are refused, and so is a constitution that lacks a field, before anything is written", async () => {
  const { file } = await prefer();
  await expect(prefer({ file, seed: 8 })).rejects.toThrow("seed was 7, is 8");
  const other = { ...constitution, sha256: "beef" };
  await expect(prefer({ file, constitution: other })).rejects.toMatchObject({ code: "file-exists" });
  const { comparisonQuestion: _, ...without } = calm;
  const elsewhere = join(await temporaryFolder(), "other.jsonl");
  const lacking = prefer({ file: elsewhere, constitution: { ...constitution, principles: [without] } });
  await expect(lacking).rejects.toThrow('labeller "choice" needs comparisonQuestion in every principle; "calm"');
  await expect(readFile(`${labelledPairsFile(elsewhere)}.meta.json`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("aborted, it stops at a chunk's end, and the rows for training aren't there", async () => {
  const controller = new AbortController();
  const file = join(await temporaryFolder(), "pairs.jsonl");
  const onProgress = ({ done }: { readonly done: number }) => done === 2 && controller.abort(new Error("enough"));
  await expect(prefer({ file, signal: controller.signal, onProgress })).rejects.toThrow("enough");
  await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  expect((await readFile(labelledPairsFile(file), "utf8")).trimEnd().split("\n")).toHaveLength(2);
});
