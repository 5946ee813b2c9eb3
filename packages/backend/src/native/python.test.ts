import { expect, test } from "vitest";
import { findPip, findPython } from "./python.mjs";

/** A machine on which only these commands run. */
const machine =
  (...commands: string[]) =>
  async (command: string, args: readonly string[]) => {
    const ok = commands.some((known) => [command, ...args].join(" ").startsWith(known));
    return { ok, missing: !ok, stdout: "", stderr: "" };
  };

test("pip is found under each of its names, Python's own first", async () => {
  expect(await findPip(machine("python3 -m pip", "pip"))).toEqual(["python3", "-m", "pip"]);
  expect(await findPip(machine("python -m pip"))).toEqual(["python", "-m", "pip"]);
  expect(await findPip(machine("pip3"))).toEqual(["pip3"]);
});

test("a machine without pip or Python gets the command that installs it", async () => {
  await expect(findPip(machine())).rejects.toMatchObject({
    message: expect.stringContaining("pip was not found"),
    fix: "install it: apt-get install python3-pip",
  });
  await expect(findPython(machine("pip3"))).rejects.toMatchObject({ message: "Python 3 was not found" });
});
