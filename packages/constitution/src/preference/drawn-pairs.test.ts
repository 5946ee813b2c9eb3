import { expect, test } from "vitest";
import { calm, draws, fakeFeedback, textOf } from "../fake-feedback.fixture.ts";
import { contrastPairs, sampledPairs } from "./drawn-pairs.ts";

const prompts = ["Hello.", "Go!"].map((content) => [{ role: "user", content }]);
const brief = { ...calm, name: "brief", positivePersona: "You say little.", negativePersona: "You talk." };
const echo = () => fakeFeedback({ write: (messages, sample) => `${sample}: ${textOf(messages)}` });
const drawing = { prompts, principles: [calm, brief], draws: { ...draws, firstSample: 4 }, maxNewTokens: 12, temperature: 0.7 };

test("sampled pairs are two draws for each prompt, of samples that don't depend on what is drawn beside them", async () => {
  const feedback = echo();
  const pairs = await sampledPairs({ feedback, ...drawing });
  expect(pairs).toEqual([
    { prompt: prompts[0], answers: ["8: user: Hello.", "9: user: Hello."], principle: calm },
    { prompt: prompts[1], answers: ["10: user: Go!", "11: user: Go!"], principle: brief },
  ]);
  const options = { draws: { ...draws, firstSample: 8 }, maxNewTokens: 12, temperature: 0.7 };
  expect(feedback.asked.completions.map((asked) => asked.options)).toEqual([options]);
  const second = { prompts: prompts.slice(1), principles: [brief], draws: { ...draws, firstSample: 5 } };
  expect(await sampledPairs({ feedback, ...drawing, ...second })).toEqual(pairs.slice(1));
});

test("contrast pairs are written under the principle's personas, the positive one first, to the prompt without them", async () => {
  expect(await contrastPairs({ feedback: echo(), ...drawing })).toEqual([
    {
      prompt: prompts[0],
      answers: ["8: system: You are calm.\nuser: Hello.", "9: system: You are angry.\nuser: Hello."],
      principle: calm,
      personas: ["positive", "negative"],
    },
    {
      prompt: prompts[1],
      answers: ["10: system: You say little.\nuser: Go!", "11: system: You talk.\nuser: Go!"],
      principle: brief,
      personas: ["positive", "negative"],
    },
  ]);
});

test("there is a principle for each prompt, and an abort is one", async () => {
  await expect(sampledPairs({ feedback: echo(), ...drawing, principles: [calm] })).rejects.toThrow("1 principles for 2 prompts");
  const aborted = contrastPairs({ feedback: echo(), ...drawing, signal: AbortSignal.abort(new Error("enough")) });
  await expect(aborted).rejects.toThrow("enough");
});
