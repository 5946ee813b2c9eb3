import type { JsonObject } from "../files.ts";
import type { Engine } from "./engine.ts";
export class JavaScriptEngine implements Engine {
  readonly vocabSize = 0;
  constructor(_json: JsonObject) {}
  tokenToId(): number | undefined { return undefined; }
  encode(): Int32Array { return new Int32Array(); }
  decode(): string { return ""; }
}
