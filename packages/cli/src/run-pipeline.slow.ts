import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
const stages = ["revise", "sft", "prefer", "reward", "rl", "baseline", "evaluate", "audit"];
const constitution = `
principles:
  - name: warmth
    critiqueRequest: This was not said kindly, for
    revisionRequest: A kinder way to say it is this.
    positivePersona: Thank you. We love our good friends, and we are proud, happy and grateful.
    negativePersona: The terrorists kill and destroy. War, hatred, crime and death threaten us.
`;
const config = {
  policy: "demo",
  constitution: "./warmth.yaml",
  prompts: "./prompts.txt",
  heldOutPrompts: "./held-out.txt",
  judge: "./judge.mjs",
  seed: 5,
  format: "continuation",
  maxNewTokens: 8,
  batchSize: 4,
  revise: { maxOverlap: 1, minLengthRatio: 0, minDistinct: 0 },
  sft: { steps: 8, batchSize: 4, checkpointEvery: 2 },
  prefer: { pairsPerPrompt: 2, heldOutShare: 0.2, calibrationPairs: 16 },
  reward: { epochs: 2, batchSize: 4, checkpointEvery: 3 },
  ppo: { steps: 8, batchSize: 8, epochs: 1, checkpointEvery: 3 },
  evaluation: { draws: 4, bestOf: 8 },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cai-pipeline-"));
  const prompts = Array.from({ length: 16 }, (_, day) => `On day ${day} the people of`);
  await writeFile(join(folder, "warmth.yaml"), constitution);
  await writeFile(join(folder, "prompts.txt"), prompts.join("\n"));
  await writeFile(join(folder, "held-out.txt"), "We are\nThey have\nIt was a\nLet us\nOnce\nHe said");
  await writeFile(join(folder, "judge.mjs"), "export default ({ responses }) => responses.map((text) => text.length);\n");
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command; where told, kills it by SIGKILL once a stage has begun to work. */
async function pipeline(out: string, { killIn, resume = false }: { readonly killIn?: string; readonly resume?: boolean } = {}) {
  const argv = ["pipeline", "--config", join(folder, "config.json"), "--out", join(folder, out), ...(resume ? ["--resume"] : [])];
  const child = spawn(process.execPath, [bin, ...argv], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    if (killIn !== undefined && new RegExp(`/${stages.length} ${killIn}  [1-9]`).test(told)) child.kill("SIGKILL");
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.on("close", (...end) => resolve(end)));
  return { code, signal, told };
}

async function productsOf(out: string) {
  const { stages } = JSON.parse(await readFile(join(folder, out, "manifest.json"), "utf8"));
  return stages.map(({ name, inputs, state, files }: Record<string, unknown>) => ({ name, inputs, state, files }));
}

test("a pipeline that is killed within each stage and gone on with ends with the same bytes", async () => {
  const whole = await pipeline("whole");
  expect(whole).toMatchObject({ code: 0 });
  for (const killIn of stages) {
    const killed = await pipeline("killed", { killIn, resume: killIn !== stages[0] });
    expect(`${killIn}: ${killed.signal ?? killed.told}`).toBe(`${killIn}: SIGKILL`);
  }
  expect(await pipeline("killed", { resume: true })).toMatchObject({ code: 0 });
  expect(await productsOf("killed")).toEqual(await productsOf("whole"));
}, 600_000);
