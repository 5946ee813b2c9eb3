// @ts-check
// Writes a GPT-2 of random weights in Hugging Face layout: make-model.mjs <folder> <layers> <hidden> <heads> <vocabulary>
import { prepareBackend } from "@cai/backend";
import { createPolicy } from "@cai/policy";
import { createTokenizer } from "@cai/tokenizer";

const [folder = "", ...numbers] = process.argv.slice(2);
const [n_layer = 0, n_embd = 0, n_head = 0, vocab_size = 0] = numbers.map(Number);

await prepareBackend();
const policy = await createPolicy({
  config: {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    activation_function: "gelu_new",
    n_positions: 1024,
    layer_norm_epsilon: 1e-5,
    initializer_range: 0.02,
    bos_token_id: vocab_size - 1,
    eos_token_id: vocab_size - 1,
    vocab_size,
    n_layer,
    n_embd,
    n_head,
  },
  seed: 0,
  tokenizer: decimalWords(vocab_size),
});
await policy.save(folder);
console.log(
  JSON.stringify({ parameters: [...policy.parameters.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0) }),
);

/** Ids in decimal; the last one is the end of text. @param {number} vocabulary */
function decimalWords(vocabulary) {
  const endOfText = String(vocabulary - 1);
  const vocab = Object.fromEntries(Array.from({ length: vocabulary }, (_, id) => [String(id), id]));
  return createTokenizer({
    tokenizerJson: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: "WhitespaceSplit" },
      post_processor: null,
      decoder: null,
      model: { type: "WordPiece", unk_token: endOfText, continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab },
    },
    tokenizerConfig: { eos_token: endOfText, tokenizer_class: "PreTrainedTokenizerFast", clean_up_tokenization_spaces: false },
  });
}
