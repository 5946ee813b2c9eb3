/** A name that no other writer of the same file uses, in the same folder: only there is a rename one step. */
export const temporaryName = (path: string): string => `${path}.${crypto.randomUUID()}.tmp`;

/**
 * Whether a name is that of a file being written: one that is still there when nothing writes is what a killed process left, and may go.
 *
 * @example
 * for (const name of await readdir(folder)) if (isTemporary(name)) await rm(join(folder, name));
 */
export const isTemporary = (name: string): boolean => /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name);
