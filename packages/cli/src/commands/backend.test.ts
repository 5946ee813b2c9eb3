import { BackendError } from "@cai/backend";
import { NativeInstallError } from "@cai/backend/native";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backendCommand } from "./backend.ts";

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(console, "log").mockImplementation((text) => {
    printed += `${text}\n`;
  });
});
afterEach(() => void vi.restoreAllMocks());

/** A working directory without an @cai/backend of its own. */
const nowhere = async () => undefined;

test("install says each step once and closes with what was installed", async () => {
  const asked: unknown[] = [];
  const command = backendCommand(async ({ gpu, kernels, progress } = {}) => {
    asked.push(gpu, kernels);
    for (const text of ["downloading 259 MB", "downloading 100 of 259 MB", "unpacking"]) progress?.(text);
    return { version: "2.20.0", package: "@tensorflow/tfjs-node-gpu", done: ["downloaded", "linked"] };
  }, nowhere);
  await command.parseAsync(["install", "--gpu", "--kernels", "all"], { from: "user" });
  expect(asked).toEqual([true, "all"]);
  expect(printed).toMatch(
    /^downloading 259 MB …\nunpacking …\nnative TensorFlow 2\.20\.0 for @tensorflow\/tfjs-node-gpu: downloaded, linked \(\d+\.\d s\)\n$/,
  );
});

test("a step that failed is an error of two lines: what failed, and how to fix it", async () => {
  const command = backendCommand(
    () => Promise.reject(new NativeInstallError("pip was not found", "install it: apt-get install python3-pip")),
    nowhere,
  );
  const error = await command.parseAsync(["install"], { from: "user" }).catch((error: unknown) => error);
  expect(BackendError.isInstance(error) && error.code).toBe("install-failed");
  expect(error).toMatchObject({ message: "pip was not found\ninstall it: apt-get install python3-pip" });
});

test("the project's own @cai/backend gets it too, and is told apart", async () => {
  const installed = { version: "2.20.0", package: "@tensorflow/tfjs-node" };
  const command = backendCommand(
    async () => ({ ...installed, done: ["already installed"] }),
    async () => async () => ({ ...installed, done: ["linked"] }),
  );
  await command.parseAsync(["install"], { from: "user" });
  expect(printed).toMatch(
    /^native TensorFlow 2\.20\.0 for @tensorflow\/tfjs-node: already installed .*\nin this project: native .*: linked .*\n$/,
  );
});
