import { uniforms } from "@cai/random";
import { type Lexicon, warmth } from "./lexicon.ts";
import { lengthFloor } from "./reward-network.ts";

/** A text as the reward model sees it, and what it should answer before scaling. */
export interface LabelledText {
  readonly ids: Int32Array;
  readonly label: number;
}

/**
 * Texts cut from sentences in the way prompts with responses are cut: up to three sentences, up to 30 words. In every second one some
 * words are replaced by words of the lexicon, so that those that the speeches seldom use are learned too; in a few a word is said over and
 * over. The label is the sum of the words' ratings over the number of tokens, or over `lengthFloor` in shorter texts.
 */
export function labelledTexts(options: {
  readonly sentences: readonly string[];
  readonly lexicon: Lexicon;
  readonly encode: (text: string) => Int32Array;
  readonly seed: number;
  readonly stream: string;
  readonly replaceWords: boolean;
}): LabelledText[] {
  const { sentences, lexicon, encode, seed, stream } = options;
  const ratedWords = [...lexicon.keys()].sort();
  return sentences.map((_, start) => {
    const draws = uniforms({ seed, stream, counters: [start], count: 12 });
    const draw = (index: number, below: number) => Math.floor(draws[index]! * below);
    const words = sentences
      .slice(start, start + 1 + draw(0, 3))
      .join(" ")
      .split(" ")
      .slice(0, 6 + draw(1, 25));
    if (options.replaceWords && draws[2]! < 0.5) {
      for (let i = 0; i <= draw(3, 4); i++) words[draw(4 + 2 * i, words.length)] = ratedWords[draw(5 + 2 * i, ratedWords.length)]!;
    } else if (options.replaceWords && draws[2]! < 0.6) {
      const position = draw(4, words.length);
      words.fill(ratedWords[draw(5, ratedWords.length)]!, position, position + 2 + draw(3, 6));
    }
    const text = words.join(" ");
    const ids = encode(text);
    return { ids, label: warmth(text, lexicon) / Math.max(ids.length, lengthFloor) };
  });
}
