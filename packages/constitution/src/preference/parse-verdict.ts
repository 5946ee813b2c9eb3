/** Which of two answers a text calls better. */
export type Verdict = "A" | "B";

/**
 * The verdict of a judge that answers in text: `"A"` or `"B"` where it says so in one of the forms of a short table, undefined where it doesn't.
 * Strict on purpose: what is negated, hedged, contradicted, asked, cut off or said in other words is not read, since a verdict that is missed
 * costs a label, and one that is invented teaches the wrong thing.
 *
 * Of a text that was cut the last sentence states none, since what would follow may turn it, unless the whole text is a letter.
 *
 * Thoughts between `<think>` and `</think>` don't count, nor do sentences before the verdict that state none ("A is polite, but short."). Sentences
 * behind it may neither name an answer nor take anything back, and a letter alone is a verdict at the end only: earlier, it may begin an
 * answer that is repeated. Letters are capitals.
 *
 * @example
 * parseVerdict("Both are polite, but A is vague.\nThe better answer is (B)."); // "B"
 * parseVerdict("B is not better than A."); // undefined
 */
export function parseVerdict(text: string, { isCut = false }: { readonly isCut?: boolean } = {}): Verdict | undefined {
  const sentences = sentencesOf(withoutThoughts(text));
  const said = sentences.map(statementOf);
  const last = said.findLastIndex((statement) => statement !== undefined);
  const [verdict, ...others] = new Set(said.filter((statement) => statement !== undefined));
  const isWhole = !isCut || last < sentences.length - 1 || (last === 0 && letterAlone.test(sentences[0]!));
  const behind = sentences.slice(last + 1);
  if (!isWhole || verdict === undefined || verdict === "tie" || others.length > 0) return undefined;
  if (behind.some((sentence) => takesBack.test(sentence)) || (behind.length > 0 && letterAlone.test(sentences[last]!))) return undefined;
  return verdict;
}

/** What introduces a verdict, and the other words that the forms are written with. X and Y stand for different answers. */
const words: Readonly<Record<string, string>> = {
  VERDICT: "(?:the |my )?(?:(?:final|better|best|preferred) )*(?:answer|response|option|choice|reply|verdict|one)(?: is| would be)?:? ?",
  ANSWER: "(?:answer|response|option|choice|reply|assistant|one)",
  DEGREE: "(?:(?:clearly|definitely|much|slightly|somewhat|far|overall|a bit|a little) )?",
};

/** A sentence that has one of these forms, as a whole, is a verdict for X or for Y. */
const forms = [
  { form: "X", means: "X" }, // "B"; "Option B, because it is kinder"
  { form: "VERDICTX", means: "X" }, // "Answer: B"; "My final choice would be B"
  { form: "X is DEGREE(?:the )?(?:better|best|preferable|superior)(?: ANSWER)?(?: than Y)?", means: "X" }, // "B is clearly better than A"
  { form: "i(?: would|'d)? (?:prefer|choose|pick|select) X(?: (?:over|to|rather than) Y)?", means: "X" }, // "I would choose B over A"
  { form: "X is DEGREE(?:the )?worse(?: ANSWER)?(?: than Y)?", means: "Y" }, // "A is the worse answer"
] as const;

/** A sentence that has one of these forms says that neither is better, against whatever else is said. */
const ties = [
  "(?:VERDICT)?(?:neither|both|none|a tie|tie|equal|the same|no preference)",
  "neither(?: ANSWER)?(?: of them)? is (?:better|preferable|superior)",
  "(?:X and Y|both(?: ANSWERs)?|they|the two(?: ANSWERs)?) are (?:both )?DEGREE(?:equal|equally|tied|identical|the same).*",
  "(?:it is|it's|this is) a tie",
] as const;

/** What may stand before a verdict in its sentence. */
const opening =
  /^(?:(?:so|thus|therefore|hence|overall|finally|in conclusion|in summary),? )?(?:i (?:think|believe|would say)(?: that)? )?/;
/** What may stand behind it: a reason, which neither names an answer nor takes anything back. */
const reason = /,? (?:because|since|as) .*$/;
const takesBack =
  /<[ab]>|\?|\b(?:first|second|former|latter|other|neither|both|equal|equally|tie|same|but|however|although|though|yet|not|no|never|cannot|actually|wait|unless|instead|unsure|wrong|mistake|correction|worse)\b|n't\b/;

const letterAlone = /^<[ab]>$/;

function statementOf(sentence: string): Verdict | "tie" | undefined {
  const because = reason.exec(sentence)?.[0] ?? "";
  if (takesBack.test(because)) return undefined;
  const claim = sentence.slice(0, sentence.length - because.length).replace(opening, "");
  return readings.find(({ form }) => form.test(claim))?.said;
}

/** Every form with its words and its answers written in, in both orders; an answer may be called "answer A" too. */
const readings = (["A", "B"] as const).flatMap((X): { readonly form: RegExp; readonly said: Verdict | "tie" }[] => {
  const Y: Verdict = X === "A" ? "B" : "A";
  const named = (answer: Verdict): string => `(?:(?:the )?ANSWER )?<${answer.toLowerCase()}>`;
  const written = (form: string): RegExp => {
    const source = form.replaceAll(/[XY]/g, (which) => named(which === "X" ? X : Y));
    return new RegExp(`^${source.replaceAll(/[A-Z]{3,}/g, (name) => words[name]!)}$`);
  };
  return [
    ...ties.map((form) => ({ form: written(form), said: "tie" as const })),
    ...forms.map(({ form, means }) => ({ form: written(form), said: { X, Y }[means] })),
  ];
});

/** What stands behind the last thought; nothing where a thought is not ended. */
function withoutThoughts(text: string): string {
  const said = text.split("</think>").at(-1)!;
  return said.includes("<think>") ? "" : said;
}

/**
 * Sentences in small letters, without marks of emphasis and lists, the answers that they name written as `<a>` and `<b>`. Full stops at their ends
 * are gone; a question keeps its mark, and so has no verdict's form.
 */
function sentencesOf(text: string): string[] {
  return text
    .replaceAll(/\\boxed\{([^{}]*)\}/g, "$1")
    .replaceAll(/[<>*_`"“”$]/g, "")
    .replaceAll("’", "'")
    .split(/\n|(?<=[.!?;])\s/)
    .map((sentence) => nameAnswers(sentence.trim().replace(/^(?:[-#•]+ +)+/, "")))
    .map((sentence) => sentence.replace(/[\s.!;]+$/, ""))
    .filter((sentence) => sentence !== "");
}

const byLetter = /\[\[([AB])\]\]|\[([AB])\]|\(([AB])\)|(?<![\w'-])([AB])(?![\w'-])\)?/g;
const byPlace = /\bthe (first|second)(?: (?:answer|response|option|choice|reply|one))?\b/g;

function nameAnswers(sentence: string): string {
  return sentence
    .replaceAll(/'([AB])'/g, "$1")
    .replaceAll(byLetter, (_, ...letters: (string | undefined)[]) => `<${letters.slice(0, 4).find((found) => found !== undefined)}>`)
    .toLowerCase()
    .replaceAll(byPlace, (_, place) => (place === "first" ? "<a>" : "<b>"));
}
