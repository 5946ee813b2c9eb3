// A policy as ONNX, for transformers.js or any ONNX Runtime; and the same responses drawn from it, without TensorFlow.
import { readdir } from "node:fs/promises";
import { prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import { exportOnnx } from "@cai/onnx-export";
import { loadPolicy } from "@cai/policy";
import { OnnxGenerator } from "@cai/rollout-onnx";
import { leftPad } from "@cai/trainer";

await prepareBackend();
const policy = await loadPolicy(demoPolicyDirectory);
await exportOnnx({ policy, directory: "web/model", quantize: true });
console.log((await readdir("web/model/onnx")).sort().join(", "));

const engine = await OnnxGenerator.create({ policy });
const prompts = leftPad([policy.tokenizer.encode("Our country is")]);
const greedy = { draws: { seed: 7, stream: "example", step: 0 }, maxNewTokens: 12, temperature: 0 };
const [byTensorFlow, byOnnxRuntime] = [await policy.generate(prompts, greedy), await engine.generate(prompts, greedy)];
console.log("the same tokens:", byTensorFlow.responses.ids.join() === byOnnxRuntime.responses.ids.join());
await engine.dispose();
