import type { CausalPolicy } from "@cai/policy";
import { showDownload } from "./download-progress.ts";
import { readingInput } from "./exit-codes.ts";
import type { LoraSettings } from "./lora-settings.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** What `--policy` may be, for the help texts. */
export const policyForms =
  "a folder in Hugging Face or PEFT layout, a .gguf file, a Hugging Face hub id (owner/name), demo, or random:gpt2";

/**
 * The policy that `--policy` names, on the backend that was prepared; with a new adapter on it where there are settings for one, and with
 * its blocks computed again in the backward pass where it is to `recompute`. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolvePolicy(
  source: string,
  {
    lora,
    recompute = false,
  }: { readonly lora?: (LoraSettings & { readonly seed: number }) | undefined; readonly recompute?: boolean } = {},
): Promise<CausalPolicy> {
  const { addLora, CausalPolicy } = await import("@cai/policy");
  return readingInput(async () => {
    const { parts } = await loadNamedPolicy(source);
    const policy = new CausalPolicy({ ...parts, recompute });
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
  const place = source === "demo" ? (await import("@cai/demo")).demoPolicyDirectory : source;
  return loadPolicy(place, { resolveModel: (id) => resolveSource(id, terminalOf(process.stderr)) });
}

/**
 * The folder of a model by its id on the hub, in the cache; what exists stays as it is. A download shows on a terminal how far it is.
 *
 * @throws HubError
 */
export async function resolveSource(source: string, terminal: Terminal): Promise<string> {
  const { resolveModel } = await import("@cai/hub");
  return showDownload(source, terminal, (onProgress) => resolveModel(source, { onProgress }));
}
