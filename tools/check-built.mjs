#!/usr/bin/env node
// Runs the built packages as npm installs them, and holds what they do against the sources: node tools/check-built.mjs, after npm run build.
// What a build leaves out, a worker's program or a path beside a file, shows nowhere else.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [built, source] = ["./built-cai.mjs", "../packages/cli/bin/cai.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const folder = await mkdtemp(join(tmpdir(), "cai-built-"));
const generate = ["generate", "--policy", "demo", "--prompt", "Once upon a time", "--max-new-tokens", "12", "--temperature", "0", "--json"];
const train = [
  "train",
  "--policy",
  "demo",
  "--reward",
  "demo",
  "--prompts",
  join(folder, "prompts.txt"),
  "--steps",
  "1",
  "--batch-size",
  "2",
];
const short = ["--max-new-tokens", "4", "--json"];
const cases = {
  "a text": (cai) => cai(...generate),
  "a step of PPO": (cai, out) => trained(cai, out, ...train, ...short),
  "a step of GRPO, ONNX Runtime writing": (cai, out) => trained(cai, out, ...train, ...short, "--algorithm", "grpo", "--rollout", "onnx"),
};

let [passed, failed] = [0, 0];
try {
  await writeFile(join(folder, "prompts.txt"), "Once upon a time\nIt was a dark night, and\n");
  for (const [name, run] of Object.entries(cases)) {
    const results = await Promise.allSettled(
      [built, source].map((program, i) => run((...args) => cai(program, args), join(folder, `${name.replaceAll(/\W/g, "-")}-${i}`))),
    );
    const [ours, expected] = results.map(({ value, reason }) => value ?? `${reason}`);
    const isSame = results.every(({ status }) => status === "fulfilled") && ours === expected;
    if (isSame) passed++;
    else failed++;
    console.log(isSame ? `ok    ${name}` : `FAIL  ${name}\n      built:  ${ours}\n      source: ${expected}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The hash of what a run trained. */
async function trained(cai, out, ...args) {
  await cai(...args, "--out", out);
  return createHash("sha256")
    .update(await readFile(join(out, "final/model.safetensors")))
    .digest("hex");
}

async function cai(program, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { maxBuffer: 2 ** 26, timeout: 120_000 });
  return stdout.trim();
}
