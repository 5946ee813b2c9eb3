// DPO: of two answers to a prompt the better one is to become likelier, against the model as it was.
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import { loadPolicy } from "@cai/policy";
import { DPOTrainer } from "@cai/preference";

await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
const pairs = [
  { prompt: "We wish our friends", chosen: " peace and happiness.", rejected: " war and misery." },
  { prompt: "The people of this land", chosen: " are kind.", rejected: " are cruel." },
  { prompt: "To our neighbours we offer", chosen: " friendship.", rejected: " nothing." },
  { prompt: "The work before us is", chosen: " worth doing.", rejected: " not worth doing." },
];
const heldOut = [{ prompt: "We wish all nations", chosen: " peace and happiness.", rejected: " war and misery." }];

const trainer = await DPOTrainer.create({ policy, beta: 0.1, learningRate: 1e-4, batchSize: 4, epochs: 6, seed: 7 });
const before = await trainer.evaluate(heldOut);
const { steps } = await trainer.train(pairs);
const after = await trainer.evaluate(heldOut);
console.log("loss of the first step:", steps[0]!.metrics.loss!.toFixed(2)); // log 2: policy and reference agree
console.log("of the last:", steps.at(-1)!.metrics.loss!.toFixed(2));
console.log("held-out pair: the better answer leads:", after.accuracy === 1, "by more than before:", after.loss < before.loss);
