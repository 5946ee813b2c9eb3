import { workerData } from "node:worker_threads";
import type * as Runtime from "onnxruntime-node";

// The thread is told where onnxruntime-node is, as that need not be where this package would find it.
const runtime = (await import(workerData?.runtime ?? "onnxruntime-node")) as typeof Runtime;

export type InferenceSession = Runtime.InferenceSession;
export const InferenceSession = runtime.InferenceSession;
export type Tensor = Runtime.Tensor;
export const Tensor = runtime.Tensor;
