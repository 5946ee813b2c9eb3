import { expect, test } from "vitest";
import { reviseCommand } from "./commands/revise.ts";
import { resolveRevise, reviseOptions } from "./revise-settings.ts";

const given = { policy: "p", prompts: "f", out: "o" };

test("every option has a flag of its name", () => {
  const flags = new Set(reviseCommand().options.map((option) => option.attributeName()));
  for (const name of Object.keys(reviseOptions)) expect(flags).toContain(name);
});

test("what is not told has the defaults", async () => {
  expect(await resolveRevise({ ...given, seed: 7, format: "dialogue", feedback: "q", json: true })).toEqual({
    ...given,
    constitution: "default",
    feedback: "q",
    feedbackModel: undefined,
    feedbackCache: undefined,
    feedbackOptions: undefined,
    format: "dialogue",
    skipBadLines: false,
    options: expect.objectContaining({ seed: 7, rounds: 1, fewShot: true, minLengthRatio: 0.5, batchSize: 8 }),
  });
});

test.each([
  [{ policy: "p" }, "cai revise needs --prompts, --out"],
  [{ ...given, rounds: 0 }, "--rounds is 0; expected at least 1"],
  [{ ...given, format: "prose" }, '--format is "prose": expected one of chat, dialogue, continuation'],
])("%j is refused", async (flags, message) => {
  await expect(resolveRevise(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
});
