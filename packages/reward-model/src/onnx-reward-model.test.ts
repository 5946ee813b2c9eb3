import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphBuilder } from "@cai/onnx-graph";
import { goldenPath } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { OnnxRewardModel, type OnnxRewardOptions } from "./onnx-reward-model.ts";

const golden = goldenPath("tiny-reward");
const {
  inputIds,
  attentionMask,
  scores: expected,
}: { inputIds: number[][]; attentionMask: number[][]; scores: number[] } = JSON.parse(
  await readFile(join(golden, "expected.json"), "utf8"),
).rightPadded;
const goldenIds = inputIds.map((row, index) => row.filter((_, column) => attentionMask[index]![column] === 1));
const tokenizer = await loadTokenizer(golden);
const goldenTexts = goldenIds.map((ids) => tokenizer.decode(ids));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-onnx-reward-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function scoreOnce(path: string, request: ReturnType<typeof requestOf>, options?: OnnxRewardOptions): Promise<number[]> {
  const model = await OnnxRewardModel.load(path, options);
  try {
    return [...(await model.score(request))];
  } finally {
    await model.dispose();
  }
}

function expectGolden(scores: readonly number[], wanted: readonly number[] = expected) {
  expect(scores).toHaveLength(wanted.length);
  for (const [row, score] of scores.entries()) expect(Math.abs(score - wanted[row]!)).toBeLessThan(5e-5);
}

describe("the golden reward model", () => {
  test.each([
    ["text", "right"],
    ["text", "left"],
    ["ids", "right"],
    ["ids", "left"],
  ] as const)("gives the reference's scores from %s, padded on the %s", async (input, paddingSide) => {
    expectGolden(await scoreOnce(golden, requestOf(goldenTexts, goldenIds), { input, paddingSide }));
  });

  test("gives them when prompt and response are apart", async () => {
    const request = {
      prompts: goldenTexts.map((text) => text.slice(0, 2)),
      responses: goldenTexts.map((text) => text.slice(2)),
      promptIds: goldenIds.map((ids) => Int32Array.from(ids.slice(0, 1))),
      responseIds: goldenIds.map((ids) => Int32Array.from(ids.slice(1))),
    };
    expectGolden(await scoreOnce(golden, request));
    expectGolden(await scoreOnce(golden, request, { input: "ids" }));
  });

  test("gives each row its score, whatever the order, the repetitions and the batch size", async () => {
    const models = await Promise.all([1, 2, 3, 16].map((batchSize) => OnnxRewardModel.load(golden, { batchSize, threads: 1 })));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 9 }), fc.constantFrom(...models), async (rows, model) => {
        const scores = await model.score(requestOf(rows.map((row) => goldenTexts[row]!)));
        expectGolden(
          [...scores],
          rows.map((row) => expected[row]!),
        );
      }),
      { numRuns: 25 },
    );
    await Promise.all(models.map((model) => model.dispose()));
  });

  test("loses the beginning of a row that is too long", async () => {
    const longer = [`In the beginning ${goldenTexts[0]}`];
    expectGolden(await scoreOnce(golden, requestOf(longer), { maxLength: 2 }), [expected[0]!]);
  });

  test("takes no more than its 128 positions, by itself", async () => {
    const [score] = await scoreOnce(golden, requestOf(["a".repeat(500)]));
    expect(score).toBe((await scoreOnce(golden, requestOf(["a".repeat(128)])))[0]);
  });

  test("is found as a file, in a folder onnx, and as the only model of a folder", async () => {
    const request = requestOf(goldenTexts, goldenIds);
    expectGolden(await scoreOnce(join(golden, "model.onnx"), request));
    const folder = join(directory, "layout");
    await mkdir(join(folder, "onnx"), { recursive: true });
    for (const name of ["tokenizer.json", "tokenizer_config.json"]) await cp(join(golden, name), join(folder, name));
    await cp(join(golden, "model.onnx"), join(folder, "onnx", "model.onnx"));
    expectGolden(await scoreOnce(folder, request));
    expectGolden(await scoreOnce(join(folder, "onnx", "model.onnx"), request));
    await cp(join(golden, "model.onnx"), join(folder, "reward.onnx"));
    await rm(join(folder, "onnx"), { recursive: true });
    expectGolden(await scoreOnce(folder, request));
  });

  test("is the file of a folder that the option file names", async () => {
    const folder = join(directory, "several");
    await mkdir(join(folder, "onnx"), { recursive: true });
    await cp(join(golden, "model.onnx"), join(folder, "onnx", "model_quantized.onnx"));
    await writeFile(join(folder, "onnx", "model.onnx"), "");
    const request = requestOf(goldenTexts, goldenIds);
    expectGolden(await scoreOnce(folder, request, { input: "ids", file: "onnx/model_quantized.onnx" }));
    await expect(OnnxRewardModel.load(folder, { file: "model_q4.onnx" })).rejects.toThrow(
      "has no model_q4.onnx but onnx/model.onnx, onnx/model_quantized.onnx: choose one with the option file",
    );
    await expect(OnnxRewardModel.load(join(folder, "onnx", "model.onnx"), { file: "model.onnx" })).rejects.toThrow("is a file already");
  });

  test("takes ids where an .onnx file has no tokenizer beside it", async () => {
    const file = join(directory, "alone.onnx");
    await cp(join(golden, "model.onnx"), file);
    expectGolden(await scoreOnce(file, requestOf(goldenTexts, goldenIds)));
    expectGolden(await scoreOnce(file, requestOf(goldenTexts), { tokenizer }));
  });

  test("refuses to score once disposed of, and may be disposed of twice", async () => {
    const model = await OnnxRewardModel.load(golden);
    await Promise.all([model.dispose(), model.dispose()]);
    await expect(model.score(requestOf(goldenTexts))).rejects.toThrow(`reward model ${golden} has been disposed of`);
  });

  test("rejects with an abort's reason", async () => {
    const model = await OnnxRewardModel.load(golden);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(model.score(requestOf(goldenTexts), { signal })).rejects.toThrow("stopped");
    await model.dispose();
  });
});

