import { promptFormat } from "@cai/feedback";
import { expect, test } from "vitest";
import type { LabelledPair } from "./labelled-pairs.ts";
import { preferenceRows } from "./preference-rows.ts";

const labelled = (answers: [string, string], probability: number): LabelledPair => ({
  prompt: [{ role: "user", content: "Hello." }],
  answers,
  principle: "calm",
  constitution: "c0de",
  probability,
  evidence: { difference: 1 },
});
const pairs = [
  labelled(["Hi.", "Go."], 0.75),
  labelled(["Go.", "Hi."], 0.125),
  labelled(["Hi.", "Go."], 0.5),
  labelled(["Hi.", "Hi.\n"], 0.5),
];

test("chosen is the likelier answer with its probability, in the policy's form; no preferences and equal answers are left out", () => {
  const from = { principle: "calm", constitution: "c0de", evidence: { difference: 1 } };
  expect(preferenceRows({ pairs, format: promptFormat("dialogue") })).toEqual([
    { prompt: "\n\nHuman: Hello.\n\nAssistant:", chosen: " Hi.", rejected: " Go.", probability: 0.75, chosenAnswer: 0, ...from },
    { prompt: "\n\nHuman: Hello.\n\nAssistant:", chosen: " Hi.", rejected: " Go.", probability: 0.875, chosenAnswer: 1, ...from },
  ]);
});

test("for a chat template all three are messages", () => {
  const [row] = preferenceRows({ pairs, format: promptFormat("chat") });
  expect(row).toMatchObject({
    prompt: [{ role: "user", content: "Hello." }],
    chosen: [{ role: "assistant", content: "Hi." }],
    rejected: [{ role: "assistant", content: "Go." }],
  });
});
