import { existsSync } from "node:fs";
import type { CausalPolicy } from "@cai/policy";
import { readingInput } from "./exit-codes.ts";
import type { LoraSettings } from "./lora-settings.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** What `--policy` may be, for the help texts. */
export const policyForms =
  "a folder in Hugging Face or PEFT layout, a .gguf file, a Hugging Face hub id (owner/name), demo, or random:gpt2";

/**
 * The policy that `--policy` names, on the backend that was prepared; with a new adapter on it where there are settings for one. The
 * caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolvePolicy(source: string, lora?: LoraSettings & { readonly seed: number }): Promise<CausalPolicy> {
  const { addLora } = await import("@cai/policy");
  return readingInput(async () => {
    const policy = await loadNamedPolicy(source);
    if (lora === undefined) return policy;
    try {
      return addLora(policy, lora);
    } finally {
      policy.dispose();
    }
  });
}

/** The policy of a source, and of an adapter's base, each of which may be a model of the hub. Throws what loading throws. */
export async function loadNamedPolicy(source: string): Promise<CausalPolicy> {
  const { loadPolicy } = await import("@cai/policy");
  const resolveModel = (id: string): Promise<string> => resolveSource(id, terminalOf(process.stderr));
  return loadPolicy(await resolveModel(source), { resolveModel });
}

/**
 * What `loadPolicy` takes for it: paths and `random:…` stay as they are, a hub id becomes its folder in the cache. A download shows on a
 * terminal how far it is.
 *
 * @throws HubError
 */
export async function resolveSource(source: string, terminal: Terminal): Promise<string> {
  if (source === "demo") return (await import("@cai/demo")).demoPolicyDirectory;
  if (source.startsWith("random:") || existsSync(source)) return source;
  const { resolveModel } = await import("@cai/hub");
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  let shown = "";
  try {
    return await resolveModel(source, {
      onProgress({ receivedBytes, totalBytes }) {
        const text = `\r\u001b[Kdownloading ${source}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
        if (terminal.interactive && text !== shown) terminal.write(text);
        shown = text;
      },
    });
  } finally {
    if (terminal.interactive && shown !== "") terminal.write("\n");
  }
}
