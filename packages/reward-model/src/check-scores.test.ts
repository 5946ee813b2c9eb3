import { describe, expect, test } from "vitest";
import { checkScores } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";

const circular: Record<string, unknown> = {};
circular.itself = circular;

test.each([[[0.5, -1]], [Float32Array.of(0.5, -1)], [Float64Array.of(0.5, -1)], [Int8Array.of(1, 2)]])("%o is taken", (scores) => {
  expect(checkScores(scores, { rows: 2, model: "m" })).toEqual(Float32Array.from(scores));
});

test("no rows have no scores", () => {
  expect(checkScores([], { rows: 0, model: "m" })).toEqual(new Float32Array(0));
});

describe("what is refused, with the model's name", () => {
  test.each<[unknown, string]>([
    [[1], "reward model m gave 1 scores for 2 rows"],
    [[1, 2, 3], "gave 3 scores for 2 rows"],
    [[1, Number.NaN], "the score of response 2 of 2 is NaN"],
    [[Number.NEGATIVE_INFINITY, 1], "the score of response 1 of 2 is -Infinity"],
    [[1, 1e39], "the score of response 2 of 2 is 1e+39"],
    [[1, null], "the score of response 2 of 2 is null"],
    [["1", 2], 'the score of response 1 of 2 is the text "1"'],
    [[1n, 2n], "the score of response 1 of 2 is the bigint 1, wanted a finite number"],
    [[1, true], "the score of response 2 of 2 is the boolean true, wanted a finite number"],
    [[[0.5], [1]], "the score of response 1 of 2 is the list [0.5], wanted a finite number"],
    [[1, Float32Array.of(0.5)], "the score of response 2 of 2 is the list [0.5], wanted a finite number"],
    [[1, { score: 1 }], 'the score of response 2 of 2 is the object {"score":1}, wanted a finite number'],
    [[1, "x".repeat(1000)], `is the text "${"x".repeat(56)}…, wanted a finite number`],
    [[1, circular], "the score of response 2 of 2 is the object { itself }, wanted a finite number"],
    [[1, { size: 1n }], "the score of response 2 of 2 is the object { size }, wanted a finite number"],
    [[1, { toJSON: () => undefined }], "the score of response 2 of 2 is the object { toJSON }"],
    [[1, [() => 1]], "the score of response 2 of 2 is the list [null]"],
    [new Array(2), "the score of response 1 of 2 is undefined"],
    ["12", "gave string"],
    [undefined, "gave undefined"],
    [null, "gave null"],
    [{ length: 2, 0: 1, 1: 2 }, "gave object"],
  ])("%o", (scores, message) => {
    const check = () => checkScores(scores, { rows: 2, model: "m" });
    expect(check).toThrow(RewardModelError);
    expect(check).toThrow(message);
  });
});
