import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { revisionReport } from "@cai/constitution";
import { readExamples, readPairs } from "@cai/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";
import { describeRevisions } from "./run-revise.ts";

const root = await mkdtemp(join(tmpdir(), "cai-revise-"));
const at = (name: string) => join(root, name);
const prompts = ["the old house", "a letter", "somebody came", "it rained", "we left"];
const constitution = `
principles:
  - name: calm
    critiqueRequest: Where is it angry?
    revisionRequest: Write it calmly.
    positivePersona: A calm story.
    negativePersona: An angry story.
  - name: plain
    critiqueRequest: Where is it unclear?
    revisionRequest: Write it plainly.
`;
const everything = ["jsonl", "examples.jsonl", "pairs.jsonl", "report.json"];

beforeAll(async () => {
  await writeFile(at("prompts.txt"), `${prompts.join("\n")}\n`);
  await writeFile(at("small.yaml"), constitution);
});
afterAll(() => rm(root, { recursive: true }));

const argumentsOf = (out: string, more: readonly string[]): string[] => {
  const named = { "--policy": "demo", "--constitution": at("small.yaml"), "--prompts": at("prompts.txt"), "--out": at(out) };
  // So few tokens cut nearly every answer.
  const sizes = ["--no-refuse-cut", "--max-new-tokens", "8", "--batch-size", "2", "--rounds", "2", "--seed", "7"];
  return ["revise", ...Object.entries(named).flat(), ...sizes, ...more];
};

/** Runs the command, and gives what it writes on standard output. */
async function revise(out: string, ...more: string[]): Promise<string> {
  return (await runCommand(...argumentsOf(out, more))).stdout;
}

const read = (name: string) => readFile(at(name), "utf8");
const linesOf = async (name: string) => (await read(name)).split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));

test("every intermediate is in the file; beside it the report, and what cai sft and cai dpo read", async () => {
  const report = JSON.parse(await revise("whole.jsonl", "--json"));
  const rows = await linesOf("whole.jsonl");
  expect(rows.map(({ prompt }) => prompt)).toEqual(prompts.map((content) => [{ role: "user", content }]));
  for (const { response, critiques, revisions, principles, verdicts } of rows) {
    expect(typeof response).toBe("string");
    expect([critiques, revisions, principles, verdicts].map(({ length }) => length)).toEqual([2, 2, 2, 2]);
    for (const [round, { refusal, ratios, unchecked }] of verdicts.entries()) {
      const seen = refusal === undefined || refusal === "not-preferred";
      expect(unchecked).toBe(seen && principles[round] === "plain" ? "principle without personas" : undefined);
      expect(ratios !== undefined).toBe(seen && principles[round] === "calm");
    }
  }
  expect(report).toEqual({ out: at("whole.jsonl"), ...revisionReport(rows) });
  expect(JSON.parse(await read("whole.report.json"))).toEqual(revisionReport(rows));

  expect(report.promptsKept).toBeGreaterThan(0);
  const { rows: examples } = await readExamples(at("whole.examples.jsonl"));
  const { rows: pairs } = await readPairs(at("whole.pairs.jsonl"));
  expect([examples.length, pairs.length]).toEqual([report.promptsKept, report.promptsKept]);
  for (const { row } of pairs) expect(row.prompt).toMatch(/^\n\nHuman: .+\n\nAssistant:$/);
});

test("while it goes on, another process is refused; killed in the middle and gone on with, it ends with the same bytes", {
  timeout: 240_000,
}, async () => {
  await writeFile(at("more.txt"), `${Array.from({ length: 16 }, (_, i) => `day ${i}`).join("\n")}\n`);
  const more = ["--prompts", at("more.txt")];
  await revise("steady.jsonl", ...more);
  const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
  const child = spawn(process.execPath, [bin, ...argumentsOf("killed.jsonl", more)], { stdio: ["ignore", "ignore", "pipe"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const begun = new Promise((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      if (/\d\/16/.test(chunk.toString()) && child.kill("SIGSTOP")) resolve("begun"); // it stands still, and lives
    });
  });
  expect(await Promise.race([begun, closed])).toBe("begun");
  for (const flags of [[], ["--resume"]])
    await expect(revise("killed.jsonl", ...more, ...flags)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`killed.jsonl is in use by process ${child.pid} on ${hostname()}, since 20`),
    });
  child.kill("SIGKILL");
  await closed;
  expect(child.signalCode).toBe("SIGKILL");
  expect(existsSync(at("killed.report.json"))).toBe(false);
  await expect(revise("killed.jsonl", ...more)).rejects.toThrow("killed.jsonl exists: give --resume");
  await expect(revise("killed.jsonl", ...more, "--resume", "--seed", "8")).rejects.toMatchObject({
    code: "file-exists",
    message: expect.stringContaining("seed was 7, is 8"),
  });
  await revise("killed.jsonl", ...more, "--resume");
  for (const name of everything) expect(await read(`killed.${name}`)).toBe(await read(`steady.${name}`));
  expect((await readdir(root)).filter((name) => name.includes(".lock"))).toEqual([]);
});

