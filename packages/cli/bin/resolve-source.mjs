/** Our packages resolve to their TypeScript source, by the export condition that names it. */
export function resolve(specifier, context, nextResolve) {
  if (!specifier.startsWith("@cai/")) return nextResolve(specifier, context);
  return nextResolve(specifier, { ...context, conditions: ["@cai/source", ...context.conditions] });
}
