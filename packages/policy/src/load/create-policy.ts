import type { Tokenizer } from "@cai/contracts";
import { architectureOf } from "../families/registry.ts";
import type { CausalPolicy } from "../policy.ts";
import { initialize } from "../random/initialize.ts";
import { assemblePolicy } from "./assemble-policy.ts";
import { buildParameters } from "./build-parameters.ts";

/**
 * A policy with random weights, to be trained from nothing. `config` is what `config.json` would hold; the weights start as the family
 * prescribes (GPT-2: normal with `initializer_range`, residual outputs smaller by √(2L), norms 1, biases 0) and are a function of the
 * seed alone. A tokenizer that carries `files` (name → text) is saved with the policy. `source` is the name that finds the same weights again, for `identity`; default: empty, for none.
 *
 * Throws PolicyError for a configuration that is wrong or not supported, and for a tokenizer with more ids than the model.
 *
 * @example
 * const config = { model_type: "gpt2", vocab_size: 512, n_positions: 128, n_embd: 64, n_layer: 2, n_head: 2 };
 * const policy = await createPolicy({ config, seed: 7, tokenizer: await loadTokenizer("./tokenizer") });
 */
export async function createPolicy({
  config,
  seed,
  tokenizer,
  source = "",
}: {
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly tokenizer: Tokenizer & { readonly files?: ReadonlyMap<string, string> };
  readonly source?: string;
}): Promise<CausalPolicy> {
  const where = source === "" ? "config" : source;
  return assemblePolicy({
    architecture: architectureOf(config, where),
    tokenizer,
    config,
    where,
    source,
    parameters: (architecture) => buildParameters(architecture, { where, fill: (spec, values) => initialize(values, spec, seed) }),
  });
}
