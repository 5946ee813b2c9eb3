import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, latestCheckpoint, readCheckpoint, writeCheckpoint } from "@cai/checkpoint";
import { ConstitutionError, parseConstitution, parsePipelineConfig, parseVerdict } from "@cai/constitution";
import { DataError, exampleForm, pairForm, promptForm, readRows } from "@cai/data";
import { RunLogError, readMetrics, readSamples } from "@cai/run-log";
import { mutatedBytes, mutatedJson, mutatedText } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

const textOf = (input: Uint8Array) => new TextDecoder().decode(input);
const lines = (...rows: readonly unknown[]) => Buffer.from(`${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);

const turn = (role: string, content: unknown) => ({ role, content });
const rowSeeds = [
  lines({ prompt: "Why?" }, { prompt: [turn("user", "Hi")], tools: [{ type: "function", function: { name: "f" } }] }),
  lines({ prompt: "Why?", completion: " Because." }, { messages: [turn("user", "Hi"), turn("assistant", "Yes")] }, { text: "Once." }),
  lines(
    { prompt: "Why?", chosen: " So.", rejected: " No.", margin: 0.5, probability: 0.7 },
    { chosen: [turn("user", "a")], rejected: [turn("user", "b")] },
  ),
  Buffer.from("plain text\nof two lines\r\n"),
];

const constitutionSeeds = [
  "name: kind\nprinciples:\n  - name: a\n    critiqueRequest: What is harsh?\n    revisionRequest: Be kind.\n    weight: 2\nexamples: []\n",
  '{"principles": [{"name": "a", "critiqueRequest": "x", "revisionRequest": "y", "positivePersona": "p", "negativePersona": "n"}]}',
  "principles: &p\n  - &one { name: a, critiqueRequest: x, revisionRequest: y }\n  - { <<: *one, name: b }\n",
];
const yamlWords = [
  "&a ",
  "*a",
  "<<: ",
  "- ",
  "? ",
  ": ",
  "|",
  ">",
  "!!binary ",
  "!!js/function ",
  "---\n",
  "[",
  "{",
  "}",
  "'",
  '"',
  "#",
  "\n  ",
  "\t",
  "~",
  "%YAML 9\n",
];
const pipelineSeeds = [
  "{ policy: demo, prompts: p.jsonl, heldOutPrompts: h.jsonl, judge: demo, prefer: { votes: 2 }, ppo: { steps: 3 }, revise: false }",
  '{"policy": "demo", "prompts": "p", "heldOutPrompts": "h", "judge": "demo", "sft": {"epochs": 1}, "evaluation": {"draws": 2}, "feedbackOptions": {"concurrency": 2}}',
];

const runFolder = scratchFolder("run");
const checkpoints = scratchFolder("checkpoints");
const checkpoint = join(checkpoints, "step-000001");
const checkpointFiles = ["manifest.json", "state.json", "policy.safetensors"];
let whole: ReadonlyMap<string, Uint8Array> | undefined;

/** The files of a sound checkpoint, written once by the package itself. */
async function wholeCheckpoint(): Promise<ReadonlyMap<string, Uint8Array>> {
  if (whole !== undefined) return whole;
  if (existsSync(checkpoint)) await rm(checkpoint, { recursive: true });
  const source = { entries: [{ name: "w", dtype: "F32", shape: [1] }] as const, data: () => Float32Array.of(1) };
  await writeCheckpoint({ directory: checkpoint, state: { step: 1 }, tensors: { "policy.safetensors": source }, metadata: { by: "fuzz" } });
  whole = new Map(checkpointFiles.map((name) => [name, new Uint8Array(readFileSync(join(checkpoint, name)))]));
  return whole;
}

async function readChanged(name: string, input: Uint8Array): Promise<void> {
  for (const [file, bytes] of await wholeCheckpoint()) scratchFile(join("checkpoints", "step-000001", file), file === name ? input : bytes);
  const { checkpoint: latest } = await latestCheckpoint(checkpoints);
  if (latest !== undefined) return;
  await readCheckpoint(checkpoint);
}

await wholeCheckpoint();

/** Files of data, and what a run has left. */
export const data: readonly FuzzTarget[] = [
  ...Object.entries({ prompts: promptForm, examples: exampleForm, pairs: pairForm }).map(
    ([name, form]): FuzzTarget => ({
      name: `jsonl-${name}`,
      inputs: mutatedBytes(rowSeeds),
      share: 5,
      errors: [DataError],
      read: (input) => readRows(scratchFile("rows.jsonl", input), form as typeof promptForm),
    }),
  ),
  {
    name: "jsonl-fields",
    inputs: mutatedJson([
      { prompt: [turn("user", [{ type: "text", text: "Hi" }])], tools: "[]", chat_template_kwargs: { a: 1 } },
      { prompt: "a" },
    ]),
    share: 5,
    errors: [DataError],
    read: (input) => readRows(scratchFile("fields.jsonl", input), promptForm),
  },
  {
    name: "run-samples",
    inputs: mutatedBytes([lines({ step: 1, prompt: "a", response: "b", score: 0.5 }, { step: 2, prompt: "a", response: "c", score: 1 })]),
    share: 10,
    errors: [RunLogError],
    read: async (input) => {
      scratchFile("run/samples.jsonl", input);
      scratchFile("run/metrics.jsonl", input);
      await readSamples(runFolder);
      await readMetrics(runFolder);
    },
  },
  {
    name: "constitution",
    inputs: mutatedText(constitutionSeeds, yamlWords),
    share: 15,
    errors: [ConstitutionError],
    read: (input) => parseConstitution(textOf(input)),
  },
  {
    name: "pipeline-config",
    inputs: mutatedText(pipelineSeeds, yamlWords),
    share: 15,
    errors: [ConstitutionError],
    read: (input) => parsePipelineConfig(textOf(input)),
  },
  {
    name: "verdict",
    inputs: mutatedText(
      [
        "The better answer is (B).",
        "<think>hm</think>A is better than B because it is kind.",
        "I would choose A. However, both are polite.",
        "B",
      ],
      ["A", "B", " is better", " than ", "<think>", "</think>", ".", "\n", "because ", "Answer: ", "not ", "(", ")", "*"],
    ),
    share: 100,
    errors: [],
    read: (input) => parseVerdict(textOf(input)),
  },
  {
    name: "checkpoint-manifest",
    inputs: mutatedBytes([(await wholeCheckpoint()).get("manifest.json")!]),
    share: 3,
    errors: [CheckpointError],
    read: (input) => readChanged("manifest.json", input),
  },
  {
    name: "checkpoint-state",
    inputs: mutatedBytes([(await wholeCheckpoint()).get("state.json")!]),
    share: 3,
    errors: [CheckpointError],
    read: (input) => readChanged("state.json", input),
  },
];
