import { suitableFormat } from "@cai/feedback";
import { ServeError } from "@cai/serve";
import { createTokenizer } from "@cai/tokenizer";
import { policyApp } from "../../../packages/serve/src/policy-app.ts";
import type { ServedPolicy } from "../../../packages/serve/src/served-policy.ts";
import { openTurns } from "../../../packages/serve/src/turns.ts";
import { mutatedJson } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

const letters = ["H", "u", "m", "a", "n", ":", " ", "\n", "A", "s", "i", "t", "b"];
const vocab = Object.fromEntries(letters.map((letter, id) => [letter, id]));
const tokenizer = createTokenizer({ tokenizerJson: { model: { type: "BPE", vocab, merges: [] } } });
const noModel = () => {
  throw new Error("there is no model");
};

/** Writes one letter to every prompt; it has no numbers to tell of. */
const policy: ServedPolicy = {
  tokenizer,
  vocabSize: letters.length,
  contextLength: 64,
  async generate({ shape: [rows] }, { onToken }) {
    const ids = new Int32Array(rows).fill(vocab.b!);
    for (let row = 0; row < rows; row++) onToken?.({ row, id: ids[row]!, finishReason: "length" });
    return {
      responses: { ids, mask: new Uint8Array(rows).fill(1), shape: [rows, 1] },
      behaviourLogprobs: new Float32Array(rows),
      finishReasons: Array.from({ length: rows }, () => "length"),
    };
  },
  hiddenStates: noModel,
  tokenLogprobs: noModel,
  logits: noModel,
};
const app = policyApp({
  policy,
  format: suitableFormat(tokenizer),
  model: "m",
  apiKey: "",
  maxBodyBytes: 2 ** 20,
  seed: 0,
  turns: openTurns(1),
  closing: new AbortController().signal,
});

const sampling = { model: "m", max_tokens: 1, temperature: 0.5, top_p: 0.9, top_k: 3, n: 2, seed: 1, stop: ["a", "\nb"] };

/** A request is answered, or refused in OpenAI's form; what the policy can't do, it alone may fail at. */
async function ask(path: string, input: Uint8Array): Promise<void> {
  const response = await app.request(path, { method: "POST", body: new TextDecoder().decode(input) });
  const text = await response.text();
  if (response.ok) {
    if (response.headers.get("content-type")?.startsWith("application/json")) JSON.parse(text);
    return;
  }
  const { code, message } = JSON.parse(text).error as { readonly code: string; readonly message: string };
  if (response.status >= 500 && message !== "the policy failed: there is no model") throw new Error(`answered ${response.status}: ${text}`);
  throw new ServeError(code, message);
}

/** Requests over HTTP. */
export const requests: readonly FuzzTarget[] = [
  {
    name: "served-completion",
    inputs: mutatedJson([
      { ...sampling, prompt: "ab" },
      { model: "m", prompt: [[1, 2], [3]], echo: true, stream: true, stream_options: { include_usage: true }, max_tokens: 1 },
      { model: "m", prompt: ["a", "b"], logprobs: 2, max_tokens: 0, echo: true },
    ]),
    share: 30,
    errors: [ServeError],
    read: (input) => ask("/v1/completions", input),
  },
  {
    name: "served-chat",
    inputs: mutatedJson([
      { ...sampling, messages: [{ role: "user", content: "a" }] },
      { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "a" }] }], stream: true, max_completion_tokens: 1 },
      { model: "m", messages: [{ role: "user", content: "a" }], logprobs: true, top_logprobs: 2, max_tokens: 1 },
    ]),
    share: 30,
    errors: [ServeError],
    read: (input) => ask("/v1/chat/completions", input),
  },
];
