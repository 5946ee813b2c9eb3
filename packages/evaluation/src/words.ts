/**
 * The words of a text, in lower case: runs of letters, marks, digits and apostrophes. A language that puts no space between its words has one
 * for each run.
 */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
}
