import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
const s = await InferenceSession.create(workerData.path, {extra: { session: { intra_op: { allow_spinning: "0" } } }});
parentPort.postMessage({ inputs: s.inputMetadata, outputs: s.outputMetadata });
parentPort.on("message", async (m) => {
  if (m === "end") { await s.release(); parentPort.close(); return; }
  const out = await s.run({ input_ids: new Tensor("int64", BigInt64Array.from(m.ids.map(BigInt)), [1, m.ids.length]), attention_mask: new Tensor("int64", new BigInt64Array(m.ids.length).fill(1n), [1, m.ids.length]) });
  parentPort.postMessage(out.logits.data);
});
