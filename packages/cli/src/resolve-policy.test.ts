import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import type { CausalPolicy } from "@cai/policy";
import { goldenAdapter, tinyGpt2 as model, startHubServer } from "@cai/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { resolvePolicy, resolveSource } from "./resolve-policy.ts";
import { recordingTerminal } from "./terminal.fixture.ts";

const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
const peft = goldenAdapter("gpt2-adapter");

beforeAll(() => prepareBackend());

let server: Awaited<ReturnType<typeof startHubServer>>;
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cai-hub-"));
  server = await startHubServer(model);
  for (const [name, value] of Object.entries({ HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: cache, HF_TOKEN: "", HF_HUB_OFFLINE: "" }))
    vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.stop();
  await rm(cache, { recursive: true });
});

/** The real command, offline unless there is an endpoint. */
async function generate(policy: string, HF_ENDPOINT: string) {
  const argv = [bin, "generate", "--policy", policy, "--prompt", "the old house", "--max-new-tokens", "4", "--temperature", "0", "--json"];
  const child = spawn(process.execPath, argv, { cwd: cache, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HF_ENDPOINT } });
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exit, stdout, stderr };
}

test("a hub id is downloaded once, generates as the same folder does, and then also offline", async () => {
  const local = await generate(model, server.endpoint);
  expect(await generate("ok/tiny", server.endpoint)).toEqual(local);
  expect(await generate("ok/tiny", "http://127.0.0.1:9")).toEqual(local);
  expect(local.exit).toBe(0);
});

test("an adapter's base model may be a hub id, which is told of in the same way offline", async () => {
  const adapter = join(cache, "adapter");
  await cp(peft, adapter, { recursive: true });
  const file = join(adapter, "adapter_config.json");
  const named = async (base: string) =>
    writeFile(
      file,
      JSON.stringify({ ...JSON.parse(await readFile(join(peft, "adapter_config.json"), "utf8")), base_model_name_or_path: base }),
    );
  await named(model);
  const local = await generate(adapter, server.endpoint);
  expect(local.exit).toBe(0);
  await named("ok/base");
  expect(await generate(adapter, server.endpoint)).toEqual(local);
  expect(await generate(adapter, "http://127.0.0.1:9")).toEqual(local);
  await named("ok/absent-base");
  const { exit, stderr } = await generate(adapter, "http://127.0.0.1:9");
  expect(exit).toBe(2);
  expect(stderr).toMatch(
    /^error: ok\/absent-base does not exist here .*\nGo online, or put config.json, .* into .*models--ok--absent-base.*\n$/,
  );
});

test("offline, a model that was never downloaded is wrong use, told in two lines", async () => {
  const { exit, stdout, stderr } = await generate("ok/absent", "http://127.0.0.1:9");
  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^error: ok\/absent does not exist here .* can't be reached .*\nGo online, or put config.json, .* into .*models--ok--absent.*\n$/,
  );
});

test("what exists stays as it is, and demo is the demo's folder; a path that doesn't exist is an error", async () => {
  const terminal = recordingTerminal();
  expect(await resolveSource(model, terminal)).toBe(model);
  await expect(resolveSource("./ok/tiny", terminal)).rejects.toMatchObject({ code: "missing-path" });
  const policy = await resolvePolicy("demo");
  expect(policy.identity.source).toBe(demoPolicyDirectory);
  policy.dispose();
});

test("an adapter names its base as it was given: a hub id with its revision, also after it was loaded again, or a folder", async () => {
  const lora = { rank: 1, alpha: 2, targets: "all-linear", seed: 0 };
  for (const [given, base] of [
    ["ok/named", { base_model_name_or_path: "ok/named" }],
    ["ok/named@v1", { base_model_name_or_path: "ok/named", revision: "v1" }],
    [relative(".", model), { base_model_name_or_path: model }],
  ] as const) {
    const saved = [join(cache, "named", given, "trained"), join(cache, "named", given, "again")] as const;
    const save = async (policy: CausalPolicy, folder: string) => {
      await policy.save(folder);
      policy.dispose();
    };
    await save(await resolvePolicy(given, { lora }), saved[0]);
    await save(await resolvePolicy(saved[0]), saved[1]);
    const [config, again] = await Promise.all(saved.map((folder) => readFile(join(folder, "adapter_config.json"), "utf8")));
    expect(JSON.parse(config!)).toMatchObject(base);
    expect("revision" in JSON.parse(config!)).toBe("revision" in base);
    expect(again).toBe(config);
  }
});

test("a download shows how far it is on a terminal, and elsewhere nothing", async () => {
  const terminal = recordingTerminal({ interactive: true });
  await resolveSource("ok/shown", terminal);
  expect(terminal.text()).toMatch(/downloading ok\/shown: 0\.0 of 0\.2 MB.*downloading ok\/shown: 0\.2 of 0\.2 MB\n$/s);
  const pipe = recordingTerminal();
  await resolveSource("ok/piped", pipe);
  expect(pipe.text()).toBe("");
});
