import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryPath } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { importError } from "./import-error.ts";
import { loadModuleReward } from "./module-reward.ts";

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
    "export default { bonus: 5, score({ responses }) { return responses.map(() => this.bonus++); }, dispose() {} };",
  );
  const reward = await loadModuleReward(path);
  expect(await reward.score(request)).toEqual(Float32Array.of(5, 6));
  expect(await reward.score(request)).toEqual(Float32Array.of(7, 8));
  await reward.dispose();
  await expect(reward.score(request)).rejects.toMatchObject({ code: "disposed" });
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
    expect(importError("/here/reward.ts", refusal).message).toContain("use Node 22.18 or newer, install tsx");
    expect(importError("/here/reward.mjs", refusal).message).not.toContain("tsx");
  });
});

describe("a module that misbehaves", () => {
  const failing = async (name: string, text: string, timeoutMs = 60_000) => loadModuleReward(await write(name, text), { timeoutMs });

  test.each([
    ["loops", "for (;;);"],
    ["never ends", "await new Promise(() => setInterval(() => {}, 1000));"],
  ])("one whose loading %s is given up", async (what, text) => {
    const path = await write(`load-${what.length}.mjs`, text);
    await expect(loadModuleReward(path, { loadTimeoutMs: 300 })).rejects.toMatchObject({
      code: "timed-out",
      message: `reward module ${path} takes more than 0.3 seconds to load: mend it, or allow more (loadTimeoutMs)`,
    });
  });

  test("one that leaves while it is loaded leaves the process alone", async () => {
    const path = await write("leaves-first.mjs", "process.exit(0);");
    await expect(loadModuleReward(path)).rejects.toMatchObject({
      code: "bad-module",
      message: expect.stringContaining("left with code 0"),
    });
  });

  test.each([
    ["loops", "for (;;);", "timed-out", "takes more than 1.5 seconds for a batch"],
    ["never settles", "return new Promise(() => {});", "timed-out", "takes more than 1.5 seconds for a batch"],
    ["leaves", "process.exit(0);", "module-failed", "ended its thread with code 0, as process.exit does"],
    [
      "breaks in a timer",
      'setTimeout(() => { throw new Error("later"); }); return new Promise(() => {});',
      "module-failed",
      "broke: later",
    ],
    ["rejects where nobody waits", 'Promise.reject(new Error("alone")); return new Promise(() => {});', "module-failed", "broke: alone"],
    ["throws", 'throw new Error("out of paper");', "function-failed", "failed: out of paper"],
    ["throws nothing", "throw undefined;", "function-failed", "failed: it threw undefined"],
    ["gives functions", "return responses.map(() => () => 1);", "function-failed", "its scores hold something else than numbers"],
  ])("one that %s fails by name, and is asked again afterwards", async (name, body, code, message) => {
    const text = `export default ({ responses }) => { if (responses[0] === "good") return [1, 2]; ${body} };`;
    const reward = await failing(`${name.replaceAll(" ", "-")}.mjs`, text, 1500);
    await expect(reward.score(request)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(reward.score(request)).rejects.toMatchObject({ message: expect.stringContaining(`${name.replaceAll(" ", "-")}.mjs`) });
    expect(await reward.score(requestOf(["good", ""]))).toEqual(Float32Array.of(1, 2));
    await reward.dispose();
  });

  test("what it is given are copies: it changes nothing outside", async () => {
    const text =
      "export default ({ prompts, responses, responseIds }) => { prompts[0] = responses[0] = 'x'; responseIds[0][0] = 9; return [1, 2]; };";
    const reward = await failing("changes.mjs", text);
    const given = requestOf(["a", "b"], [[1], [2]]);
    await reward.score(given);
    expect(given).toEqual(requestOf(["a", "b"], [[1], [2]]));
    await reward.dispose();
  });

  test("an abort rejects with its reason at once, and reaches the module", async () => {
    const text = `export default ({ responses }, { signal }) => responses[0] === "good" ? [globalThis.aborted ?? 0, 2]
      : new Promise(() => signal.addEventListener("abort", () => { globalThis.aborted = 1; }));`;
    const reward = await failing("waits.mjs", text);
    const abort = new AbortController();
    const scores = reward.score(request, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error("stopped")), 50);
    await expect(scores).rejects.toThrow("stopped");
    await expect.poll(async () => (await reward.score(requestOf(["good", ""])))[0]).toBe(1);
    await reward.dispose();
  });

  test("a process that waits for one ends with its error, not without a word", async () => {
    const path = await write("never.mjs", "export default () => new Promise(() => {});");
    const program = `
      import { loadModuleReward } from ${JSON.stringify(new URL("./module-reward.ts", import.meta.url).href)};
      const reward = await loadModuleReward(${JSON.stringify(path)}, { timeoutMs: 200 });
      await reward.score({ prompts: [""], responses: ["abc"], promptIds: [], responseIds: [] }).catch(({ code }) => console.log(code));
    `;
    const options = ["--import", "tsx", "--conditions", "@cai/source", "--input-type", "module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: repositoryPath("") });
    expect(stdout).toBe("timed-out\n");
  });
});
