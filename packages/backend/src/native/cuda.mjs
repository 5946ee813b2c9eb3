// @ts-check
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NativeInstallError } from "./error.mjs";
import { withLock } from "./lock.mjs";
import { findPip } from "./python.mjs";
import { run, tellingLine } from "./run.mjs";

/** The lowest versions that the wheel's `and-cuda` extra allows: those that it was built and tested with. */
const requirements = `
nvidia-cublas-cu12==12.5.3.2 --hash=sha256:ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b
nvidia-cuda-cupti-cu12==12.5.82 --hash=sha256:bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953
nvidia-cuda-nvcc-cu12==12.5.82 --hash=sha256:b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0
nvidia-cuda-nvrtc-cu12==12.5.82 --hash=sha256:3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd
nvidia-cuda-runtime-cu12==12.5.82 --hash=sha256:3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115
nvidia-cudnn-cu12==9.3.0.75 --hash=sha256:9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d
nvidia-cufft-cu12==11.2.3.61 --hash=sha256:9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8
nvidia-curand-cu12==10.3.6.82 --hash=sha256:2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536
nvidia-cusolver-cu12==11.6.3.83 --hash=sha256:93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b
nvidia-cusparse-cu12==12.5.1.3 --hash=sha256:016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752
nvidia-nccl-cu12==2.25.1 --hash=sha256:362aed5963fb9ea2ed2f264409baae30143498fd0e5c503aeaa1badd88cdc54a
nvidia-nvjitlink-cu12==12.5.82 --hash=sha256:f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212
`;

const driverPlaces = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib", "/usr/local/nvidia/lib64"];

/**
 * Whether an NVIDIA driver is installed. Without one, the CUDA libraries (2 GB) would lie idle.
 *
 * @param {typeof run} [execute]
 */
export async function hasNvidiaDriver(execute = run) {
  if (driverPlaces.some((folder) => existsSync(join(folder, "libcuda.so.1")))) return true;
  return (await execute("nvidia-smi", ["-L"])).ok;
}

/**
 * The CUDA libraries beside TensorFlow in the cache, where it looks for them; fetched if need be.
 *
 * @param {{ library: string, progress: (text: string) => void, execute?: typeof run }} options
 * @returns {Promise<boolean>} whether they were fetched now
 */
export async function ensureCudaLibraries({ library, progress, execute = run }) {
  const place = join(library, "nvidia");
  const work = async () => {
    if (existsSync(place)) return false;
    progress("downloading the CUDA libraries (2 GB)");
    const folder = await mkdtemp(join(library, "cuda-"));
    try {
      const list = join(folder, "requirements.txt");
      await writeFile(list, requirements);
      const [program, ...args] = await findPip(execute);
      const options = ["--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes"];
      const target = ["--only-binary=:all:", "--python-version", "3.11", "--platform", "manylinux2014_x86_64", "--target", folder];
      const env = { ...process.env, TMPDIR: folder };
      const result = await execute(program, [...args, "install", ...options, ...target, "--requirement", list], { env });
      if (!result.ok) {
        const message = `pip could not install the CUDA libraries: ${tellingLine(result.stderr)}`;
        throw new NativeInstallError(message, "check the network and the disk (5 GB), and run it again");
      }
      await rename(join(folder, "nvidia"), place);
      return true;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return withLock(`${place}.lock`, work, () => progress("waiting for another installation"));
}