test("wrong use is refused before anything is written", async () => {
  await writeFile(at("bad.yaml"), "principles: [{ name: a, critiqueRequest: b }]");
  await writeFile(at("begun.jsonl"), '{"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n');
  const refused: [string[], string][] = [
    [["--constitution", at("bad.yaml")], "bad.yaml:1: principles[0].revisionRequest is missing"],
    [["--constitution", at("none.yaml")], "none.yaml can't be read"],
    [["--prompts", at("none.txt")], "none.txt"],
    [["--prompts", at("begun.jsonl")], "begun.jsonl:1 ends with the assistant's turn"],
    [["--max-overlap", "2"], "--max-overlap is 2"],
    [["--feedback", "http://127.0.0.1:9/v1"], "give --feedback-model"],
    [["--resume"], "refused.jsonl to go on with: leave --resume out"],
    [["--out", at("prompts.txt/refused.jsonl")], "prompts.txt can't be written to: "],
  ];
  for (const [more, message] of refused) {
    await expect(revise("refused.jsonl", ...more)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
    expect(existsSync(at("refused.jsonl"))).toBe(false);
  }
});

test("revisions that were cut are refused unless they are to be kept", async () => {
  const { refusals, endings } = JSON.parse(await revise("cut.jsonl", "--refuse-cut", "--json"));
  expect(refusals.cut).toBeGreaterThan(0);
  expect(endings.revisions.cut).toBeGreaterThanOrEqual(refusals.cut);
  for (const { verdicts, endings } of await linesOf("cut.jsonl"))
    for (const [round, { kept }] of verdicts.entries()) if (kept) expect(endings.revisions[round]).not.toBe("cut");
});

test("a person reads what was kept, why others weren't, and what the likelihood ratio had no say in", () => {
  const refusal = "near-copy" as const;
  const row = {
    ...{
      prompt: [],
      response: "12345678",
      critiques: ["c"],
      revisions: ["1234"],
      written: ["1234"],
      endings: { response: "cut", critiques: ["finished"], revisions: ["unknown"] } as const,
      principles: ["calm"],
      constitution: "c0de",
    },
    verdicts: [{ kept: true, ratios: { original: 1, revision: 3.5 } }],
  };
  const report = revisionReport([
    row,
    { ...row, verdicts: [{ kept: false, refusal }] },
    { ...row, verdicts: [{ kept: false, refusal: "empty" }] },
    { ...row, verdicts: [{ kept: false, refusal }] },
    { ...row, verdicts: [{ kept: true, unchecked: "principle without personas" }] },
  ]);
  expect(describeRevisions("r.jsonl", { ...report, refusals: { ...report.refusals, cut: 1 } })).toMatch(
    /refused: 2 near-copy, 1 empty, 1 cut\n.+\n.+\nfewer are cut with a higher --max-new-tokens; --no-refuse-cut keeps them\n/,
  );
  expect(describeRevisions("r.jsonl", report)).toBe(`of 2 of 5 prompts (40 %) a revision was kept, 2 of 5 revisions
refused: 2 near-copy, 1 empty
cut, at maxNewTokens as a rule: 5 answers
the model doesn't say of 5 revisions whether they were cut
by likelihood ratio 100 % of 1 were preferred to their originals; mean gain 2.50 nats
not compared by likelihood ratio: 1 (principle without personas)
kept revisions are 0.50 times as long as their originals
everything is in r.jsonl; for training: r.examples.jsonl, r.pairs.jsonl
`);
});
