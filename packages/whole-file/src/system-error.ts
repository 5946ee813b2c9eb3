/** What goes wrong with a file, by Node's codes, which the callers know. */
export class SystemError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

const codes: Readonly<Record<string, string>> = {
  NotFoundError: "ENOENT",
  TypeMismatchError: "ENOTDIR",
  InvalidModificationError: "ENOTEMPTY",
  NotAllowedError: "EACCES",
  NoModificationAllowedError: "EACCES",
  QuotaExceededError: "ENOSPC",
  NotSupportedError: "ENOTSUP",
};

/** A browser's error about a path, as a `SystemError`. */
export function systemError(path: string, cause: unknown): SystemError {
  if (cause instanceof SystemError) return cause;
  const { name = "", message = String(cause) } = cause as Partial<Error>;
  return new SystemError(codes[name] ?? "EIO", `${path}: ${message}`, { cause });
}
