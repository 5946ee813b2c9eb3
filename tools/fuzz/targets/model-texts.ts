import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PolicyError } from "@cai/policy";
import { RewardModelError } from "@cai/reward-model";
import { goldenModels } from "@cai/testing";
import { createTokenizer, TokenizerError } from "@cai/tokenizer";
import { architectureOf } from "../../../packages/policy/src/families/registry.ts";
import { readPeftConfig } from "../../../packages/policy/src/lora/peft-config.ts";
import { readModelConfig } from "../../../packages/reward-model/src/model-config.ts";
import { JinjaError } from "../../../packages/tokenizer/src/chat/jinja/error.ts";
import { Template } from "../../../packages/tokenizer/src/chat/jinja/template.ts";
import { patternsOf } from "../../../packages/tokenizer/src/engine/patterns-of.ts";
import { isPlainPattern } from "../../../packages/tokenizer/src/engine/plain-pattern.ts";
import { mutatedJson, mutatedText } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

const tokenizerSources = new URL("../../../packages/tokenizer/src/", import.meta.url);
const jsonOf = (path: URL | string) => JSON.parse(readFileSync(path, "utf8"));
const textOf = (input: Uint8Array) => new TextDecoder().decode(input);

/** A text that is no JSON is refused where files are read; what is fuzzed here is what comes behind. */
function objectOf(input: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(textOf(input));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const vocab = { "[UNK]": 0, a: 1, b: 2, "▁": 3, ab: 4, Ġ: 5 };
const tokenizerSeeds = [
  {
    added_tokens: [{ id: 6, content: "<end>", special: true }],
    normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Replace", pattern: { String: " " }, content: "▁" }] },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Metaspace", replacement: "▁", prepend_scheme: "first" }, { type: "Digits" }],
    },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<end>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<end>": { id: "<end>", ids: [6], tokens: ["<end>"] } },
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: { type: "BPE", vocab, merges: [["a", "b"]], unk_token: "[UNK]", byte_fallback: true },
  },
  {
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: { type: "ByteLevel", trim_offsets: true },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: ["a b"], continuing_subword_prefix: "", dropout: null },
  },
  {
    normalizer: { type: "BertNormalizer", clean_text: true, lowercase: true },
    pre_tokenizer: { type: "Split", pattern: { Regex: "\\s+" }, behavior: "Removed", invert: false },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: { type: "WordPiece", vocab, unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
  },
  {
    decoder: { type: "Metaspace", replacement: "▁" },
    model: {
      type: "Unigram",
      unk_id: 0,
      vocab: [
        ["?", 0],
        ["a", -1],
        ["▁", -2.5],
      ],
    },
  },
  { model: { type: "WordLevel", vocab, unk_token: "[UNK]" } },
];

const { cases: pieces } = jsonOf(new URL("chat/golden/pieces.json", tokenizerSources)) as { cases: { template: string }[] };
const templates = [
  ...pieces.map(({ template }) => template),
  "{% for m in messages %}{{ '<|' + m['role'] + '|>' }}{{ m.content | trim + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ bos_token }}{% endif %}",
  "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(9) }}{% set ns = namespace(x=[1]) %}{% set ns.x = ns.x + ns.x %}{{ ns.x | tojson }}",
];
const templateWords = [
  ..."{{ }} {% %} {%- -%} ( ) [ ] { } | . ~ * ** // % + - < > == in not and or if else for endif endfor set".split(" "),
  ..."range(99999999) 'a'*99999 |join |tojson |replace('a','aaaa') .split() |list |length |sort |groupby('a') loop.index namespace() \"% 99999d\"%1".split(
    " ",
  ),
  "{% for a in range(9999) %}",
  "{% endfor %}",
  "messages",
  "\\",
  "\n",
];
const variables = {
  messages: [
    { role: "user", content: "Hi " },
    { role: "assistant", content: "Yes." },
  ],
  bos_token: "<s>",
  tools: null,
};

const chatTemplate =
  "{% for m in messages %}{{ '<' + m.role + '>' }}{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}{{ c.text }}{% endfor %}" +
  "{% endif %}{{ m.reasoning_content }}{% endfor %}{{ tools | tojson }}{% if add_generation_prompt %}<assistant>{% endif %}";
let chat: ReturnType<typeof createTokenizer> | undefined;

