/** A key that stands twice in the outermost object of valid JSON: `JSON.parse` would silently drop the first. */
export function repeatedKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') {
      const end = closingQuote(json, i);
      if (depth === 1 && isFollowedByColon(json, end)) {
        const key: string = JSON.parse(json.slice(i, end + 1));
        if (seen.has(key)) return key;
        seen.add(key);
      }
      i = end;
    }
  }
  return undefined;
}

function closingQuote(json: string, openingQuote: number): number {
  let i = openingQuote + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i;
}

function isFollowedByColon(json: string, end: number): boolean {
  let i = end + 1;
  while (/\s/.test(json[i] ?? "")) i++;
  return json[i] === ":";
}
