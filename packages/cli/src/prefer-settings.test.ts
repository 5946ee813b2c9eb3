import { expect, test } from "vitest";
import { preferCommand } from "./commands/prefer.ts";
import { preferOptions, resolvePrefer } from "./prefer-settings.ts";

const drawn = { policy: "p", prompts: "f", out: "o" };
const revised = { policy: "p", revisions: "r", out: "o" };

test("every option has a flag of its name", () => {
  const flags = new Set(preferCommand().options.map((option) => option.attributeName()));
  for (const name of Object.keys(preferOptions)) expect(flags).toContain(name);
});

test("what is not told has the defaults, and the pairs are those that the labeller or the file asks for", async () => {
  expect(await resolvePrefer({ ...drawn, labeller: "choice", seed: 7, json: true })).toEqual({
    policy: "p",
    constitution: "default",
    prompts: "f",
    revisions: undefined,
    skipBadLines: false,
    out: "o",
    feedback: undefined,
    feedbackModel: undefined,
    feedbackCache: undefined,
    feedbackOptions: undefined,
    labeller: "choice",
    pairs: "sampled",
    format: undefined,
    options: expect.objectContaining({ seed: 7, pairsPerPrompt: 1, votes: 4, ratioScale: 1, chainOfThought: false }),
  });
  expect((await resolvePrefer({ ...drawn, labeller: "contrast" })).pairs).toBe("contrast");
  expect((await resolvePrefer({ ...drawn, labeller: "likelihood-ratio", pairs: "contrast" })).pairs).toBe("contrast");
  expect((await resolvePrefer({ ...revised, labeller: "votes" })).pairs).toBe("revisions");
});

test.each([
  [{ policy: "p" }, "cai prefer needs --labeller, --out"],
  [{ ...drawn, labeller: "oracle" }, '--labeller is "oracle": expected one of choice, likelihood-ratio, contrast, votes'],
  [{ ...drawn, labeller: "choice", batchSize: 0 }, "--batch-size is 0; expected at least 1"],
  [{ ...drawn, labeller: "choice", pairs: "revisions" }, "--pairs revisions needs --revisions"],
  [{ ...revised, labeller: "choice", pairs: "sampled" }, "--revisions is for --pairs revisions, not sampled"],
  [{ ...revised, ...drawn, labeller: "choice" }, "leave --prompts out"],
  [{ policy: "p", out: "o", labeller: "choice" }, "--pairs sampled needs --prompts"],
  [{ ...drawn, labeller: "contrast", pairs: "sampled" }, "--labeller contrast is for --pairs contrast, not sampled"],
  [{ ...drawn, labeller: "contrast", feedback: "demo" }, "--labeller contrast asks no judge"],
  [{ ...drawn, labeller: "likelihood-ratio", ratioScale: 2, calibrationPairs: 4 }, "give one of them"],
  [{ ...revised, labeller: "likelihood-ratio", calibrationPairs: 4 }, "--calibration-pairs draws answers to --prompts"],
])("%j is refused", async (flags, message) => {
  await expect(resolvePrefer(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
});
