import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// onnxruntime-node is an optional peer, because its install script fails where a host of CUDA files can't be reached: everything else works
// without it. Copies of the packages stand in a project that has all of our own but no onnxruntime-node.
const root = fileURLToPath(new URL("..", import.meta.url));
const copied = ["reward-model", "rollout-onnx", "cli"];
const packages = await readdir(join(root, "packages"));

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cai-without-runtime-"));
  const ours = join(project, "node_modules/@cai");
  await mkdir(ours, { recursive: true });
  for (const name of packages) {
    if (copied.includes(name)) await cp(join(root, "packages", name), join(ours, name), { recursive: true });
    else await symlink(join(root, "packages", name), join(ours, name));
  }
  for (const name of ["@tensorflow", "commander", "get-east-asian-width", "jsonc-parser", "tsx", "yaml"])
    await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
});
afterAll(() => rm(project, { recursive: true }));

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, argv, { cwd: project }).then(
    (printed) => ({ code: 0, ...printed }),
    (error) => error,
  );
}

async function runProgram(program: string) {
  await writeFile(join(project, "program.mjs"), program);
  return run("--import", "tsx", "--conditions", "@cai/source", "program.mjs");
}

const command = /is not installed: (ONNXRUNTIME_NODE_INSTALL=skip )?npm i onnxruntime-node/;

test.each(packages)("%s asks for onnxruntime-node as an optional peer at most", async (name) => {
  const manifest = JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
  expect({ ...manifest.dependencies, ...manifest.optionalDependencies }).not.toHaveProperty("onnxruntime-node");
  const isPeer = "onnxruntime-node" in (manifest.peerDependencies ?? {});
  if (isPeer) expect(manifest.peerDependenciesMeta["onnxruntime-node"]).toEqual({ optional: true });
});

test("rewards of other kinds work without it, and an ONNX model says how to have it", async () => {
  const { stdout, stderr } = await runProgram(`
    import { functionReward, OnnxRewardModel } from "@cai/reward-model";
    const request = { prompts: [""], responses: ["abc"], promptIds: [], responseIds: [] };
    console.log(await functionReward(({ responses }) => responses.map((text) => text.length)).score(request));
    await OnnxRewardModel.load(${JSON.stringify(join(root, "tools/golden/tiny-reward"))}).catch(({ code, message }) => console.log(code, message));
  `);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^Float32Array\(1\) \[ 3 \]\nmissing-runtime /);
  expect(stdout).toMatch(command);
});

test("a generator says how to have it when it is made", async () => {
  const { stdout, stderr } = await runProgram(`
    import "@tensorflow/tfjs";
    import { createPolicy } from "@cai/policy";
    import { OnnxGenerator } from "@cai/rollout-onnx";
    import { createTokenizer } from "@cai/tokenizer";
    const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] } } });
    const config = { model_type: "gpt2", vocab_size: 2, n_positions: 32, n_embd: 16, n_layer: 2, n_head: 2 };
    const policy = await createPolicy({ config, seed: 7, tokenizer });
    await OnnxGenerator.create({ policy }).catch(({ code, message }) => console.log(code, message));
  `);
  expect([stderr, stdout]).toEqual([expect.not.stringContaining("Error"), expect.stringMatching(/missing-runtime /)]);
  expect(stdout).toMatch(command);
});

test("cai doctor runs without it and says how to have it, and cai score refuses in a line", async () => {
  const cai = join(project, "node_modules/@cai/cli/bin/cai.mjs");
  const doctor = await run(cai, "doctor", "--json");
  expect(doctor.code).toBe(0);
  const { versions, missing } = JSON.parse(doctor.stdout);
  expect(versions["onnxruntime-node"]).toBeNull();
  expect(missing.map(({ fix }: { fix: string }) => fix)).toContainEqual(expect.stringMatching(/npm i onnxruntime-node/));
  await writeFile(join(project, "rows.jsonl"), '{"prompt": "a", "response": "b"}\n');
  const score = await run(cai, "score", "--reward", "demo", "--input", "rows.jsonl");
  expect(score).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(command) });
});
