import { TokenizerError } from "../../error.ts";

/** The JavaScript library would take this option, and give other ids or texts than the Rust library. */
export function unsupported(option: string): never {
  throw new TokenizerError(
    "unsupported-option",
    `${option} is not supported in browsers: its ids would be wrong; use this tokenizer in Node`,
  );
}

/** The part's type, by which it is refused. */
export function nameOf(component: string, part: { readonly type?: unknown }): string {
  return `a ${component} ${typeof part.type === "string" ? part.type : "without a type"}`;
}
