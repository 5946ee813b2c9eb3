import type { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { chooseOutput, type OutputOptions, readScores } from "./model-output.ts";

const value = (name: string, type: Tensor.Type = "float32", shape: (number | string)[] = ["batch", 1]): InferenceSession.ValueMetadata => ({
  name,
  isTensor: true,
  type,
  shape,
});
const options: OutputOptions = { output: undefined, label: undefined, labels: undefined, score: "logit", independent: false, path: "m" };
const labels = ["hostile", "warm"];

describe("the output is", () => {
  test.each([
    ["the usual name before others", [value("hidden"), value("logits")], "logits"],
    ["the first of the usual names", [value("scores"), value("score")], "score"],
    ["the only one of floats", [value("ids", "int64"), value("reward", "float64")], "reward"],
    ["one in half precision", [value("ids", "int64"), value("reward", "float16")], "reward"],
  ])("%s", (_, outputs, name) => {
    expect(chooseOutput(outputs, options)).toBe(name);
  });

  test("the one asked for", () => {
    expect(chooseOutput([value("logits"), value("value")], { ...options, output: "value" })).toBe("value");
  });
});

describe("models without a clear output are refused with their list", () => {
  test("several of floats, none of a usual name", () => {
    expect(() => chooseOutput([value("a"), value("b", "float32", ["n", 7])], options)).toThrow(
      "m gives a (float32 [batch,1]), b (float32 [n,7]); wanted one output of floats",
    );
  });

  test("none of the name asked for", () => {
    expect(() => chooseOutput([value("logits")], { ...options, output: "reward" })).toThrow("wanted one of floats named reward");
  });

  test("a shape that holds no scores", () => {
    expect(() => chooseOutput([value("logits", "float32", ["batch", "sequence", 512])], options)).toThrow(
      "gives scores of the shape [batch, sequence, 512]",
    );
  });

  test("several classes without a label", () => {
    expect(() => chooseOutput([value("logits", "float32", ["batch", 2])], { ...options, labels })).toThrow(
      "m gives 2 numbers a row: choose one by index or name with the option label: 0 (hostile), 1 (warm)",
    );
  });
});

describe("scores are read from", () => {
  const data = Float32Array.of(1, 2, 3, 4);

  test("[rows] and [rows, 1]", () => {
    expect(readScores({ data, shape: [4] }, 4, options)).toEqual([1, 2, 3, 4]);
    expect(readScores({ data, shape: [4, 1] }, 4, options)).toEqual([1, 2, 3, 4]);
  });

  test("a class by its index or name", () => {
    expect(readScores({ data, shape: [2, 2] }, 2, { ...options, label: 0 })).toEqual([1, 3]);
    expect(readScores({ data, shape: [2, 2] }, 2, { ...options, label: "warm", labels })).toEqual([2, 4]);
  });

  test("a class by an index that is text, unless a class has that name", () => {
    expect(readScores({ data, shape: [2, 2] }, 2, { ...options, label: "0", labels })).toEqual([1, 3]);
    expect(readScores({ data, shape: [2, 2] }, 2, { ...options, label: "0", labels: ["1", "0"] })).toEqual([2, 4]);
  });

  test("a class by its log-odds or probability", () => {
    const chosen = { ...options, label: "warm", labels } as const;
    expect(readScores({ data, shape: [2, 2] }, 2, { ...chosen, score: "log-odds" })).toEqual([1, 1]);
    const [first, second] = readScores({ data, shape: [2, 2] }, 2, { ...chosen, score: "probability" });
    expect(first).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(second).toBe(first);
  });

  test("no class that is not there", () => {
    const read = (label: string | number) => () => readScores({ data, shape: [2, 2] }, 2, { ...options, label, labels });
    expect(read("cold")).toThrow('m gives 2 numbers a row and none is "cold"');
    for (const label of [2, -1, 0.5, Number.NaN, "", " ", "2", "1.0"]) expect(read(label)).toThrow(/and none is/);
  });

  test("no other shape", () => {
    expect(() => readScores({ data, shape: [2, 2, 1] }, 2, options)).toThrow("scores of the shape [2, 2, 1]");
    expect(() => readScores({ data, shape: [1, 4] }, 4, options)).toThrow("scores of the shape [1, 4]");
  });
});
