import * as tf from "@tensorflow/tfjs-core";
import type { PreparedBackend } from "./choose.ts";

/** Makes the plain JavaScript backend tfjs's own. */
export async function loadPlain(): Promise<PreparedBackend> {
  silenceAdvice();
  await tf.setBackend("cpu");
  return { name: "cpu", package: "@tensorflow/tfjs-backend-cpu", reason: "plain JavaScript" };
}

/** On its first tensor the backend prints a page of advice to install tfjs-node; `reason` and `fix` say it better. */
function silenceAdvice(): void {
  const backend = tf.findBackend("cpu") as (tf.KernelBackend & { firstUse?: boolean }) | null;
  if (backend !== null) backend.firstUse = false;
}
