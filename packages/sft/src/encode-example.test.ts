import { expect, test } from "vitest";
import { encodeExample, type SftExample } from "./encode-example.ts";
import { letters, marked, turns } from "./letters.fixture.ts";

const defaults = { completionOnlyLoss: true, assistantOnlyLoss: false };
const learned = (example: SftExample, options = {}) => {
  const { ids, counted } = encodeExample(example, letters, { ...defaults, ...options });
  return [letters.decode(ids), marked(ids, counted)];
};
const prompt = turns("system: x", "user: hi", "assistant: yo", "user: so");
const completion = turns("assistant: well");

test("of a text everything is learned but its first token, which nothing predicts; the end of text too", () => {
  expect(learned({ text: "hey" })).toEqual(["hey.", "ey."]);
  expect(learned({ text: "hey." })).toEqual(["hey.", "ey."]);
});

test("of a prompt and its completion, the completion alone, or both", () => {
  expect(learned({ prompt: "hi", completion: "yo" })).toEqual(["hiyo.", "yo."]);
  expect(learned({ prompt: "hi", completion: "yo" }, { completionOnlyLoss: false })).toEqual(["hiyo.", "iyo."]);
  expect(learned({ prompt, completion })).toEqual(["<s>x.<u>hi.<a>yo.<u>so.<a>well.", "well."]);
});

test("of messages, all of them, or the assistant's turns", () => {
  const messages = [...prompt, ...completion];
  expect(learned({ messages })[1]).toBe("s>x.<u>hi.<a>yo.<u>so.<a>well.");
  expect(learned({ messages }, { assistantOnlyLoss: true })[1]).toBe("yo.well.");
});

test("of a prompt and its completion with messages, what is both the completion's and the assistant's", () => {
  const both = { prompt, completion: turns("assistant: well", "user: no", "assistant: oh") };
  expect(learned(both, { assistantOnlyLoss: true })[1]).toBe("well.oh.");
  expect(learned(both, { assistantOnlyLoss: true, completionOnlyLoss: false })[1]).toBe("yo.well.oh.");
});

test("tokens are taken as they are", () => {
  expect(learned({ promptIds: letters.encode("hi"), completionIds: letters.encode("yo") })).toEqual(["hiyo", "yo"]);
});

test("what else an example holds is not looked at", () => {
  expect(learned({ text: "hey", id: 5, prompt: "none" } as SftExample)).toEqual(["hey.", "ey."]);
});

test("the end of a prompt that reads differently before its completion is told", () => {
  const { ids, counted, leftOut } = encodeExample({ prompt: "xa", completion: "b" }, letters, defaults);
  expect([letters.decode(ids), marked(ids, counted), letters.decode(leftOut)]).toEqual(["xab.", "ab.", "a"]);
});

test.each([
  [
    { input: "hey" },
    {},
    /no example, it holds input; expected { text }, { prompt, completion }, { messages } or { promptIds, completionIds }/,
  ],
  [null, {}, /no example, it holds nothing/],
  ["hey", {}, /no example/],
  [{ text: "a", messages: [] }, {}, /more than one example \(text, messages\)/],
  [{ text: 5 }, {}, /no example, it holds text/],
  [{ text: "" }, {}, /there is no token to learn; expected two tokens at least/],
  [{ promptIds: Int32Array.of(1), completionIds: new Int32Array() }, {}, /no token to learn/],
  [{ text: "hey" }, { assistantOnlyLoss: true }, /assistantOnlyLoss wants messages/],
  [{ prompt: "hi", completion: "yo" }, { assistantOnlyLoss: true }, /assistantOnlyLoss wants messages/],
  [{ messages: turns("user: hi") }, { assistantOnlyLoss: true }, /no turn of the assistant/],
])("%j is refused", (example, options, message) => {
  expect(() => learned(example as SftExample, options)).toThrow(message);
});
