import { expect, test } from "vitest";
import { calm } from "../fake-feedback.fixture.ts";
import { revisionPairs } from "./revision-pairs.ts";

const brief = { ...calm, name: "brief" };
const constitution = { name: "mine", principles: [calm, brief] };
const prompt = [{ role: "user", content: "Hello." }];
const row = { prompt, response: "Go.", revisions: ["Go, please.", "Please go."], principles: ["calm", "brief"] };

test("the last revision stands against the original, by its principle", () => {
  expect(revisionPairs({ rows: [row], constitution })).toEqual([{ prompt, answers: ["Please go.", "Go."], principle: brief }]);
});

test.each([
  [{ revisions: [] }, "row 2 of the revisions has no revision"],
  [{ principles: ["calm"] }, "row 2 of the revisions has no principle for its last revision"],
  [{ principles: ["calm", "bold"] }, 'row 2 of the revisions was made by the principle "bold", which mine hasn\'t'],
])("%j is refused", (changes, message) => {
  expect(() => revisionPairs({ rows: [row, { ...row, ...changes }], constitution })).toThrow(message);
});
