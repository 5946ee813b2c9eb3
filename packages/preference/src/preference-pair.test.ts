import { expect, test } from "vitest";
import { labelledPair, type PreferencePair } from "./preference-pair.ts";

const user = { role: "user", content: "What color is the sky?" };
const says = (content: string) => ({ role: "assistant", content });

test("a pair with a prompt stays as it is; its label is 1, its margin 0", () => {
  expect(labelledPair({ prompt: "2 + 2 =", chosen: " 4", rejected: " 5" })).toEqual({
    answers: { prompt: "2 + 2 =", completions: [" 4", " 5"] },
    margin: 0,
    probability: 1,
  });
  expect(labelledPair({ prompt: [user], chosen: [says("Blue")], rejected: [says("Green")], margin: 2, probability: 0.7 })).toEqual({
    answers: { prompt: [user], completions: [[says("Blue")], [says("Green")]] },
    margin: 2,
    probability: 0.7,
  });
});

test("an implicit prompt of messages is what both begin with", () => {
  const { answers } = labelledPair({ chosen: [user, says("It is blue.")], rejected: [{ ...user }, says("It is green.")] });
  expect(answers).toEqual({ prompt: [user], completions: [[says("It is blue.")], [says("It is green.")]] });
});

test("an implicit prompt of texts leaves its last space to the answers, and something to the shorter answer", () => {
  const split = (chosen: string, rejected: string) => {
    const { prompt, completions } = labelledPair({ chosen, rejected }).answers;
    return [prompt, ...completions];
  };
  expect(split("The sky is blue.", "The sky is green.")).toEqual(["The sky is", " blue.", " green."]);
  expect(split("ab", "abc")).toEqual(["a", "b", "bc"]);
  expect(split("no", "yes")).toEqual(["", "no", "yes"]);
  expect(split("is 😀!", "is 😁!")).toEqual(["is ", "😀!", "😁!"]); // no half of a character
});

test("what the template is given stays, and null counts as absent, as JSON lines have it", () => {
  const tools = [{ name: "search" }];
  const pair = { prompt: null, chosen: [user, says("a")], rejected: [user, says("b")], margin: null, probability: null, tools };
  const { answers, ...label } = labelledPair(pair as unknown as PreferencePair);
  expect(answers).toEqual({ prompt: [user], completions: [[says("a")], [says("b")]], tools });
  expect(label).toEqual({ margin: 0, probability: 1 });
});

test("what is no pair is refused", () => {
  const refused = (pair: object) => expect(() => labelledPair(pair as PreferencePair));
  refused({ prompt: "a", chosen: "b" }).toThrow("must all be text, or all lists of messages");
  refused({ prompt: [user], chosen: "b", rejected: "c" }).toThrow("must all be text");
  refused({ chosen: "", rejected: "c" }).toThrow("an answer is empty, and there is no prompt");
  refused({ chosen: "b", rejected: "c", margin: "2" }).toThrow('margin is "2"; expected a finite number');
  refused({ chosen: "b", rejected: "c", probability: 1.2 }).toThrow("probability is 1.2; expected a number from 0 to 1");
});
