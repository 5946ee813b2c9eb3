import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GraphBuilder } from "@cai/onnx-graph";
import { repositoryPath } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Feed, SessionThread } from "./session-thread.ts";

let directory: string;
let path: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-session-"));
  path = join(directory, "model.onnx");
  await writeFile(path, slowModel());
});
afterAll(() => rm(directory, { recursive: true }));

/** Multiplies matrices for about a fifth of a second, then gives its input back. */
function slowModel(): Uint8Array {
  const size = 512;
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", [1]);
  const matrix = graph.initializer({ type: "float32", shape: [size, size], data: new Float32Array(size * size) });
  const zero = graph.initializer({ type: "int64", shape: [2], data: [0, 1] });
  let product = graph.node("Add", [matrix, x]); // depends on the input, so that nothing is computed while the model is loaded
  for (let count = 0; count < 40; count += 1) product = graph.node("MatMul", [product, matrix]);
  const nothing = graph.node("ReduceSum", [product, zero], { attributes: { keepdims: { int: 0 } } });
  graph.output(graph.node("Add", [x, nothing], { output: "y" }), "float32", [1]);
  return graph.toBytes();
}
const feed = (value: number): Feed[] => [{ name: "x", type: "float32", data: Float32Array.of(value), shape: [1] }];

test("the event loop of the caller goes round while a model runs", async () => {
  const session = await SessionThread.open(path, {});
  const order: string[] = [];
  const run = session.run(feed(3), "y").then(({ data }) => order.push(`result ${data[0]}`));
  for (let turn = 1; turn <= 10; turn += 1) {
    await new Promise(setImmediate);
    order.push(`turn ${turn}`);
  }
  await run;
  expect(order).toEqual([...Array.from({ length: 10 }, (_, turn) => `turn ${turn + 1}`), "result 3"]);
  await session.close();
});

test("runs begun before it is closed are finished, none begins after", async () => {
  const session = await SessionThread.open(path, {});
  const runs = Promise.all([session.run(feed(1), "y"), session.run(feed(2), "y")]);
  await session.close();
  expect((await runs).map(({ data }) => data[0])).toEqual([1, 2]);
  await expect(session.run(feed(3), "y")).rejects.toThrow("its thread has ended");
  await session.close();
});

test("a run that ONNX Runtime refuses fails with its reason, and the next one works", async () => {
  const session = await SessionThread.open(path, {});
  const wrong: Feed[] = [{ name: "x", type: "float32", data: Float32Array.of(1, 2), shape: [2] }];
  await expect(session.run(wrong, "y")).rejects.toThrow(/[Gg]ot invalid dimensions for input: x/);
  expect((await session.run(feed(4), "y")).data[0]).toBe(4);
  await session.close();
});

test("an option that ONNX Runtime refuses is an error that names the model", async () => {
  await expect(SessionThread.open(path, { executionProviders: ["nonesuch"] })).rejects.toThrow(path);
});

/** What a process of its own prints, with the session's class in scope. */
async function printedBy(program: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const module = `import { SessionThread } from ${JSON.stringify(new URL("./session-thread.ts", import.meta.url).href)};\n${program}`;
  const root = repositoryPath("");
  const options = ["--import", "tsx", "--conditions", "@cai/source", "--input-type", "module", "--eval", module];
  return (await promisify(execFile)(process.execPath, options, { cwd: root, env })).stdout;
}

test("a process ends by itself with a session open, but not before it is closed where that is awaited", async () => {
  const printed = await printedBy(`
    const [open, closed] = [await SessionThread.open(${JSON.stringify(path)}, {}), await SessionThread.open(${JSON.stringify(path)}, {})];
    const run = closed.run([{ name: "x", type: "float32", data: Float32Array.of(5), shape: [1] }], "y");
    await closed.close();
    console.log((await run).data[0]);
  `);
  expect(printed).toBe("5\n");
});

test("ONNX Runtime keeps no log of its use in the temporary folder", async () => {
  const TMPDIR = join(directory, "temporary");
  await mkdir(TMPDIR);
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  await printedBy(`await (await SessionThread.open(${JSON.stringify(path)}, {})).close();`, { ...env, TMPDIR });
  expect((await readdir(TMPDIR)).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
});
