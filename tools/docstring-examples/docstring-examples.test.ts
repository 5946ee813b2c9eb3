import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "node:util";
import { prepareBackend } from "@cai/backend";
import { writeCheckpoint } from "@cai/checkpoint";
import { exportGguf, loadPolicy } from "@cai/policy";
import { writeSafetensors } from "@cai/safetensors";
import { goldenAdapter, goldenPath, temporaryFolder, tinyGpt2, tinyLlama } from "@cai/testing";
import ts from "typescript";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { publishedPackages } from "../published.ts";
import { asModule } from "./as-module.ts";
import { type Example, readExamples } from "./read-examples.ts";

// The code behind every @example is compiled against the sources, with what it imports as its reader would; and it runs, where the folders that it
// names can be had in a test (trainers would train too long), and prints what the comments
// behind console.log say. Values are what the comments behind them say.
const root = fileURLToPath(new URL("../..", import.meta.url));
const modules = `${root}node_modules/.cache/readme-examples/docstrings`;
const examples = publishedPackages.flatMap(readExamples);

/** Examples that are compiled only, and why. */
const notRun: Readonly<Record<string, string>> = {
  "backend/src/prepare-browser.ts": "for a browser",
  "constitution/src/pipeline/constitutional-pipeline.ts": "trains",
  "distributed/src/connect.ts": "asks a Redis",
  "distributed/src/distributed-feedback.ts": "asks a Redis",
  "distributed/src/distributed-reference.ts": "asks a Redis",
  "distributed/src/distributed-reward-model.ts": "asks a Redis",
  "distributed/src/distributed-rollouts.ts": "asks a Redis",
  "distributed/src/label-worker.ts": "asks a Redis",
  "distributed/src/presence.ts": "asks a Redis",
  "distributed/src/reference-worker.ts": "asks a Redis",
  "distributed/src/rollout-worker.ts": "asks a Redis",
  "distributed/src/score-worker.ts": "asks a Redis",
  "distributed/src/sliced-generator.ts": "a trainer",
  "hub/src/resolve-model.ts": "downloads",
  "preference/src/dpo-trainer.ts": "trains",
  "preference/src/reward-trainer.ts": "trains",
  "reward-model/src/resolve-reward-model.ts": "downloads",
  "policy/src/random/random-policy.ts": "a model of full size",
  "policy/src/decode/quantized-generator.ts": "a trainer",
  "rollout-onnx/src/onnx-generator.ts": "trains",
  "trainer/src/algorithms.ts": "trains",
  "trainer/src/grpo-trainer.ts": "trains",
  "trainer/src/ppo-trainer.ts": "trains",
  "trainer/src/reinforce-plus-plus-trainer.ts": "trains",
  "trainer/src/rloo-trainer.ts": "trains",
};

const cwd = process.cwd();
const shared = mkdtempSync(join(tmpdir(), "docstring-examples-"));
/** What examples say that their reader has. */
const readers: Readonly<Record<string, string>> = {
  gpt2: tinyGpt2,
  "my-model": tinyGpt2,
  tokenizer: tinyGpt2,
  "runs/first/final": tinyGpt2,
  smollm2: tinyLlama,
  "smollm2-lora": goldenAdapter("llama-layers"),
  "model.safetensors": join(tinyGpt2, "model.safetensors"),
  reward: goldenPath("tiny-reward"),
  helpful: goldenPath("tiny-reward"),
  "model.gguf": join(shared, "model.gguf"),
  "runs/first/checkpoints": join(shared, "checkpoints"),
  llama: join(shared, "sharded"),
};

beforeAll(async () => {
  await prepareBackend();
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  const policy = await loadPolicy(tinyGpt2);
  await exportGguf({ policy, path: join(shared, "model.gguf") });
  policy.dispose();
  const entries = [{ name: "w", dtype: "F32" as const, shape: [1] }];
  const tensors = { entries, data: () => Float32Array.of(1) };
  await writeCheckpoint({ directory: join(shared, "checkpoints/step-000010"), state: {}, tensors: { "policy.safetensors": tensors } });
  mkdirSync(join(shared, "sharded"));
  await writeSafetensors(join(shared, "sharded/model-00001-of-00001.safetensors"), tensors);
  writeFileSync(join(shared, "sharded/model.safetensors.index.json"), '{ "weight_map": { "w": "model-00001-of-00001.safetensors" } }');
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(shared, { recursive: true });
});

/** A working directory for one example, with all of that in it. */
async function enterReadersFolder(): Promise<void> {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, "runs/first"), { recursive: true });
  for (const [name, target] of Object.entries(readers)) symlinkSync(target, join(folder, name));
  process.chdir(folder);
}

const fileOf = ({ file, place }: Example, kind: string): string =>
  join(modules, `${file.replaceAll("/", "-").slice(0, -3)}-${place}-${kind}.ts`);

/** As readers compile, who may write plain JavaScript; Node's types come from the repository, wherever the process is. */
const asReader: ts.CompilerOptions = {
  noImplicitAny: false,
  verbatimModuleSyntax: false,
  isolatedModules: false,
  typeRoots: [join(root, "node_modules/@types")],
};

test("every example compiles against the sources", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const files = examples.map((example) => {
    const file = fileOf(example, "types");
    writeFileSync(file, asModule(example, { checked: false }));
    return file;
  });
  const program = ts.createProgram(files, { ...options, ...asReader });
  const faults = files.flatMap((file, index) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${examples[index]!.file}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  expect(faults).toEqual([]);
}, 300_000); // a compiler's time, on a busy machine

test.each(examples.filter(({ file }) => !(file in notRun)))("the example $place of $file runs and gives what it says", async (example) => {
  const file = fileOf(example, "run");
  writeFileSync(file, asModule(example, { checked: true }));
  await enterReadersFolder();
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void printed.push(format(...values)));
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    log.mockRestore();
  }
  const promised = [...example.code.matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]!);
  if (promised.length > 0) expect(printed).toEqual(promised);
});

test("what is not run has an example", () => {
  expect(Object.keys(notRun).filter((file) => !examples.some((example) => example.file === file))).toEqual([]);
});
