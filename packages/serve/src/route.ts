import type { PromptFormat } from "@cai/feedback";
import type { z } from "zod";
import type { SamplingFields } from "./sampling-fields.ts";
import type { ServedPolicy } from "./served-policy.ts";
import type { Choice } from "./write-choices.ts";
import type { WritingRequest } from "./writing-request.ts";

/** A way to ask: how a body is read, and how answers are written. */
export interface Route<Fields extends z.ZodType<SamplingFields>> {
  /** What the numbers of its answers begin with. */
  readonly name: string;
  readonly fields: Fields;
  /** @throws RequestError; what the tokenizer and the prompt format throw */
  read(body: z.output<Fields>, asked: Asked): WritingRequest;
  form(answer: { readonly id: string; readonly created: number; readonly model: string }): AnswerForm;
}

/** What a body is read with. */
interface Asked {
  readonly policy: ServedPolicy;
  readonly format: PromptFormat;
  /** Of the server. */
  readonly seed: number;
  /** The request's number. */
  readonly request: number;
}

/** The JSON of an answer, as a whole and in pieces. */
export interface AnswerForm {
  whole(choices: readonly Choice[]): object;
  /** Before a choice's first piece. */
  begin(index: number): readonly object[];
  piece(index: number, text: string): object;
  end(index: number, choice: Choice): object;
  /** What the usage of a stream is put in. */
  readonly usage: object;
}