function chatTokenizer() {
  chat ??= createTokenizer({ tokenizerJson: tokenizerSeeds[1]!, tokenizerConfig: { chat_template: chatTemplate } });
  return chat;
}

const adapterFolder = scratchFolder("adapter");
const adapterSeeds = [
  {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    r: 8,
    lora_alpha: 16,
    target_modules: ["q_proj", "v_proj"],
    rank_pattern: { "layers.0": 4 },
    layers_to_transform: [0, 1],
    bias: "none",
    init_lora_weights: true,
    modules_to_save: null,
  },
  {
    peft_type: "LORA",
    r: 4,
    lora_alpha: 1.5,
    target_modules: "all-linear",
    use_rslora: true,
    alpha_pattern: {},
    exclude_modules: ".*k_proj",
  },
];

const configFolder = scratchFolder("reward");
const classifier = {
  model_type: "roberta",
  vocab_size: 9,
  pad_token_id: 1,
  max_position_embeddings: 514,
  id2label: { "0": "NO", "1": "YES" },
};

/** Files that say what a model is. */
export const modelTexts: readonly FuzzTarget[] = [
  {
    name: "tokenizer-json",
    inputs: mutatedJson(tokenizerSeeds),
    share: 60,
    errors: [TokenizerError],
    read(input) {
      const json = objectOf(input);
      // What is not plain runs in a process of its own, which takes long to start: its tests are in the package.
      if (json === undefined || !patternsOf(json).every(isPlainPattern)) return;
      const tokenizer = createTokenizer({ tokenizerJson: json });
      tokenizer.decode(tokenizer.encode("ab a <end> 12 é▁\u0000"));
    },
  },
  {
    name: "tokenizer-config",
    inputs: mutatedJson([
      { tokenizer_class: "GPT2Tokenizer", add_prefix_space: true, bos_token: { content: "a" }, eos_token: "b", model_max_length: 1e30 },
      {
        added_tokens_decoder: { "6": { content: "<x>", special: true } },
        extra_special_tokens: ["<y>"],
        chat_template: [{ name: "default", template: "{{ 1 }}" }],
      },
    ]),
    share: 100,
    errors: [TokenizerError],
    read(input) {
      const tokenizerConfig = objectOf(input);
      if (tokenizerConfig === undefined) return;
      const tokenizer = createTokenizer({ tokenizerJson: tokenizerSeeds[1]!, tokenizerConfig });
      tokenizer.encode("ab");
      if (tokenizer.chatTemplate !== undefined) tokenizer.applyChatTemplate([{ role: "user", content: "a" }]);
    },
  },
  {
    name: "chat-template",
    inputs: mutatedText(templates, templateWords),
    share: 200,
    errors: [{ isInstance: (error) => error instanceof JinjaError }],
    read: (input) => new Template(textOf(input)).render(variables),
  },
  {
    name: "chat-messages",
    inputs: mutatedJson([
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Yes", thinking: "hm" },
        ],
      },
      { messages: [{ role: "user", content: [{ type: "text", text: "a" }] }], tools: [{ type: "function", function: { name: "f" } }] },
      {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "b" },
        ],
        continueFinalMessage: true,
      },
    ]),
    share: 150,
    errors: [TokenizerError],
    read(input) {
      const { messages, ...options } = objectOf(input) ?? {};
      if (Array.isArray(messages)) chatTokenizer().applyChatTemplate(messages, options);
    },
  },
  {
    name: "model-config",
    inputs: mutatedJson(goldenModels.map(({ folder }) => jsonOf(join(folder, "config.json")))),
    share: 200,
    errors: [PolicyError],
    read(input) {
      const config = objectOf(input);
      if (config !== undefined) architectureOf(config, "config.json");
    },
  },
  {
    name: "adapter-config",
    inputs: mutatedJson(adapterSeeds),
    share: 20,
    errors: [PolicyError],
    read(input) {
      scratchFile("adapter/adapter_config.json", input);
      return readPeftConfig(adapterFolder);
    },
  },
  {
    name: "classifier-config",
    inputs: mutatedJson([classifier]),
    share: 20,
    errors: [RewardModelError],
    read(input) {
      scratchFile("reward/config.json", input);
      return readModelConfig(configFolder);
    },
  },
];
