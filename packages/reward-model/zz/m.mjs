import { Worker } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
const path = new URL("../../../tools/golden/tiny-reward/model.onnx", import.meta.url).pathname;
const main = process.argv[2] === "main" ? await InferenceSession.create(path) : undefined;
if (main) { const o = await main.run({ input_ids: new Tensor("int64", [47n,85n], [1,2]), attention_mask: new Tensor("int64", [1n,1n],[1,2]) }); console.log("main", o.logits.data); }
const ws = [0,1].map(() => new Worker(new URL("./w.mjs", import.meta.url), { workerData: { path } }));
for (const w of ws) { w.on("error", e => console.log("error", e)); w.on("exit", c => console.log("exit", c)); }
const next = (w) => new Promise(r => w.once("message", r));
console.log(JSON.stringify(await next(ws[0])));
for (const w of ws) { w.postMessage({ ids: [47, 85] }); console.log(await next(w)); }
const p = next(ws[0]); ws[0].postMessage({ ids: [47,85]}); const t = Date.now(); while (Date.now() - t < 200); console.log("after block", await p);
if (main) { const o = await main.run({ input_ids: new Tensor("int64", [47n,85n], [1,2]), attention_mask: new Tensor("int64", [1n,1n],[1,2]) }); console.log("main", o.logits.data); }
if (process.argv[3] === "terminate") for (const w of ws) await w.terminate();
else if (process.argv[3] === "unref") for (const w of ws) w.unref();
else for (const w of ws) w.postMessage("end");
