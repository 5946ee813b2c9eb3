// @ts-check
import { NativeInstallError } from "./error.mjs";
import { run } from "./run.mjs";

/**
 * The command that runs pip here, as `[program, ...arguments]`.
 *
 * @param {typeof run} [execute]
 * @returns {Promise<readonly [string, ...string[]]>}
 */
export async function findPip(execute = run) {
  /** @type {readonly (readonly [string, ...string[]])[]} */
  const candidates = [["python3", "-m", "pip"], ["python", "-m", "pip"], ["pip3"], ["pip"]];
  for (const candidate of candidates) {
    const [program, ...args] = candidate;
    if ((await execute(program, [...args, "--version"])).ok) return candidate;
  }
  throw new NativeInstallError(
    "pip was not found (tried python3 -m pip, python -m pip, pip3, pip)",
    "install it: apt-get install python3-pip",
  );
}

/**
 * The Python that unpacks wheels; any Python 3 will do.
 *
 * @param {typeof run} [execute]
 */
export async function findPython(execute = run) {
  for (const program of ["python3", "python"]) {
    if ((await execute(program, ["-c", "import sys, zipfile; sys.exit(sys.version_info < (3, 6))"])).ok) return program;
  }
  throw new NativeInstallError("Python 3 was not found", "install it: apt-get install python3 python3-pip");
}
