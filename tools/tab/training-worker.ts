// The worker of the page that trains in a browser: PPO on the demo's policy, scored by its ONNX reward model. Everything that it reads lies
// beside it on the server.
import { prepareBackend } from "@cai/backend/browser";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { PPOTrainer } from "@cai/trainer";
import { filesOf, memoryFolder, mountFolder } from "@cai/whole-file/browser";
import { zipSync } from "fflate";
import { env } from "onnxruntime-web/wasm";
import { tabSettings } from "./tab-settings.ts";
import type { FromWorker, TabOptions, ToWorker } from "./training-messages.ts";

/** Of a worker's global scope, what is used here. */
declare const self: {
  postMessage(message: FromWorker): void;
  onmessage: (event: { readonly data: ToWorker }) => void;
  readonly location: { readonly href: string };
};

const addressOf = (path: string): string => new URL(path, self.location.href).href;
const stopping = new AbortController();

self.onmessage = ({ data }) => {
  if ("stop" in data) stopping.abort();
  else
    train(data.start).catch((error: Error) => {
      self.postMessage({ failed: error.message });
    });
};

async function train({ heldOutPrompts = tabSettings.heldOutPrompts, folder, backend, ...given }: TabOptions): Promise<void> {
  if (folder !== undefined) mountFolder("/runs", folder);
  const out = folder && `/runs/${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  self.postMessage({ preparing: "fetching the model" });
  const { name } = await prepareBackend({ wasmFolder: addressOf("wasm/"), ...(backend && { prefer: backend }) });
  self.postMessage({ backend: name });
  mountFolder(
    "/policy",
    await fetched("policy", ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]),
  );
  mountFolder("/reward", await fetched("reward", ["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"]));
  const [prompts, heldOut] = [await promptsOf("train"), (await promptsOf("heldout")).slice(0, heldOutPrompts)];

  self.postMessage({ preparing: "loading the model" });
  const policy = await loadPolicy("/policy");
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = addressOf("onnxruntime/");
  const rewardModel = await OnnxRewardModel.load("/reward");
  const trainer = await PPOTrainer.create({ policy, rewardModel, ...tabSettings.hyperparameters, ...given });

  const show = async (step: number): Promise<void> => {
    const { meanScore, samples } = await trainer.evaluate(heldOut);
    self.postMessage({ evaluation: { step, meanScore, samples } });
  };
  self.postMessage({ preparing: "answering prompts that training never sees" });
  await show(0);
  let began = performance.now();
  try {
    for await (const { step, metrics } of trainer.steps(prompts, { signal: stopping.signal, ...(out !== undefined && { out }) })) {
      const seconds = (performance.now() - began) / 1000;
      self.postMessage({ step: { step, score: metrics["objective/scores"]!, kl: metrics["objective/kl_per_token"]!, seconds } });
      began = performance.now();
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error; // who stops gets the model as it is
  }
  await show(trainer.step);

  const trained = memoryFolder();
  mountFolder("/trained", trained);
  await policy.save("/trained");
  const files: Record<string, Uint8Array> = {};
  for (const [path, content] of await filesOf(trained)) files[`demo-ppo/${path}`] = new Uint8Array(await content.arrayBuffer());
  self.postMessage({ model: zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer> });
  trainer.dispose();
  policy.dispose();
  await rewardModel.dispose();
}

/** A folder of the server's, in memory. */
async function fetched(folder: string, names: readonly string[]) {
  const files: Record<string, Blob> = {};
  for (const name of names) files[name] = await (await found(`${folder}/${name}`)).blob();
  return memoryFolder(files);
}

async function promptsOf(split: "train" | "heldout"): Promise<string[]> {
  const lines = (await (await found(`prompts/${split}.jsonl`)).text()).trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { prompt: string }).prompt);
}

async function found(path: string): Promise<Response> {
  const answer = await fetch(addressOf(path));
  if (!answer.ok) throw new Error(`${addressOf(path)} is answered with ${answer.status}: reload the page, or tell who serves it`);
  return answer;
}
