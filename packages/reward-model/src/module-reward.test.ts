import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryPath } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { importError, loadModuleReward } from "./module-reward.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-module-reward-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(directory, name), text);
  return join(directory, name);
}
const request = requestOf(["a", "bcd"], [[1], [2, 3]]);

test("a module's default function scores texts and ids", async () => {
  const path = await write(
    "ids.mjs",
    "export default async ({ prompts, responses, promptIds, responseIds }) => responses.map((text, row) => " +
      "100 * text.length + 10 * responseIds[row].length + prompts[row].length + promptIds[row].length);",
  );
  expect(await (await loadModuleReward(path)).score(request)).toEqual(Float32Array.of(110, 320));
});

test("a module's default object keeps its own state and is disposed of", async () => {
  const path = await write(
    "object.mjs",
    "export default { bonus: 5, score({ responses }) { return responses.map(() => this.bonus); }, dispose() { this.bonus = 0; } };",
  );
  const reward = await loadModuleReward(path);
  expect(await reward.score(request)).toEqual(Float32Array.of(5, 5));
  await reward.dispose?.();
  expect(await reward.score(request)).toEqual(Float32Array.of(0, 0));
});

test("a CommonJS module works too", async () => {
  const path = await write("common.cjs", "module.exports = ({ responses }) => responses.map((text) => text.length);");
  expect(await (await loadModuleReward(path)).score(request)).toEqual(Float32Array.of(1, 3));
});

test("a wrong answer is refused under the module's path", async () => {
  const path = await write("short.mjs", "export default () => [1];");
  await expect((await loadModuleReward(path)).score(request)).rejects.toThrow(`reward model ${path} gave 1 scores for 2 rows`);
});

test("a TypeScript module works with tsx registered", async () => {
  const path = await write(
    "typed.ts",
    "export default ({ responses }: { responses: string[] }): number[] => responses.map((text) => text.length);",
  );
  const program = `
    import { loadModuleReward } from ${JSON.stringify(new URL("./module-reward.ts", import.meta.url).href)};
    const reward = await loadModuleReward(${JSON.stringify(path)});
    console.log((await reward.score({ prompts: [""], responses: ["abc"], promptIds: [], responseIds: [] }))[0]);
  `;
  const root = repositoryPath("");
  const options = ["--import", "tsx", "--conditions", "@cai/source", "--input-type", "module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: root });
  expect(stdout).toBe("3\n");
});

describe("modules that can't be used", () => {
  test("one that does not exist", async () => {
    await expect(loadModuleReward(join(directory, "none.mjs"))).rejects.toThrow(`there is no reward module ${join(directory, "none.mjs")}`);
  });

  test("one without a usable default export, with what it exports", async () => {
    const path = await write("named.mjs", "export const reward = () => [];");
    await expect(loadModuleReward(path)).rejects.toThrow(`${path} exports reward: wanted a default export`);
  });

  test("one that throws while it is loaded, with the reason", async () => {
    const path = await write("throws.mjs", 'throw new Error("no key in the environment");');
    await expect(loadModuleReward(path)).rejects.toThrow(`${path} can't be loaded: no key in the environment`);
  });

  test("a TypeScript module under a Node that loads none, with what to do", () => {
    const refusal = Object.assign(new TypeError('Unknown file extension ".ts"'), { code: "ERR_UNKNOWN_FILE_EXTENSION" });
    expect(importError("/here/reward.ts", refusal).message).toContain("use Node 22.18 or newer, run with `node --import tsx`");
    expect(importError("/here/reward.mjs", refusal).message).not.toContain("tsx");
  });
});