describe("other models", () => {
  /** Σ ids·mask of each row, and its negative, from int32 inputs of the shape [rows, columns]. */
  async function writeSums(name: string, [rows, columns]: [number | string, number | string], classes: 1 | 2): Promise<string> {
    const graph = new GraphBuilder();
    const masked = graph.node("Mul", [
      graph.input("input_ids", "int32", [rows, columns]),
      graph.input("attention_mask", "int32", [rows, columns]),
    ]);
    const axis = graph.initializer({ type: "int64", shape: [1], data: [1] });
    const sum = graph.node("Cast", [graph.node("ReduceSum", [masked, axis])], { attributes: { to: { int: 1 } } });
    const signs = graph.initializer({ type: "float32", shape: [1, classes], data: classes === 1 ? [1] : [-1, 1] });
    graph.output(graph.node("MatMul", [sum, signs], { output: "reward" }), "float32", [rows, classes]);
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, "model.onnx"), graph.toBytes());
    return join(directory, name);
  }
  const request = requestOf(["", "", ""], [[1, 2, 3], [40], [5, 6]]);

  test("a class is chosen by its name in config.json", async () => {
    const folder = await writeSums("classes", ["batch", "sequence"], 2);
    await writeFile(join(folder, "config.json"), JSON.stringify({ id2label: { 0: "hostile", 1: "warm" }, pad_token_id: 77 }));
    expect(await scoreOnce(folder, request, { input: "ids", label: "warm" })).toEqual([6, 40, 11]);
    expect(await scoreOnce(folder, request, { input: "ids", label: 0 })).toEqual([-6, -40, -11]);
    await expect(OnnxRewardModel.load(folder, { input: "ids" })).rejects.toThrow("0 (hostile), 1 (warm)");
  });

  test("one exported for fixed sizes gets rows of that size", async () => {
    const folder = await writeSums("fixed", [2, 3], 1);
    expect(await scoreOnce(folder, requestOf(["", "", ""], [[9, 1, 2, 3], [40], [5, 6]]), { input: "ids" })).toEqual([6, 40, 11]);
  });

  test("one for rows of one length that could not tell padding from text is refused", async () => {
    const folder = await writeSums("untold", ["batch", 3], 1);
    await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "gpt2", pad_token_id: null }));
    await expect(OnnxRewardModel.load(folder, { input: "ids" })).rejects.toThrow(
      "takes rows of 3 tokens only, and config.json beside it has no",
    );
    expect(await scoreOnce(folder, request, { input: "ids", padTokenId: 0 })).toEqual([6, 40, 11]);
  });

  /** Ids as scores, `[batch, sequence]`: how many there are is known only once it runs. */
  async function writeIds(name: string, type: "float32" | "float64" | "float16" | "bfloat16"): Promise<string> {
    const graph = new GraphBuilder();
    const codes = { float32: 1, float64: 11, float16: 10, bfloat16: 16 };
    const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
    graph.output(graph.node("Cast", [ids], { attributes: { to: { int: codes[type] } }, output: "score" }), type, ["batch", "classes"]);
    const file = join(directory, name);
    await writeFile(file, graph.toBytes());
    return file;
  }

  test.each(["float32", "float64", "float16"] as const)("scores in %s are read as numbers", async (type) => {
    const file = await writeIds(`${type}.onnx`, type);
    expect(await scoreOnce(file, requestOf(["", ""], [[3], [2047]]))).toEqual([3, 2047]);
  });

  test("scores in bfloat16, which onnxruntime-node can't read, are refused when it is loaded", async () => {
    await expect(OnnxRewardModel.load(await writeIds("bfloat16.onnx", "bfloat16"))).rejects.toThrow(
      "That is bfloat16, which onnxruntime-node can't read: export in float32 or float16.",
    );
  });

  test("classes that the model doesn't count are counted when it is loaded", async () => {
    const graph = new GraphBuilder();
    const ids = graph.node("Cast", [graph.input("input_ids", "int64", ["batch", "sequence"])], { attributes: { to: { int: 1 } } });
    const sum = graph.node("ReduceSum", [ids, graph.integers(1)]);
    graph.output(graph.node("Concat", [sum, sum], { attributes: { axis: { int: 1 } }, output: "logits" }), "float32", ["batch", "labels"]);
    const file = join(directory, "uncounted.onnx");
    await writeFile(file, graph.toBytes());
    await expect(OnnxRewardModel.load(file)).rejects.toThrow("gives 2 numbers a row: choose one");
    expect(await scoreOnce(file, request, { label: 1 })).toEqual([6, 40, 11]);
  });

  test("a score that is not finite is refused with its row", async () => {
    const graph = new GraphBuilder();
    const ids = graph.node("Cast", [graph.input("input_ids", "int64", ["batch", 1])], { attributes: { to: { int: 1 } } });
    graph.output(graph.node("Log", [ids], { output: "score" }), "float32", ["batch", 1]);
    const file = join(directory, "log.onnx");
    await writeFile(file, graph.toBytes());
    await expect(scoreOnce(file, requestOf(["", ""], [[1], [0]]))).rejects.toThrow(
      `reward model ${file}: the score of response 2 of 2 is -Infinity`,
    );
  });
});

