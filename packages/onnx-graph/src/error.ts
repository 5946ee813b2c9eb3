import { CaiError } from "@cai/contracts";

/** What this package throws. Codes: `invalid-tensor`, `invalid-attribute`, `invalid-graph`, `too-large`, `invalid-model`. */
export class OnnxGraphError extends CaiError {
  static override readonly marker = Symbol.for("@cai/onnx-graph");
}
