// @ts-check
/** An installation step that failed: `message` says what failed, `mend` what to do about it. */
export class NativeInstallError extends Error {
  /**
   * @param {string} message
   * @param {string} mend
   * @param {ErrorOptions} [options]
   */
  constructor(message, mend, options) {
    super(message, options);
    this.name = "NativeInstallError";
    this.mend = mend;
  }
}
