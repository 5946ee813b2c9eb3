// @ts-check

/**
 * What a page or style sheet would load from another host: scripts, styles, pictures, fonts. Links that a reader follows are none of these.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function fromElsewhere(text) {
  const tags = text.match(/<(?:script|link|img|source|iframe|video|audio)\b[^>]*>/gi) ?? [];
  const named = tags.flatMap((tag) =>
    [...tag.matchAll(/\b(?:src|href|srcset)="((?:https?:)?\/\/[^"]+)"/gi)].map(([, url]) => /** @type {string} */ (url)),
  );
  const styled = [...text.matchAll(/(?:@import\s+|url\(\s*)["']?((?:https?:)?\/\/[^"')\s]+)/gi)].map(
    ([, url]) => /** @type {string} */ (url),
  );
  return [...named, ...styled];
}
