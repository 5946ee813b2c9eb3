import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheDirectory } from "./cache.mjs";
import { compileUnits, kernelUnits } from "./compile.mjs";
import { levelsOf, processorLevels } from "./levels.mjs";
import { isComplete, libraryDirectory } from "./library.mjs";
import { run } from "./run.mjs";
import { wheels } from "./wheels.mjs";

// The kernels' sources by every compiler and for every level, without a warning. Where the program that they make can be run, it prints what all
// of them compute without TensorFlow, which alone/ stands in for.

type Level = ReturnType<typeof levelsOf>[number];

interface Build {
  readonly command: string;
  readonly level: Level;
  readonly flags?: readonly string[];
  /** What runs the program, if not this processor does. */
  readonly emulator?: readonly string[];
}

interface Result {
  readonly name: string;
  readonly numbers: readonly number[];
}

const wheel = wheels["linux-x64-cpu"]!;
const library = libraryDirectory(wheel, cacheDirectory());
const x64 = levelsOf({ platform: "linux", arch: "x64" });
const arm64 = levelsOf({ platform: "linux", arch: "arm64" });
const emulator = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"];

const has = async (command: string) => (await run(command, ["--version"])).ok;
const isHere = process.platform === "linux" && process.arch === "x64" && (await isComplete(wheel, cacheDirectory()));
const isMissing = async (command: string) =>
  !isHere ? " (skipped: TensorFlow's headers for x64 are not here)" : (await has(command)) ? "" : ` (skipped: there is no ${command})`;

const folders: string[] = [];

/** Compiles all kernels into a program. */
async function compile({ command, level, flags = [] }: Build): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-compilers-"));
  folders.push(folder);
  const kernels = (await kernelUnits(level, library)).filter(({ source }) => !source.endsWith("addon.cc"));
  const alone = ["tensorflow", "main"].map((name) => fileURLToPath(new URL(`./alone/${name}.fixture.cc`, import.meta.url)));
  const units = [...kernels, ...alone.map((source) => ({ ...kernels[0]!, source }))];
  // GCC 12 finds them in its own header of AVX-512: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
  const ofItsHeader = /(^|-)g\+\+$/.test(command) ? ["-Wno-uninitialized", "-Wno-maybe-uninitialized"] : [];
  const strict = ["-Wall", "-Wextra", "-Werror", ...ofItsHeader, ...flags];
  const objects = await compileUnits(
    units.map(({ source, flags }) => ({ source, flags: [...flags, ...strict] })),
    { folder, compiler: { command, version: "" }, execute: run },
  );
  const program = join(folder, "alone");
  expect((await run(command, [...flags, ...objects, "-o", program, "-lpthread"])).stderr).toBe("");
  return program;
}

/** What the program prints, a tensor a line. */
async function results(program: string, { emulator = [] }: Build): Promise<Result[]> {
  const [command, ...args] = [...emulator, program];
  const { ok, stdout, stderr } = await run(command!, args);
  expect([ok, stderr]).toEqual([true, ""]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([name, ...numbers]) => ({ name: name!, numbers: numbers.map(Number) }));
}

/** Within a few roundings of the largest number of each tensor; drawn tokens and quantised weights to the bit. */
function expectAlike(found: readonly Result[], expected: readonly Result[]): void {
  expect(found.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  for (const [index, { name, numbers }] of expected.entries()) {
    const finite = numbers.filter(Number.isFinite).map(Math.abs);
    const roundings = /^Cai(Int8MatMul|TokenPass)/.test(name) ? 1e-4 : 1e-5; // by tiles activations have 24 bits, by vectors 16
    const tolerance = numbers.every(Number.isInteger) ? 0 : roundings * Math.max(...finite);
    const wrong = numbers.flatMap((number, place) => {
      const value = found[index]!.numbers[place]!;
      return Object.is(value, number) || Math.abs(value - number) <= tolerance ? [] : `${place}: ${value} for ${number}`;
    });
    expect({ name, wrong: wrong.slice(0, 5) }).toEqual({ name, wrong: [] });
  }
}

/** By GCC for every x64: what the others are compared with. Those are tested against tfjs's operations, in @cai/kernels. */
let reference: Result[];
beforeAll(async () => {
  const build = { command: "g++", level: x64.at(-1)! };
  if (isHere) reference = await results(await compile(build), build);
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

for (const command of ["g++", "clang++"]) {
  const missing = await isMissing(command);
  describe.runIf(missing === "")(`${command}${missing}`, () => {
    for (const level of x64) {
      const runs = processorLevels().includes(level.name);
      test(`for ${level.name}: every kernel compiles without a warning${runs ? ", and computes the same" : "; this processor can't run it"}`, async () => {
        const build = { command, level };
        const program = await compile(build);
        if (runs) expectAlike(await results(program, build), reference);
      });
    }
  });
}

const sanitizers = await isMissing("g++");
test.runIf(sanitizers === "")(
  `no kernel reads or writes outside its memory, nor computes what C++ leaves undefined${sanitizers}`,
  async () => {
    const level = x64.find(({ name }) => name === processorLevels()[0] && name !== "amx") ?? x64.at(-1)!;
    const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    // Tensors that a program of this kind makes live until its end.
    const build = { command: "g++", level, flags, emulator: ["env", "ASAN_OPTIONS=detect_leaks=0"] };
    expectAlike(await results(await compile(build), build), reference);
  },
);

const arm = "aarch64-linux-gnu-g++";
const [compilerMissing, emulatorMissing] = [await isMissing(arm), await isMissing(emulator[0]!)];
describe.runIf(compilerMissing === "")(`${arm}${compilerMissing}`, () => {
  test.each(arm64)(`for arm64's $name: every kernel compiles without a warning, and computes the same${emulatorMissing}`, async (level) => {
    const build = { command: arm, level, emulator };
    const program = await compile(build);
    if (emulatorMissing === "") expectAlike(await results(program, build), reference);
  });
});
