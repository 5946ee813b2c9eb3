import type { ModelArchitecture } from "../families/family.ts";
import { CausalPolicy, type PolicyParts } from "../policy.ts";
import type { BuiltParameters } from "./build-parameters.ts";
import { checkTokenizer } from "./check-tokenizer.ts";
import { eosTokenIdsOf } from "./eos-token-ids.ts";
import { modelIdentity } from "./model-identity.ts";

/** What a policy is made of, wherever it comes from. */
interface PolicySource extends Pick<PolicyParts, "architecture" | "tokenizer" | "config"> {
  readonly generationConfig?: { readonly text: string; readonly json: Readonly<Record<string, unknown>> } | undefined;
  /** Named in messages. */
  readonly where: string;
  /** The name of its identity. */
  readonly source: string;
  /** Makes its weights, or reads them. */
  readonly parameters: (architecture: ModelArchitecture) => Promise<BuiltParameters>;
}

/** A policy of its parts. Throws PolicyError, before there are weights, for a tokenizer or ends of text that don't fit the architecture. */
export async function assemblePolicy({ generationConfig, where, source, parameters: make, ...parts }: PolicySource): Promise<CausalPolicy> {
  const { architecture, tokenizer, config } = parts;
  const { vocabSize } = architecture;
  checkTokenizer(tokenizer, vocabSize, where);
  const eosTokenIds = eosTokenIdsOf({ generationConfig: generationConfig?.json ?? {}, config, tokenizer, vocabSize, where });
  const { parameters, sha256 } = await make(architecture);
  const identity = modelIdentity(source, sha256);
  return new CausalPolicy({ ...parts, parameters, identity, eosTokenIds, generationConfig: generationConfig?.text });
}
