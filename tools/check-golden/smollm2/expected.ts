/** Some numbers of one tensor: of a row, or of a vector where `row` is null. */
interface ExpectedWeights {
  readonly ggufName: string;
  readonly row: number | null;
  readonly first8: readonly number[];
  readonly hfName: string;
  readonly hfFirst8: readonly number[];
}

interface ExpectedSummary {
  readonly ggufName: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly meanAbs: number;
}

/** 24 greedy tokens after a prompt, not stopped at the end of a turn, and what is known of them. */
export interface ExpectedContinuation {
  readonly promptIds: readonly number[];
  readonly greedyIds: readonly number[];
  readonly greedyText: string;
  readonly logprobs: readonly number[];
  readonly entropy: readonly number[];
  readonly nextTokenTop5: { readonly ids: readonly number[]; readonly logits: readonly number[] };
  readonly nextTokenLogsumexp: number;
}

interface ExpectedPrompt extends ExpectedContinuation {
  readonly text: string;
}

interface ExpectedChat extends ExpectedContinuation {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** The chat template, with the generation prompt. */
  readonly rendered: string;
}

/** `smollm2-expected.json`, as far as it is read here. */
export interface ExpectedSmollm2 {
  readonly source: { readonly bytes: number; readonly sha256: string };
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly quantisation: Readonly<Record<string, { readonly tensors: number }>>;
  readonly weights: readonly ExpectedWeights[];
  readonly weightSummaries: readonly ExpectedSummary[];
  readonly tokenizer: {
    readonly specialTokens: Readonly<Record<string, number>>;
    readonly encode: readonly { readonly text: string; readonly ids: readonly number[] }[];
  };
  readonly prompts: readonly ExpectedPrompt[];
  readonly chats: readonly ExpectedChat[];
}
