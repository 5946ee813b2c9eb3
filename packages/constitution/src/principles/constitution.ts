import { ConstitutionError } from "../error.ts";

/** One principle of a constitution: how an answer is criticised, revised, compared and, for contrast, drawn by it. */
export interface Principle {
  /** Unique within the constitution. */
  readonly name: string;
  /** Asks for what the answer lacks by this principle. */
  readonly critiqueRequest: string;
  /** Asks to write the answer anew. */
  readonly revisionRequest: string;
  /** Asks which of two answers is better by this principle. Not every use needs it, see `requireFields`. */
  readonly comparisonQuestion?: string;
  /** A system prompt, or the beginning of a text, under which a model follows the principle. Not every use needs it. */
  readonly positivePersona?: string;
  /** Likewise, under which it does the opposite. */
  readonly negativePersona?: string;
  /** How often it is drawn, against the weights of the others. */
  readonly weight: number;
}

/** How a critique and a revision may look: stands before what is to be revised. */
export interface RevisionExample {
  /** Whose requests stand in it; without a name, those of the principle that the answer is revised by. */
  readonly principle?: string;
  readonly prompt: string;
  readonly response: string;
  readonly critique: string;
  readonly revision: string;
}

/** Principles, and examples of how they are applied. */
export interface Constitution {
  readonly name: string;
  readonly principles: readonly Principle[];
  readonly examples: readonly RevisionExample[];
  /** SHA-256 over the content in canonical order, hexadecimal: which constitution a product was made with. */
  readonly sha256: string;
}

/** The fields of a principle that not every use needs. */
export type OptionalField = "comparisonQuestion" | "positivePersona" | "negativePersona";

/**
 * Refuses a constitution in which a principle lacks what a use of it needs, before anything is computed.
 *
 * @param use for the message: `labeller "contrast"`
 * @throws ConstitutionError `bad-constitution`, naming the principles
 * @example
 * requireFields(await readConstitution("default"), ["positivePersona", "negativePersona"], 'labeller "contrast"');
 */
export function requireFields(constitution: Constitution, fields: readonly OptionalField[], use: string): void {
  for (const field of fields) {
    const lacking = constitution.principles.filter((principle) => principle[field] === undefined).map(({ name }) => JSON.stringify(name));
    if (lacking.length === 0) continue;
    const rest = lacking.length > 3 ? ` and ${lacking.length - 3} more` : "";
    throw new ConstitutionError(
      "bad-constitution",
      `${use} needs ${field} in every principle; ${lacking.slice(0, 3).join(", ")}${rest} of constitution ${JSON.stringify(constitution.name)} ${lacking.length === 1 ? "lacks" : "lack"} it`,
    );
  }
}

/**
 * A field that not every principle has.
 *
 * @throws ConstitutionError `bad-constitution` where it is missing
 */
export function fieldOf(principle: Principle, field: OptionalField): string {
  const text = principle[field];
  if (text !== undefined) return text;
  throw new ConstitutionError("bad-constitution", `principle ${JSON.stringify(principle.name)} has no ${field}: give it one`);
}
