import { TrainingError } from "@cai/training";
import { expect, test } from "vitest";
import { resolvingFlags } from "./flag-names.ts";

const refused = (message: string, flags: Readonly<Record<string, unknown>>) =>
  resolvingFlags(flags, () => {
    throw new TrainingError("invalid-option", message);
  });

test("what was typed as a flag is told of as one, and what stands in a file by its name there", async () => {
  const message = "batchSize 4 is not a multiple of minibatchSize 3";
  await expect(refused(message, { batchSize: 4, minibatchSize: undefined })).rejects.toMatchObject({
    code: "usage",
    message: "--batch-size 4 is not a multiple of minibatchSize 3",
  });
  await expect(refused(message, { batchSize: 4, minibatchSize: 3 })).rejects.toThrow(
    "--batch-size 4 is not a multiple of --minibatch-size 3",
  );
});

test("a name of one word is a flag where a message begins, and a word elsewhere", async () => {
  await expect(refused("steps is 0; expected at least 1 (of the run's steps)", { steps: 0 })).rejects.toThrow(
    "--steps is 0; expected at least 1 (of the run's steps)",
  );
});

test("what is no fault of the user's stays as it is", async () => {
  const bug = new TypeError("batchSize");
  const thrown = resolvingFlags({ batchSize: 1 }, () => {
    throw bug;
  });
  await expect(thrown).rejects.toBe(bug);
});
