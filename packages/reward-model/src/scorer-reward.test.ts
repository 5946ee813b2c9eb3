import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { loadModuleReward } from "./module-reward.ts";
import { type Scorer, type ScorerInput, scorerReward } from "./scorer-reward.ts";

const request = { ...requestOf(["four", "5"]), columns: { expected: ["four", "six"], level: [1, 2] } };

test("scorers get input, output, expected and the row's other columns, and their scores are added up and given apart", async () => {
  const seen: ScorerInput[] = [];
  const exact = (input: ScorerInput) => {
    seen.push(input);
    return { name: "Exact", score: input.output === input.expected ? 1 : 0 };
  };
  const length: Scorer = async ({ output }) => output.length;
  expect(await scorerReward([exact, length]).scoreParts(request)).toEqual({
    scores: Float32Array.of(5, 1),
    parts: { Exact: Float32Array.of(1, 0), length: Float32Array.of(4, 1) },
  });
  expect(seen).toEqual([
    { input: request.prompts[0], output: "four", expected: "four", level: 1 },
    { input: request.prompts[1], output: "5", expected: "six", level: 2 },
  ]);
});

test("rows of more than one turn of sixteen come back in their order", async () => {
  const lengths = Array.from({ length: 40 }, (_, row) => row);
  const many = requestOf(lengths.map((length) => "x".repeat(length)));
  const later: Scorer = async ({ output }) => {
    await new Promise((resolve) => setTimeout(resolve, output.length % 3));
    return output.length;
  };
  expect(await scorerReward(later).score(many)).toEqual(Float32Array.from(lengths));
});

test("what goes wrong names the scorer and the response, counted from 1", async () => {
  const strict: Scorer = ({ output }) => {
    if (output === "5") throw new Error("no word");
    return 1;
  };
  await expect(scorerReward(strict).score(request)).rejects.toThrow("strict of response 2: no word");
  const unsure: Scorer = ({ output }) => ({ name: "unsure", score: output === "5" ? null : 1 });
  await expect(scorerReward(unsure).score(request)).rejects.toThrow(
    "(unsure): the score of response 2 of 2 is null, wanted a finite number",
  );
  const twins = [() => ({ name: "twin", score: 1 }), () => ({ name: "twin", score: 2 })];
  await expect(scorerReward(twins).score(request)).rejects.toThrow("two of its scorers are named twin: give each a name of its own");
  expect(() => scorerReward([])).toThrow("scorerReward got no scorer: give one or more");
});

test("a scorer is typed, and what gives no score is a type error", () => {
  expectTypeOf(({ output }: ScorerInput) => ({ name: "length", score: output.length })).toExtend<Scorer>();
  // @ts-expect-error a text is no score
  scorerReward(({ output }) => output);
});

test("a module named ….eval.ts or .mjs exports a scorer, or a list of them", async () => {
  const folder = await temporaryFolder();
  const load = async (name: string, code: string) => {
    await writeFile(join(folder, name), code);
    const reward = await loadModuleReward(join(folder, name));
    onTestFinished(() => reward.dispose());
    return reward;
  };
  const one = await load(
    "one.eval.mjs",
    "export default ({ output, expected }) => ({ name: 'exact', score: Number(output === expected) })",
  );
  expect(await one.scoreParts(request)).toEqual({ scores: Float32Array.of(1, 0), parts: { exact: Float32Array.of(1, 0) } });
  const two = await load(
    "two.eval.mjs",
    "const words = ({ level }) => level;\nexport default [words, async ({ output }) => output.length];",
  );
  expect(await two.scoreParts(request)).toEqual({
    scores: Float32Array.of(5, 3),
    parts: { words: Float32Array.of(1, 2), score1: Float32Array.of(4, 1) },
  });
  await expect(load("none.eval.mjs", "export default { score: () => [] }")).rejects.toThrow(
    "none.eval.mjs exports default: wanted a default export that is a scorer, a function of { input, output, expected }, or a list of scorers",
  );
});

test("a module's function may name the parts of its scores", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "parts.mjs");
  await writeFile(path, "export default ({ columns }) => ({ scores: [1, 2], parts: { level: columns.level } })");
  const reward = await loadModuleReward(path);
  onTestFinished(() => reward.dispose());
  expect(await reward.scoreParts(request)).toEqual({ scores: Float32Array.of(1, 2), parts: { level: Float32Array.of(1, 2) } });
});
