// A run that is stopped and taken up again ends with the same bytes as one that never was.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory, demoPrompts } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { PPOTrainer } from "@cai/trainer";

await prepareBackend();
const prompts = await demoPrompts({ split: "train" });
const settings = { batchSize: 4, epochs: 2, maxNewTokens: 8, checkpointEvery: 1, seed: 7 };

/** Steps made by a new trainer on the untrained model, as a new process would make it. */
async function run(out: string, { resume = false, stopAfter = Number.POSITIVE_INFINITY } = {}): Promise<number> {
  const policy = await loadPolicy(demoPolicyDirectory);
  const rewardModel = ({ responses }: { readonly responses: readonly string[] }) => responses.map((text) => -text.length);
  const trainer = await PPOTrainer.create({ policy, rewardModel, ...settings });
  let made = 0;
  for await (const { step } of trainer.steps(prompts, { steps: 4, out, resume })) {
    made++;
    if (step === stopAfter) break;
  }
  trainer.dispose();
  policy.dispose();
  return made;
}

const weightsOf = async (out: string) =>
  createHash("sha256")
    .update(await readFile(`${out}/final/model.safetensors`))
    .digest("hex");

console.log("steps in one go:", await run("runs/whole"));
console.log("steps before the stop:", await run("runs/stopped", { stopAfter: 2 }));
console.log("steps after it:", await run("runs/stopped", { resume: true }));
console.log("the same weights to the byte:", (await weightsOf("runs/whole")) === (await weightsOf("runs/stopped")));
