/** One principle of a constitution: how an answer is criticised, revised, compared and, for contrast, drawn by it. */
export interface Principle {
  /** Unique within the constitution. */
  readonly name: string;
  /** Asks for what the answer lacks by this principle. */
  readonly critiqueRequest: string;
  /** Asks to write the answer anew. */
  readonly revisionRequest: string;
  /** Asks which of two answers is better by this principle. */
  readonly comparisonQuestion: string;
  /** A system prompt, or the beginning of a text, under which a model follows the principle. */
  readonly positivePersona: string;
  /** Likewise, under which it does the opposite. */
  readonly negativePersona: string;
  /** How often it is drawn, against the weights of the others. */
  readonly weight: number;
}

/** Principles, and what is written above their requests. */
export interface Constitution {
  readonly name: string;
  readonly principles: readonly Principle[];
  /** SHA-256 over the content in canonical order, hexadecimal: which constitution a product was made with. */
  readonly sha256: string;
}
