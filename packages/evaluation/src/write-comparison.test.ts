import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveOptions } from "@cai/training";
import { expect, onTestFinished, test } from "vitest";
import { comparisonOptions } from "./comparison-options.ts";
import { EvaluationError } from "./error.ts";
import { summariseComparison } from "./summarise-comparison.ts";
import { writeComparison } from "./write-comparison.ts";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-comparison-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const settings = resolveOptions(comparisonOptions, { bestOf: 1, resamples: 20 });
const prompts = ["Why?", "How?"];
const answers = (...scores: number[]) => scores.map((score) => [{ response: `it is ${score}`, score, tokens: 3 }]);
const [policy, base] = [answers(2, 1), answers(0, 1)];
const comparison = {
  ...summariseComparison({ prompts, policy, base, pool: [] }, settings),
  settings,
  samples: prompts.map((prompt, i) => ({ prompt, margin: 2 * (1 - i), policy: policy[i]!, base: base[i]! })),
};
const names = { policy: "trained", base: "untrained", judge: "length", format: "dialogue" };

test("figures with names and what is added, answers a line a prompt, and a page; whole, in a folder that is made", async () => {
  const directory = join(await newFolder(), "runs", "eval");
  const written = await writeComparison({ directory, comparison, names, more: { labels: { agreement: 0.5 } } });
  expect(written.toSorted()).toEqual(["eval.json", "index.html", "samples.jsonl"]);
  expect((await readdir(directory)).toSorted()).toEqual(written.toSorted()); // nothing half-written beside them
  const { samples, ...figures } = comparison;
  expect(figures.winRate).toBe(0.75); // a win and a tie
  expect(JSON.parse(await readFile(join(directory, "eval.json"), "utf8"))).toEqual({ ...names, labels: { agreement: 0.5 }, ...figures });
  const lines = (await readFile(join(directory, "samples.jsonl"), "utf8")).split("\n");
  expect(lines.map((line) => line && JSON.parse(line))).toEqual([...samples, ""]);
  expect(await readFile(join(directory, "index.html"), "utf8")).toContain("Format of the prompts: dialogue.");
});

test("without more to say, none is said; what lay there is replaced", async () => {
  const directory = await newFolder();
  await writeFile(join(directory, "eval.json"), "{");
  const { format: _, ...others } = names;
  await writeComparison({ directory, comparison, names: others });
  const found = JSON.parse(await readFile(join(directory, "eval.json"), "utf8"));
  expect(Object.keys(found)).toEqual(expect.not.arrayContaining(["labels", "format", "samples"]));
  expect(await readFile(join(directory, "index.html"), "utf8")).not.toContain("Format of");
});

test("a file that can't be written is told by its path", async () => {
  const directory = await newFolder();
  await mkdir(join(directory, "eval.json"));
  const error: unknown = await writeComparison({ directory, comparison, names }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EvaluationError);
  expect(error).toMatchObject({ code: "cannot-write", message: expect.stringContaining(join(directory, "eval.json")) });
});
