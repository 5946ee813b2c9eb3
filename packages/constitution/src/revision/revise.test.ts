import type { ChatMessage } from "@cai/contracts";
import type { Ending } from "@cai/feedback";
import { expect, test } from "vitest";
import { calm, fakeFeedback, textOf } from "../fake-feedback.fixture.ts";
import type { Principle } from "../principles/constitution.ts";
import { revise } from "./revise.ts";

const brief: Principle = { name: "brief", critiqueRequest: "What is too long?", revisionRequest: "Shorten it.", weight: 1 };
const constitution = { name: "small", principles: [calm], examples: [], sha256: "abc" };
const prompts = ["You fool.", "Go away.", "Hello."].map((content) => [{ role: "user", content }]);
const last = (messages: readonly ChatMessage[]) => messages.at(-1)!.content;

/** Answers, critiques and revisions that tell which sample they are, and of which turn. */
const writes = (messages: readonly ChatMessage[], sample: number): string => {
  if (last(messages) === calm.critiqueRequest) return `critique ${sample}, that says what is wrong`;
  if (last(messages) === calm.revisionRequest) return `Here is the new answer:\n\nrevision ${sample} after ${messages.length} turns`;
  return `answer ${sample}, as it came`;
};
/** Revisions are likelier under the positive persona by what the sample's number says. */
const logprobOf = (gains: readonly number[]) => {
  return ({ messages, answer }: { messages: readonly ChatMessage[]; answer: string }) => {
    const isPositive = textOf(messages).startsWith(`system: ${calm.positivePersona}`);
    const gain = answer.startsWith("revision") ? gains[Number(/\d+/.exec(answer)![0])]! : 0.5;
    return { logprob: isPositive ? gain - 10 : -10, tokens: 4 };
  };
};

test("a prompt is answered, criticised and revised; every intermediate is kept, with what the gate says", async () => {
  const feedback = fakeFeedback({ write: writes, logprob: logprobOf([1, 0.25, 0.5]) });
  const rows = await revise({ feedback, constitution, prompts, seed: 7, maxNewTokens: 32, temperature: 0.5 });
  expect(rows[0]).toEqual({
    prompt: prompts[0],
    response: "answer 0, as it came",
    critiques: ["critique 0, that says what is wrong"],
    revisions: ["revision 0 after 5 turns"],
    written: ["Here is the new answer:\n\nrevision 0 after 5 turns"],
    endings: { response: "finished", critiques: ["finished"], revisions: ["finished"] },
    principles: ["calm"],
    verdicts: [{ kept: true, ratios: { original: 0.5, revision: 1 } }],
    constitution: "abc",
  });
  const notPreferred = (revision: number) => [{ kept: false, refusal: "not-preferred", ratios: { original: 0.5, revision } }];
  expect(rows[1]!.verdicts).toEqual(notPreferred(0.25));
  expect(rows[2]!.verdicts).toEqual(notPreferred(0.5)); // equal is not preferred
  expect(feedback.asked.completions.map(({ options }) => options)).toEqual(
    ["response", "critique", "revision"].map((turn) => ({
      draws: { seed: 7, stream: `revise/${turn}`, step: 0, firstSample: 0 },
      maxNewTokens: 32,
      temperature: 0.5,
    })),
  );
  expect(textOf(feedback.asked.completions[2]!.conversations[0]!)).toBe(
    [
      "user: You fool.",
      "assistant: answer 0, as it came",
      `user: ${calm.critiqueRequest}`,
      "assistant: critique 0, that says what is wrong",
      `user: ${calm.revisionRequest}`,
    ].join("\n"),
  );
});

test("in parts it makes the same rows as at once", async () => {
  const options = { constitution: { ...constitution, principles: [calm, { ...calm, name: "calmer" }] }, rounds: 2, seed: 3 };
  const feedback = fakeFeedback({ write: writes, logprob: logprobOf([1, 1, 1]) });
  const whole = await revise({ ...options, feedback, prompts });
  const parts = [
    ...(await revise({ ...options, feedback, prompts: prompts.slice(0, 2) })),
    ...(await revise({ ...options, feedback, prompts: prompts.slice(2), firstPrompt: 2 })),
  ];
  expect(parts).toEqual(whole);
});

test("the next round revises the revision, unless it was refused on sight: then what that one had revised", async () => {
  const says = ["a first revision of it", "answer", "a third revision of it"];
  const feedback = fakeFeedback({
    write: (messages) => {
      if (last(messages) === calm.critiqueRequest) return "It isn't good";
      return last(messages) === calm.revisionRequest ? says.shift()! : "an answer that came first";
    },
  });
  const [row] = await revise({ feedback, constitution, prompts: [prompts[0]!], rounds: 3 });
  const unchecked = { kept: true, unchecked: "model without log-probabilities" };
  expect(row!.verdicts).toEqual([unchecked, { kept: false, refusal: "too-short" }, unchecked]);
  const criticised = feedback.asked.completions.flatMap(({ conversations: [asked] }) =>
    last(asked!) === calm.critiqueRequest ? [asked!.at(-2)!.content] : [],
  );
  expect(criticised).toEqual(["an answer that came first", "a first revision of it", "a first revision of it"]);
  expect(feedback.asked.completions.map(({ options }) => options.draws.step)).toEqual([0, 0, 0, 1, 1, 2, 2]);
});

