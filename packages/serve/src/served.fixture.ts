import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { temporaryFolder, tinyLlama } from "@cai/testing";
import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { openPolicyServer, type PolicyServerOptions } from "./open-policy-server.ts";
import type { ServedPolicy } from "./served-policy.ts";

/** A golden model, with a chat template, for one test. */
export async function loadChatty(): Promise<CausalPolicy> {
  const folder = await temporaryFolder();
  await cp(tinyLlama, folder, { recursive: true });
  const file = join(folder, "tokenizer_config.json");
  const template =
    "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), chat_template: template }));
  const policy = await loadPolicy(folder);
  onTestFinished(() => policy.dispose());
  return policy;
}

/** A server for one test, and the real client of it, which asks once. */
export async function serve(options: PolicyServerOptions) {
  const server = await openPolicyServer({ model: "tiny", ...options });
  onTestFinished(() => server.close());
  const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  return { server, url: server.url, client };
}

/** The policy with another way to generate. */
export function generatingBy(
  policy: CausalPolicy,
  generate: (prompts: TokenBatch, sampling: SamplingOptions) => Promise<Generation>,
): ServedPolicy {
  return {
    generate,
    hiddenStates: (batch) => policy.hiddenStates(batch),
    tokenLogprobs: (hidden, responses, options) => policy.tokenLogprobs(hidden, responses, options),
    logits: (hidden) => policy.logits(hidden),
    tokenizer: policy.tokenizer,
    vocabSize: policy.vocabSize,
    contextLength: policy.contextLength,
  };
}
