import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json as readJson } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createProgram } from "./program.ts";
import { readPairs } from "./read-pairs.ts";

const root = await mkdtemp(join(tmpdir(), "cai-prefer-"));
const at = (name: string) => join(root, name);
const prompts = ["the old house", "a letter", "somebody came", "it rained"];

const constitution = `
name: small
principles:
  - name: calm
    critiqueRequest: Where is it angry?
    revisionRequest: Write it calmly.
    comparisonQuestion: Which is calmer?
    positivePersona: A calm story.
    negativePersona: An angry story.
`;

beforeAll(async () => {
  await writeFile(at("prompts.txt"), `${prompts.join("\n")}\n`);
  await writeFile(at("small.yaml"), constitution);
});
afterAll(() => rm(root, { recursive: true }));

const argumentsOf = (out: string, labeller: string, more: readonly string[]): string[] => {
  const named = { "--policy": "demo", "--constitution": at("small.yaml"), "--labeller": labeller, "--out": at(out) };
  return ["prefer", ...Object.entries(named).flat(), "--max-new-tokens", "6", "--batch-size", "2", "--seed", "7", ...more];
};
const drawn = ["--prompts", at("prompts.txt")];

/** Runs the command in this process, and gives what it writes on standard output. */
async function prefer(out: string, labeller: string, ...more: string[]): Promise<string> {
  let stdout = "";
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      stdout += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation(() => true),
  ];
  const restore = () => {
    for (const spy of spies) spy.mockRestore();
  };
  onTestFinished(restore);
  try {
    await createProgram().parseAsync(argumentsOf(out, labeller, more), { from: "user" });
  } finally {
    restore();
  }
  return stdout;
}

const linesOf = async (name: string) =>
  (await readFile(at(name), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test.each(["choice", "likelihood-ratio", "contrast", "votes"])(
  "--labeller %s: pairs that cai dpo reads, and a report",
  async (labeller) => {
    const out = `${labeller}.jsonl`;
    const report = JSON.parse(await prefer(out, labeller, ...drawn, "--json"));
    const labelled = await linesOf(`${labeller}.labelled.jsonl`);
    expect(labelled.map(({ prompt }) => prompt)).toEqual(prompts.map((content) => [{ role: "user", content }]));
    expect(labelled.every(({ answers }) => answers.length === 2 && answers.every((answer: unknown) => typeof answer === "string"))).toBe(
      true,
    );
    expect(report).toMatchObject({ out: at(out), pairs: 4, byPrinciple: { calm: { pairs: 4 } } });
    expect(report.rows + report.leftOut.equalAnswers + report.leftOut.noPreference).toBe(4);
    if (report.rows === 0) return; // votes of a model that can't judge are none
    const rows = await readPairs(at(out));
    expect(rows).toHaveLength(report.rows);
    for (const { row } of rows) {
      expect(row.probability).toBeGreaterThan(0.5);
      expect(row.probability).toBeLessThanOrEqual(1);
      expect(row.prompt).toMatch(/^\n\nHuman: .+\n\nAssistant:$/);
    }
  },
);

test("killed in the middle and gone on with, it ends with the same bytes", async () => {
  const more = [...drawn, "--pairs-per-prompt", "8"];
  await prefer("whole.jsonl", "choice", ...more);
  const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
  const child = spawn(process.execPath, [bin, ...argumentsOf("killed.jsonl", "choice", more)], { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.on("data", (chunk: Buffer) => {
    if (/\d+\/32/.test(chunk.toString())) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(child.signalCode).toBe("SIGKILL");
  expect(existsSync(at("killed.jsonl"))).toBe(false);
  await expect(prefer("killed.jsonl", "choice", ...more)).rejects.toThrow("killed.labelled.jsonl exists: give --resume");
  await prefer("killed.jsonl", "choice", ...more, "--resume");
  for (const name of ["jsonl", "labelled.jsonl"])
    expect(await readFile(at(`killed.${name}`), "utf8")).toBe(await readFile(at(`whole.${name}`), "utf8"));
});

test("a scale is fitted to contrast pairs, and told", async () => {
  const fitted = JSON.parse(await prefer("fitted.jsonl", "likelihood-ratio", ...drawn, "--calibration-pairs", "6", "--json"));
  expect(fitted.scale).toBeGreaterThan(0);
  expect(fitted.calibrationAccuracy).toBeGreaterThanOrEqual(0.5);
  const [first] = await linesOf("fitted.labelled.jsonl");
  expect(first.evidence.scale).toBe(fitted.scale);
});

test("revisions that the gate kept stand against their originals", async () => {
  const texts = { critiques: ["Rude."], revisions: ["Please go."], written: ["Please go."], principles: ["calm"] };
  const row = {
    prompt: [{ role: "user", content: "a letter" }],
    response: "Go.",
    ...texts,
    verdicts: [{ kept: true }],
    constitution: "c0de",
  };
  await writeFile(at("revised.jsonl"), `${JSON.stringify(row)}\n`);
  await prefer("revised-pairs.jsonl", "likelihood-ratio", "--revisions", at("revised.jsonl"));
  const [labelled] = await linesOf("revised-pairs.labelled.jsonl");
  expect(labelled).toMatchObject({ answers: ["Please go.", "Go."], principle: "calm" });
});

test("an endpoint judges, and its cache makes a second run free", async () => {
  let asked = 0;
  const server = createServer(async (request, response) => {
    asked++;
    const { messages } = (await readJson(request)) as { messages: { content: string }[] };
    const token = messages[0]!.content.includes("(A)") ? "A" : "B";
    const top = [
      { token, logprob: Math.log(0.7) },
      { token: token === "A" ? "B" : "A", logprob: Math.log(0.3) },
    ];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { content: token }, logprobs: { content: [{ top_logprobs: top }] } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`;
  const endpoint = ["--feedback", url, "--feedback-model", "judge", "--feedback-cache", at("cache"), ...drawn, "--json"];
  const report = JSON.parse(await prefer("remote.jsonl", "choice", ...endpoint));
  expect(report).toMatchObject({ pairs: 4, turnedByOrder: 1 });
  expect(report.positionBias).toBeCloseTo(0.2, 12); // it takes A with 0.7 whatever stands there
  expect(asked).toBe(8);
  await prefer("again.jsonl", "choice", ...endpoint);
  expect(asked).toBe(8);
});

test("wrong use is refused before anything is written", async () => {
  const refused: [string, string[], string][] = [
    ["choice", [...drawn, "--feedback", "demo", "--feedback-model", "m"], "--feedback-model is for an endpoint"],
    ["choice", [...drawn, "--feedback", "http://127.0.0.1:9/v1"], "give --feedback-model"],
    ["votes", [...drawn, "--votes", "3"], "votes is 3: expected an even number"],
    ["choice", ["--prompts", at("none.txt")], "none.txt does not exist"],
    ["choice", [...drawn, "--constitution", at("none.yaml")], "none.yaml"],
  ];
  for (const [labeller, more, message] of refused) {
    await expect(prefer("refused.jsonl", labeller, ...more)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
    expect(existsSync(at("refused.labelled.jsonl"))).toBe(false);
  }
});