test("how each text ended is kept; a revision that was cut is refused and not built on, unless that is no matter", async () => {
  const endings: Ending[] = ["unknown", "cut", "cut", "open", "finished"];
  const ask = async (options: object) => {
    const next = endings.values();
    const feedback = fakeFeedback({ write: (...given) => ({ text: writes(...given), ending: next.next().value! }) });
    const [row] = await revise({ feedback, constitution, prompts: [prompts[0]!], rounds: 2, ...options });
    return { row: row!, criticisedAt2: textOf(feedback.asked.completions[3]!.conversations[0]!.slice(0, 2)) };
  };
  const { row, criticisedAt2 } = await ask({});
  expect(row.endings).toEqual({ response: "unknown", critiques: ["cut", "open"], revisions: ["cut", "finished"] });
  const unchecked = { kept: true, unchecked: "model without log-probabilities" };
  expect(row.verdicts).toEqual([{ kept: false, refusal: "cut" }, unchecked]);
  expect(criticisedAt2).toContain("assistant: answer 0");
  const lenient = await ask({ refuseCut: false });
  expect(lenient.row.verdicts).toEqual([unchecked, unchecked]);
  expect(lenient.criticisedAt2).toContain("assistant: revision 0");
});

test("a principle without personas is not checked by likelihood; those with them are, beside it", async () => {
  const feedback = fakeFeedback({
    write: (messages) => (messages.length === 5 ? "revision 0 is this one" : "answer and more"),
    logprob: logprobOf([1]),
  });
  const rows = await revise({ feedback, constitution: { ...constitution, principles: [brief, calm] }, prompts: [...prompts, ...prompts] });
  const expected = {
    brief: { kept: true, unchecked: "principle without personas" },
    calm: { kept: true, ratios: { original: 0.5, revision: 1 } },
  };
  expect(new Set(rows.map(({ principles }) => principles[0])).size).toBe(2);
  for (const { principles, verdicts } of rows) expect(verdicts).toEqual([expected[principles[0] as "brief" | "calm"]]);
});

test("another model than the policy may criticise and revise", async () => {
  const policy = fakeFeedback({ write: () => "the policy's answer" });
  const feedback = fakeFeedback({ write: writes });
  const [row] = await revise({ policy, feedback, constitution, prompts });
  expect(row!.response).toBe("the policy's answer");
  expect([policy, feedback].map(({ asked }) => asked.completions.length)).toEqual([1, 2]);
});

test("the constitution's examples stand before the prompt, each with its own principle's requests, unless they are not wanted", async () => {
  const example = { prompt: "p", response: "r", critique: "c", revision: "v" };
  const examples = [{ ...example, principle: "brief" }, example];
  const given = { constitution: { ...constitution, principles: [{ ...brief, weight: 1e-9 }, calm], examples }, prompts: [prompts[0]!] };
  const feedback = fakeFeedback({ write: writes });
  await revise({ ...given, feedback });
  await revise({ ...given, feedback, fewShot: false });
  const [, asked, , , plain] = feedback.asked.completions.map(({ conversations }) => textOf(conversations[0]!));
  const turns = (critiqueRequest: string, revisionRequest: string) =>
    `user: p\nassistant: r\nuser: ${critiqueRequest}\nassistant: c\nuser: ${revisionRequest}\nassistant: v\n`;
  expect(plain).toBe(`user: You fool.\nassistant: answer 0, as it came\nuser: ${calm.critiqueRequest}`);
  expect(asked).toBe(turns(brief.critiqueRequest, brief.revisionRequest) + turns(calm.critiqueRequest, calm.revisionRequest) + plain);
});

test("a copy of the prompt, of a request or of an example is refused", async () => {
  const example = { prompt: "p", response: "r", critique: "c", revision: "a very good revision" };
  const copies = ["You fool.", calm.revisionRequest, "A very good revision."];
  for (const [index, copy] of copies.entries()) {
    const feedback = fakeFeedback({ write: (messages) => (last(messages) === calm.revisionRequest ? copy : "an answer") });
    const [row] = await revise({ feedback, constitution: { ...constitution, examples: [example] }, prompts: [prompts[0]!] });
    expect(row!.verdicts).toEqual([{ kept: false, refusal: index < 2 ? "copy-of-request" : "copy-of-example" }]);
  }
});

test.each([
  [
    [
      { role: "user", content: "Hi." },
      { role: "assistant", content: "So" },
    ],
    "prompt 6 ends with a turn of the assistant",
  ],
  [[], "prompt 6 is empty"],
])("a prompt that can't be answered is refused, by its number, before anything is asked", async (prompt, message) => {
  const feedback = fakeFeedback({ write: writes });
  await expect(revise({ feedback, constitution, prompts: [prompts[0]!, prompt], firstPrompt: 4 })).rejects.toThrow(message);
  expect(feedback.asked.completions).toEqual([]);
});

test("unknown options and options out of bounds are refused", async () => {
  const feedback = fakeFeedback({ write: writes });
  await expect(revise({ feedback, constitution, prompts, rounds: 0 })).rejects.toThrow("rounds is 0; expected at least 1");
  await expect(revise({ feedback, constitution, prompts, round: 1 } as never)).rejects.toThrow("did you mean rounds?");
});

test("an abort ends it with its reason", async () => {
  const feedback = fakeFeedback({ write: writes });
  const reason = new Error("enough");
  await expect(revise({ feedback, constitution, prompts, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
