/** Our packages, and what they name inside themselves (`#…`), resolve to their TypeScript source, by the condition that names it. */
export function resolve(specifier, context, nextResolve) {
  if (!/^(@cai\/|#)/.test(specifier)) return nextResolve(specifier, context);
  return nextResolve(specifier, { ...context, conditions: ["@cai/source", ...context.conditions] });
}
