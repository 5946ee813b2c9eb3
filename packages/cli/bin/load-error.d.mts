/** Whether an error says that a package, or a part of it, could not be loaded. */
export declare function isLoadError(error: unknown): boolean;

/**
 * One line: what can't be loaded, and the command that mends it where the command lies that was started.
 *
 * @param bin the started command's file
 */
export declare function describeLoadError(error: unknown, bin?: string): string;
