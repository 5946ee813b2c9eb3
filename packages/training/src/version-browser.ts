/** A bundle carries no package.json. */
export const packageVersion = (): string | undefined => undefined;
