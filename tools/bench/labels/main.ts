// Draws pairs of both kinds once, has each labeller label them, and writes the page; compare.mjs starts it.
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepareBackend } from "@cai/backend";
import { makePreferences, readConstitution } from "@cai/constitution";
import type { ChatMessage } from "@cai/contracts";
import { readPrompts } from "@cai/data";
import { localFeedback, promptFormat } from "@cai/feedback";
import { loadPolicy } from "@cai/policy";
import { getSmollm2 } from "../../get-smollm2.mjs";
import { costsIn } from "./costs.ts";
import { drawnOnce, firstOf } from "./drawn-once.ts";
import { openJudges } from "./judges.ts";
import { dearLabellers, labellersOf, namesFor } from "./labellers.ts";
import { type Labelled, labelsPage, type PairsOfKind } from "./labels-page.ts";
import { rememberingLogprobs } from "./remembering-logprobs.ts";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "176" },
    "dear-prompts": { type: "string", default: "16" },
    policy: { type: "string" },
    labellers: { type: "string" },
    out: { type: "string" },
  },
});
const examples = fileURLToPath(new URL("../../../docs/examples/constitutional-ai/", import.meta.url));
const constitution = await readConstitution(join(examples, "courtesy.yaml"));
const { rows } = await readPrompts(join(examples, "provoking-prompts.jsonl"));
const count = countOf("prompts", rows.length);
const dearCount = countOf("dear-prompts", count);
const prompts = rows.slice(0, count).map(({ row }): ChatMessage[] => [{ role: "user", content: row.prompt as string }]);
const answers = { maxNewTokens: 48, temperature: 0.7, seed: 1 };
const batchSize = 16;

const judges = await openJudges();
const { name: backend } = await prepareBackend();
const model = values.policy ?? (await getSmollm2());
const policy = await loadPolicy(model);
const format = promptFormat("chat");
const feedback = rememberingLogprobs(localFeedback({ policy, format, batchSize }));
const labellers = labellersOf(feedback);
const wanted = values.labellers?.split(",") ?? [...labellers.keys()];
const unknown = wanted.find((name) => !labellers.has(name));
if (unknown !== undefined)
  throw new RangeError(`--labellers has ${JSON.stringify(unknown)}: expected some of ${[...labellers.keys()].join(", ")}`);

const out = values.out ?? fileURLToPath(new URL(`../../../runs/labels-${count}`, import.meta.url));
await mkdir(out, { recursive: true });
const costs = await costsIn(join(out, "costs.jsonl"));
const page = labelsPage({
  contrast: await compare("contrast"),
  sampled: await compare("sampled"),
  model: basename(model),
  prompts: count,
  ...answers,
  command: `node tools/bench/labels/compare.mjs --prompts ${count} --dear-prompts ${dearCount}`,
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}, ${backend}`,
});
policy.dispose();
await writeFile(new URL("README.md", import.meta.url), page);
console.log(page);

/** Pairs of a kind, what every labeller says of them, and what the judges do. */
async function compare(kind: "contrast" | "sampled"): Promise<PairsOfKind> {
  const drawing = `${kind} draws`;
  const source = await drawnOnce({
    file: join(out, `${kind}.jsonl`),
    drawing: { kind, feedback, prompts, constitution, ...answers },
    constitution,
    chunkRows: batchSize,
    onProgress: costs.meter(drawing),
  });
  const labelled: Labelled[] = [];
  for (const labeller of namesFor(kind, wanted)) {
    const labelling = `${kind} ${labeller}`;
    const { pairs, report } = await makePreferences({
      file: join(out, `${labelling.replaceAll(" ", "-")}.jsonl`),
      source: dearLabellers.has(labeller) ? firstOf(source, dearCount) : source,
      labeller: labellers.get(labeller)!,
      constitution,
      format,
      seed: answers.seed,
      chunkRows: batchSize,
      onProgress: costs.meter(labelling),
    });
    labelled.push({ labeller, pairs, report, cpuSeconds: costs.of(labelling) });
  }
  const drawn = await source.pairs(0, source.total);
  const judged = judges.map(async ({ name, scorePairs }) => ({ judge: name, scores: await scorePairs(drawn) }));
  return { labelled, judged: await Promise.all(judged), cpuSeconds: costs.of(drawing) };
}

function countOf(flag: "prompts" | "dear-prompts", most: number): number {
  const given = Number(values[flag]);
  if (Number.isSafeInteger(given) && given >= 1 && given <= most) return given;
  throw new RangeError(`--${flag} is ${values[flag]}: expected a whole number from 1 to ${most}`);
}
