// @ts-check
import { NativeInstallError } from "./error.mjs";
import { findPython } from "./python.mjs";
import { run, tellingLine } from "./run.mjs";

/** Reading a member to its end checks its CRC. */
const script = `
import sys, zipfile
libraries = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
headers = tuple("tensorflow/include/" + folder for folder in ("tensorflow/c/", "tensorflow/core/platform/", "tsl/", "xla/tsl/"))
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = [name for name in wheel.namelist() if name in libraries or name.startswith(headers)]
    missing = set(libraries) - set(names)
    if missing:
        sys.exit("error: not found in the wheel: " + ", ".join(sorted(missing)))
    wheel.extractall(sys.argv[2], names)
`;

/**
 * Unpacks what the binding needs of a wheel, two libraries and the headers of the C interface, into `directory`.
 *
 * @param {{ wheelFile: string, directory: string, execute?: typeof run }} options
 */
export async function unpackWheel({ wheelFile, directory, execute = run }) {
  const result = await execute(await findPython(execute), ["-c", script, wheelFile, directory]);
  if (!result.ok) {
    throw new NativeInstallError(
      `could not unpack ${wheelFile}: ${tellingLine(result.stderr)}`,
      "make room on the disk (1.5 GB; 4 GB with --gpu) and run it again",
    );
  }
}
