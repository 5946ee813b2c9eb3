import { promptFormat } from "@cai/feedback";
import { expect, test } from "vitest";
import { revisionReport } from "./revision-report.ts";
import { keptRevisions, type RevisionRow, type RevisionVerdict } from "./revision-row.ts";
import { revisionTrainingRows } from "./revision-training-rows.ts";

const prompt = [{ role: "user", content: "You fool." }];
const rowOf = (principles: string[], verdicts: RevisionVerdict[]): RevisionRow => ({
  prompt,
  response: "12345678",
  critiques: verdicts.map((_, round) => `critique ${round}`),
  revisions: verdicts.map((_, round) => `revised ${round}`),
  written: verdicts.map((_, round) => `So: revised ${round}`),
  endings: {
    response: "finished",
    critiques: verdicts.map(() => "unknown"),
    revisions: verdicts.map((_, round) => (round ? "cut" : "open")),
  },
  principles,
  verdicts,
  constitution: "abc",
});
const rows = [
  rowOf(
    ["calm", "brief"],
    [
      { kept: true, ratios: { original: 1, revision: 4 } },
      { kept: false, refusal: "not-preferred", ratios: { original: 1, revision: -1 } },
    ],
  ),
  rowOf(
    ["calm", "calm"],
    [
      { kept: false, refusal: "unchanged" },
      { kept: true, unchecked: "principle without personas" },
    ],
  ),
  rowOf(
    ["brief", "calm"],
    [
      { kept: false, refusal: "empty" },
      { kept: false, refusal: "unchanged" },
    ],
  ),
];

test("the report counts by hand", () => {
  const report = revisionReport(rows);
  expect(report).toMatchObject({
    prompts: 3,
    promptsKept: 2,
    yield: 2 / 3,
    revisions: 6,
    revisionsKept: 2,
    likelihood: { compared: 2, preferred: 1 / 2, meanGain: (3 - 2) / 2 },
    endings: { responses: { finished: 3 }, critiques: { unknown: 6 }, revisions: { cut: 3, open: 3 } },
    unchecked: { "principle without personas": 1 },
    lengthRatio: 18 / 16,
    principles: { brief: { revisions: 2, kept: 0 }, calm: { revisions: 4, kept: 2 } },
    constitution: "abc",
  });
  expect(report.refusals).toMatchObject({ unchanged: 2, empty: 1, "not-preferred": 1, "near-copy": 0 });
  const refused = Object.values(report.refusals).reduce((sum, count) => sum + count, 0);
  expect(refused + report.revisionsKept).toBe(report.revisions);
});

test("of no rows the report is empty, and holds no NaN", () => {
  expect(revisionReport([])).toMatchObject({ prompts: 0, yield: 0, lengthRatio: null, principles: {}, constitution: null });
  expect(JSON.stringify(revisionReport(rows.slice(2)))).not.toContain("NaN");
});

test("a prompt's kept revision is its last: later rounds are cut off", () => {
  expect(keptRevisions(rows).map(({ revisions, principles, endings }) => [revisions, principles, endings.revisions])).toEqual([
    [["revised 0"], ["calm"], ["open"]],
    [
      ["revised 0", "revised 1"],
      ["calm", "calm"],
      ["open", "cut"],
    ],
  ]);
});

test("for a chat model they become messages, for others text that follows the prompt", () => {
  const origin = { principle: "calm", constitution: "abc" };
  const answer = (content: string) => [{ role: "assistant", content }];
  const chat = revisionTrainingRows({ rows, format: promptFormat("chat") });
  expect(chat.examples[0]).toEqual({ prompt, completion: answer("revised 0"), ...origin });
  expect(chat.pairs[1]).toEqual({ prompt, chosen: answer("revised 1"), rejected: answer("12345678"), ...origin });
  const dialogue = revisionTrainingRows({ rows, format: promptFormat("dialogue") });
  const asked = "\n\nHuman: You fool.\n\nAssistant:";
  expect(dialogue.examples[0]).toEqual({ prompt: asked, completion: " revised 0", ...origin });
  expect(dialogue.pairs).toEqual([0, 1].map((i) => ({ prompt: asked, chosen: ` revised ${i}`, rejected: " 12345678", ...origin })));
});
