import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { json as readJson, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { readPairs } from "@cai/data";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-prefer-"));
const at = (name: string) => join(root, name);
const prompts = ["the old house", "a letter", "somebody came", "it rained"];

/** Its personas are so far apart that a small model's answers show under which they were written. */
const constitution = `
name: small
principles:
  - name: calm
    critiqueRequest: Where is it angry?
    revisionRequest: Write it calmly.
    comparisonQuestion: Which is calmer?
    positivePersona: the sea, the sea, the sea, the sea, the sea
    negativePersona: 12 1909 1910 35 67 1911 1912 1913
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

/** Runs the command, and gives what it writes on standard output. */
async function prefer(out: string, labeller: string, ...more: string[]): Promise<string> {
  return (await runCommand(...argumentsOf(out, labeller, more))).stdout;
}

const linesOf = async (name: string) =>
  (await readFile(at(name), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** An endpoint that says A with 0.7 where `leaning` is "A", else the letter of the longer answer; after `silentAfter` answers it is silent. */
async function startJudge({ leaning = "longer", silentAfter = Number.POSITIVE_INFINITY, port = 0 } = {}) {
  let asked = 0;
  let fallSilent = () => {};
  const silent = new Promise<void>((resolve) => {
    fallSilent = resolve;
  });
  const server = createServer(async (request, response) => {
    const { messages } = (await readJson(request)) as { messages: { content: string }[] };
    if (++asked > silentAfter) return fallSilent();
    const [, a = "", b = ""] = /\(A\) (.*)\n\n\(B\) (.*)\n\nAnswer/s.exec(messages[0]!.content)!;
    const likelier = leaning === "A" || a.length > b.length ? "A" : "B";
    const top = ["A", "B"].map((token) => ({ token, logprob: Math.log(token === likelier ? 0.7 : 0.3) }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { content: likelier }, logprobs: { content: [{ top_logprobs: top }] } }] }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(stop);
  const { port: taken } = server.address() as AddressInfo;
  const flags = ["--feedback", `http://127.0.0.1:${taken}/v1`, "--feedback-model", "judge"];
  return { flags, asked: () => asked, silent, stop, port: taken };
}

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
    const { rows } = await readPairs(at(out));
    expect(rows).toHaveLength(report.rows);
    for (const { row } of rows) {
      expect(row.probability).toBeGreaterThan(0.5);
      expect(row.probability).toBeLessThanOrEqual(1);
      expect(row.prompt).toMatch(/^\n\nHuman: .+\n\nAssistant:$/);
    }
  },
);

test("while it goes on, another process is refused; killed in the middle and gone on with, it ends with the same bytes", {
  timeout: 240_000,
}, async () => {
  const whole = await startJudge();
  await prefer("whole.jsonl", "choice", ...drawn, ...whole.flags);
  const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
  const judge = await startJudge({ silentAfter: 5 }); // of 8 questions: the first batch of 2 pairs is written
  const argv = [bin, ...argumentsOf("killed.jsonl", "choice", [...drawn, ...judge.flags])];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = text(child.stderr);
  expect(await Promise.race([judge.silent, ended])).toBeUndefined(); // else what it ended with
  for (const flags of [[], ["--resume"]])
    await expect(prefer("killed.jsonl", "choice", ...drawn, ...judge.flags, ...flags)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`killed.labelled.jsonl is in use by process ${child.pid} on ${hostname()}, since 20`),
    });
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(at("killed.jsonl"))).toBe(false);
  expect(await linesOf("killed.labelled.jsonl")).toHaveLength(2);

  judge.stop();
  const again = await startJudge({ port: judge.port });
  await expect(prefer("killed.jsonl", "choice", ...drawn, ...again.flags)).rejects.toThrow("killed.labelled.jsonl exists: give --resume");
  await prefer("killed.jsonl", "choice", ...drawn, ...again.flags, "--resume");
  expect(again.asked()).toBe(4);
  for (const name of ["jsonl", "labelled.jsonl"])
    expect(await readFile(at(`killed.${name}`), "utf8")).toBe(await readFile(at(`whole.${name}`), "utf8"));
});

test("a scale is fitted to contrast pairs, and told", async () => {
  const fitted = JSON.parse(
    await prefer("fitted.jsonl", "likelihood-ratio", ...drawn, "--max-new-tokens", "12", "--calibration-pairs", "16", "--json"),
  );
  expect(fitted.scale).toBeGreaterThan(0);
  expect(fitted.calibrationAccuracy).toBeGreaterThan(0.5);
  const [first] = await linesOf("fitted.labelled.jsonl");
  expect(first.evidence.scale).toBe(fitted.scale);
});

test("revisions that the gate kept stand against their originals", async () => {
  const texts = { critiques: ["Rude."], revisions: ["Please go."], written: ["Please go."], principles: ["calm"] };
  const row = {
    prompt: [{ role: "user", content: "a letter" }],
    response: "Go.",
    ...texts,
    endings: { response: "finished", critiques: ["finished"], revisions: ["finished"] },
    verdicts: [{ kept: true }],
    constitution: "c0de",
  };
  await writeFile(at("revised.jsonl"), `${JSON.stringify(row)}\n`);
  await prefer("revised-pairs.jsonl", "likelihood-ratio", "--revisions", at("revised.jsonl"));
  const [labelled] = await linesOf("revised-pairs.labelled.jsonl");
  expect(labelled).toMatchObject({ answers: ["Please go.", "Go."], principle: "calm" });
});

test("an endpoint judges, and its cache makes a second run free", async () => {
  const judge = await startJudge({ leaning: "A" });
  const remote = [...drawn, ...judge.flags, "--feedback-cache", at("cache"), "--json"];
  const report = JSON.parse(await prefer("remote.jsonl", "choice", ...remote));
  expect(report).toMatchObject({ pairs: 4, rows: 0, leftOut: { noPreference: 4 }, turnedByOrder: 1 });
  expect(report.positionBias).toBeCloseTo(0.2, 12); // it takes A with 0.7 whatever stands there
  expect(judge.asked()).toBe(8);
  await prefer("again.jsonl", "choice", ...remote);
  expect(judge.asked()).toBe(8);
});

test("wrong use is refused before anything is written", async () => {
  const refused: [string, string[], string][] = [
    ["choice", [...drawn, "--feedback", "demo", "--feedback-model", "m"], "--feedback-model is for an endpoint"],
    ["choice", [...drawn, "--feedback", "http://127.0.0.1:9/v1"], "give --feedback-model"],
    ["votes", [...drawn, "--votes", "3"], "votes is 3: expected an even number"],
    ["choice", ["--prompts", at("none.txt")], "none.txt does not exist"],
    ["choice", [...drawn, "--constitution", at("none.yaml")], "none.yaml"],
    ["choice", [...drawn, "--resume"], "refused.labelled.jsonl to go on with: leave --resume out"],
  ];
  for (const [labeller, more, message] of refused) {
    await expect(prefer("refused.jsonl", labeller, ...more)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
    expect(existsSync(at("refused.labelled.jsonl"))).toBe(false);
  }
});
