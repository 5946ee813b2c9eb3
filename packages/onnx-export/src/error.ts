import { CaiError } from "@cai/contracts";

/** What this package throws on purpose. Codes: `not-finite`, `too-large`, `cannot-write`. */
export class OnnxExportError extends CaiError {
  static override readonly marker = Symbol.for("@cai/onnx-export");
}
