// @ts-check
/** An installation step that failed: `message` says what failed, `fix` what to do about it. */
export class NativeInstallError extends Error {
  /**
   * @param {string} message
   * @param {string} fix
   * @param {ErrorOptions} [options]
   */
  constructor(message, fix, options) {
    super(message, options);
    this.name = "NativeInstallError";
    this.fix = fix;
  }
}
