import { float32Config } from "@cai/policy";

type Config = Readonly<Record<string, unknown>>;

/**
 * A causal model's `config.json` as that of the same trunk with one score, for `transformers`' sequence classification. It finds a text's last
 * token by `pad_token_id`, and refuses batches without one.
 */
export function classifierConfig(config: Config, padTokenId: number | undefined): Config {
  // A model type of text alone, beside one of the same name with pictures, has classifiers of its own.
  const task = String(config.model_type).endsWith("_text") ? "TextForSequenceClassification" : "ForSequenceClassification";
  const architectures = Array.isArray(config.architectures)
    ? { architectures: config.architectures.map((name) => String(name).replace(/(LMHeadModel|ForCausalLM)$/, task)) }
    : {};
  return {
    ...float32Config(config),
    ...architectures,
    id2label: { "0": "LABEL_0" },
    label2id: { LABEL_0: 0 },
    ...(padTokenId !== undefined && { pad_token_id: padTokenId }),
  };
}
