const abbreviation =
  /(?:^|[\s("])(?:Mr|Mrs|Ms|Messrs|Dr|Gen|Col|Lt|Capt|Sen|Rep|Gov|Hon|Jr|Sr|St|No|Nos|Art|Sec|Vol|vs|etc|Jan|Feb|Aug|Sept|Oct|Nov|Dec|[A-Z]|(?:[A-Z]\.)+[A-Z])\.$/;

/** Sentences as a reader would count them; headings, tables and fragments are left out. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const boundary of text.matchAll(/[.!?]["')]*\s+(?=["'(]?[A-Z])/g)) {
    const end = boundary.index + boundary[0].trimEnd().length;
    if (abbreviation.test(text.slice(start, end))) continue;
    sentences.push(text.slice(start, end));
    start = boundary.index + boundary[0].length;
  }
  sentences.push(text.slice(start));
  return sentences.filter(isProse);
}

function isProse(sentence: string): boolean {
  const words = sentence.split(" ").length;
  const digits = sentence.replace(/[^0-9$]/g, "").length;
  return words >= 4 && words <= 90 && /^["']?[A-Z]/.test(sentence) && /[.!?]["')]*$/.test(sentence) && digits <= 0.04 * sentence.length;
}
