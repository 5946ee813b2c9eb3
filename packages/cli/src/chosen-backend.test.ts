import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { backendFlag } from "./chosen-backend.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { runCommand } from "./run-command.fixture.ts";

const generate = (backend: string) =>
  runCommand("generate", "--policy", tinyGpt2, "--prompt", "the old", "--max-new-tokens", "2", "--backend", backend, "--json");

test("a command computes on the backend that it is told, and tells those that it starts", async () => {
  for (const backend of ["wasm", "cpu"]) {
    expect(JSON.parse((await generate(backend)).stdout).ids).toHaveLength(2);
    expect(tf.getBackend()).toBe(backend);
    expect(backendFlag()).toEqual(["--backend", backend]);
  }
});

test("one that is not there, or none, is wrong use", async () => {
  const missing = await generate("gpu").catch((error: Error) => error);
  expect((missing as Error).message).toMatch(/^the backend "gpu" cannot be had/);
  expect(exitCodeOf(missing)).toBe(2);
  expect(exitCodeOf(await generate("abacus").catch((error: Error) => error))).toBe(2);
});

test("every command that computes has it", () => {
  const without = ["score", "audit", "dashboard", "runs", "workers", "weights-store", "backend"];
  const commands = createProgram().commands.flatMap((command) => (command.name() === "bench" ? command.commands : [command]));
  const lacking = commands.filter(({ options }) => !options.some(({ long }) => long === "--backend")).map((command) => command.name());
  expect(lacking).toEqual(without);
});