describe("what can't be loaded is refused with its path", () => {
  test("a path that does not exist", async () => {
    await expect(OnnxRewardModel.load(join(directory, "none"))).rejects.toThrow(`there is no reward model ${join(directory, "none")}`);
  });

  test("a folder without a model, or with several", async () => {
    const folder = join(directory, "empty");
    await mkdir(folder);
    await expect(OnnxRewardModel.load(folder)).rejects.toThrow(`${folder} has no model.onnx`);
    for (const name of ["a.onnx", "b.onnx"]) await writeFile(join(folder, name), "");
    await expect(OnnxRewardModel.load(folder)).rejects.toThrow(
      "has no model.onnx or onnx/model.onnx but a.onnx, b.onnx: choose one with the option file",
    );
  });

  test("a truncated model", async () => {
    const file = join(directory, "truncated.onnx");
    await writeFile(file, (await readFile(join(golden, "model.onnx"))).subarray(0, 5000));
    await expect(OnnxRewardModel.load(file)).rejects.toThrow(/truncated\.onnx can't be loaded by ONNX Runtime: .* The file is truncated/);
  });

  test("a folder without a tokenizer, unless it takes ids", async () => {
    const folder = join(directory, "no-tokenizer");
    await mkdir(folder);
    await cp(join(golden, "model.onnx"), join(folder, "model.onnx"));
    await expect(OnnxRewardModel.load(folder)).rejects.toThrow(`${folder} has no tokenizer.json`);
    expectGolden(await scoreOnce(folder, requestOf(goldenTexts, goldenIds), { input: "ids" }));
  });

  test("a corrupt config.json", async () => {
    const folder = join(directory, "corrupt");
    await cp(golden, folder, { recursive: true });
    await writeFile(join(folder, "config.json"), "{");
    await expect(OnnxRewardModel.load(folder)).rejects.toThrow(`${join(folder, "config.json")} is not JSON`);
  });

  test.each<[OnnxRewardOptions, string]>([
    [{ threads: 0 }, "threads is 0"],
    [{ batchSize: 0.5 }, "batchSize is 0.5"],
    [{ maxLength: -1 }, "maxLength is -1"],
    [{ input: "ids", template: () => "" }, "template is for text"],
    [{ paddingSide: "both" as "left" }, 'paddingSide is "both"'],
    [{ padTokenId: 512 }, "padTokenId is 512"],
    [{ output: "reward" }, "wanted one of floats named reward"],
  ])("the options %o", async (options, message) => {
    await expect(OnnxRewardModel.load(golden, options)).rejects.toThrow(message);
  });
});

describe("rows that can't be scored are refused before anything runs", () => {
  test("ids that the model's vocabulary doesn't have", async () => {
    await expect(scoreOnce(golden, requestOf([""], [[512]]), { input: "ids" })).rejects.toThrow("row 0 has the id 512");
  });

  test("a row without text", async () => {
    await expect(scoreOnce(golden, requestOf(["a", ""]))).rejects.toThrow("row 1 has no tokens");
  });
});
