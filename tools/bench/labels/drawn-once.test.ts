import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contrastLabeller, parseConstitution } from "@cai/constitution";
import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawnOnce, firstOf } from "./drawn-once.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drawn-once-"));
});
afterEach(() => rm(folder, { recursive: true }));

const constitution = parseConstitution(
  `name: one
principles:
  - name: calm
    critiqueRequest: Say what is not calm.
    revisionRequest: Write it more calmly.
    positivePersona: You are calm.
    negativePersona: You are angry.
`,
  "one.yaml",
);

test("answers are drawn once, and stay a pair of two personas when they are read", async () => {
  let drawn = 0;
  const feedback: FeedbackModel = {
    identity: "counts",
    async complete(conversations: readonly (readonly ChatMessage[])[]) {
      return conversations.map(([persona]) => ({ text: `${persona!.content} ${drawn++}`, ending: "finished" }));
    },
  };
  const prompts = ["One?", "Two?", "Three?"].map((content): ChatMessage[] => [{ role: "user", content }]);
  const drawing = { kind: "contrast", feedback, prompts, constitution, seed: 1 } as const;
  const open = () => drawnOnce({ file: join(folder, "contrast.jsonl"), drawing, constitution, chunkRows: 2, onProgress() {} });

  const first = await open();
  const again = await open();
  expect(drawn).toBe(6);
  expect(await again.pairs(0, 3)).toEqual(await first.pairs(0, 3));
  const [pair] = await again.pairs(2, 1);
  expect(pair).toMatchObject({ prompt: prompts[2], answers: ["You are calm. 4", "You are angry. 5"], principle: { name: "calm" } });
  const draws = { seed: 1, stream: "label", step: 0 };
  expect(await contrastLabeller().label([pair!], { draws })).toEqual([{ probability: 1, evidence: {} }]);
  expect([firstOf(again, 2).total, firstOf(again, 9).total]).toEqual([2, 3]);
});
