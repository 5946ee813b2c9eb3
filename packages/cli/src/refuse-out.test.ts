import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { refuseOut } from "./refuse-out.ts";
import { runCommand } from "./run-command.fixture.ts";

test("a folder that is new, or holds a run that goes on, is taken, and nothing is written", async () => {
  const folder = await temporaryFolder();
  await refuseOut(join(folder, "new", "run"));
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, "metrics.jsonl"), "");
  await refuseOut(folder, { resume: true });
  await expect(refuseOut(folder)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("already holds a run") });
});

test.each(["train", "sft", "dpo", "reward-train"])(
  "cai %s refuses one that can't be written to before it loads anything",
  async (command) => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const named = {
      "--policy": "no-policy",
      "--out": join(file, "run"),
      ...(command === "train" ? { "--reward": "no-reward", "--prompts": "no-file" } : { "--data": "no-file" }),
    };
    await expect(runCommand(command, ...Object.entries(named).flat())).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`${join(file, "run")} can't be written to: ENOTDIR`),
    });
  },
);
