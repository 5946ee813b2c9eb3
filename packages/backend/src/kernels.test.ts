import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { BackendError } from "./error.ts";
import { loadKernels, requestedKernels } from "./kernels.ts";
import { levelsOf, processorLevels } from "./native/levels.mjs";
import { kernelFile } from "./native/places.mjs";

const own = processorLevels();
const foreign = levelsOf().find(({ name }) => !own.includes(name));

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

/** A folder in place of tfjs-node's, with files in place of some levels' kernels, which don't load. */
async function makePackage(...compiled: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "cai-kernels-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const level of compiled) {
    await mkdir(dirname(kernelFile(folder, level)), { recursive: true });
    await writeFile(kernelFile(folder, level), "no library");
  }
  return folder;
}

describe.runIf(own.length > 0)("where there are kernels for this system", () => {
  test("the option goes before the variable, and an empty variable asks for nothing", () => {
    expect(requestedKernels("none", "baseline")).toEqual({ level: "none", by: "the option kernels" });
    expect(requestedKernels(undefined, "baseline")).toEqual({ level: "baseline", by: "CAI_KERNELS" });
    expect(requestedKernels(undefined, "")).toBeUndefined();
    expect(requestedKernels(undefined, undefined)).toBeUndefined();
  });

  test("a level that is unknown is refused with those that the processor has, by whom it was asked for", () => {
    const error = thrownBy(() => requestedKernels(undefined, "sse9"));
    expect(BackendError.isInstance(error) && error.code).toBe("unavailable");
    expect(String(error)).toMatch(
      /CAI_KERNELS is "sse9", and there are no such kernels for linux on \w+: choose one that this processor has: .*baseline, none$/,
    );
  });

  test.runIf(foreign !== undefined)("a level that the processor lacks is refused with what is lacking (where it lacks one)", () => {
    const error = thrownBy(() => requestedKernels(foreign!.name));
    expect(BackendError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(`the option kernels is "${foreign!.name}", and this processor lacks `);
    expect(String(error)).toContain(`: choose one that this processor has: ${own.join(", ")}, none`);
  });

  test("one that is not compiled is refused with the command that compiles it", async () => {
    const folder = await makePackage();
    expect(String(thrownBy(() => loadKernels(folder, { level: "baseline", by: "CAI_KERNELS" })))).toMatch(
      /CAI_KERNELS is "baseline", and these kernels are not compiled; to have them: npx @cai\/cli backend install --kernels baseline$/,
    );
  });

  test("one that does not load is refused with the reason", async () => {
    const folder = await makePackage("baseline");
    expect(String(thrownBy(() => loadKernels(folder, { level: "baseline", by: "CAI_KERNELS" })))).toMatch(
      /do not load: .*cai-kernels-baseline.node/,
    );
  });

  test("unasked, what is not compiled or does not load is passed over and told", async () => {
    const { level, levels, because } = loadKernels(await makePackage("baseline"), undefined);
    expect(level).toBe("none");
    expect(levels).toEqual(own.map((level) => ({ level, compiled: level === "baseline" })));
    for (const each of own) expect(because).toContain(each === "baseline" ? '"baseline" does not load' : `"${each}" is not compiled`);
  });

  test("none is none, compiled or not", async () => {
    expect(loadKernels(await makePackage("baseline"), { level: "none", by: "CAI_KERNELS" })).toMatchObject({ level: "none" });
  });
});
