import { createRequire } from "node:module";
import { arch, availableParallelism, freemem, platform, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Device, installCommand, listDevices, measureMatmul, type PreparedBackend } from "@cai/backend";
import { cacheDirectory, findTfjsPackages } from "@cai/backend/native";
import { Command } from "commander";
import { prepareChosenBackend } from "../chosen-backend.ts";
import { isSupportedNode, supportedNode } from "../supported-node.ts";

/** What `cai doctor --json` prints. A version that is null belongs to a package that is not installed. */
export interface Diagnosis {
  versions: Record<"cai" | "node" | "tfjs" | "tfjs-node" | "tfjs-node-gpu" | "tensorflow" | "webgpu" | "onnxruntime-node", string | null>;
  platform: string;
  cores: number;
  memory: { totalBytes: number; freeBytes: number };
  backend: PreparedBackend;
  devices: Device[];
  /** GFLOP/s of float32 matrix products. */
  matmulGflops: number;
  /** Where native TensorFlow is kept for all clones and projects. */
  cache: string;
  missing: { what: string; fix: string }[];
}

/** `cai doctor`: what computes here, how fast, and what is missing. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("versions, the backend in use and its speed, memory, and what is missing")
    .option("--json", "print one JSON object")
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const diagnosis = await diagnose(command.parent?.version() ?? null);
      console.log(json ? JSON.stringify(diagnosis) : describe(diagnosis));
    });
}

async function diagnose(cai: string | null): Promise<Diagnosis> {
  const backend = await prepareChosenBackend();
  const devices = await listDevices();
  const versions = {
    cai,
    node: process.version.slice(1),
    tfjs: versionOf("@tensorflow/tfjs"),
    "tfjs-node": findTfjsPackages({ gpu: false })[0]?.version ?? null,
    "tfjs-node-gpu": findTfjsPackages({ gpu: true })[0]?.version ?? null,
    tensorflow: backend.tensorflowVersion ?? null,
    webgpu: versionOf("webgpu"),
    "onnxruntime-node": versionOf("onnxruntime-node"),
  };
  return {
    versions,
    platform: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    backend,
    devices,
    matmulGflops: Math.round((await measureMatmul()) * 10) / 10,
    cache: cacheDirectory(),
    missing: findMissing({ backend, devices, onnxRuntime: versions["onnxruntime-node"] }),
  };
}

/** What would make this machine do more, each with the command that brings it. */
export function findMissing({
  backend,
  devices,
  onnxRuntime,
  node = process.versions.node,
  install = installCommand(fileURLToPath(import.meta.url)),
}: Pick<Diagnosis, "backend" | "devices"> & { onnxRuntime: string | null; node?: string; install?: string }) {
  const missing: Diagnosis["missing"] = [];
  if (!isSupportedNode(node)) missing.push({ what: `a supported version of Node: this is ${node}`, fix: `install ${supportedNode}` });
  if (backend.fix !== undefined) missing.push({ what: "native TensorFlow, several times faster", fix: backend.fix });
  if (devices.some(({ type }) => type === "GPU") && !devices.some(({ type, inUse }) => type === "GPU" && inUse)) {
    missing.push({ what: "the CUDA build of TensorFlow, for the GPU that is here", fix: `${install} --gpu` });
  }
  const best = backend.kernels?.levels[0];
  if (best?.compiled === false) missing.push({ what: `the kernels "${best.level}", the fastest for this processor`, fix: install });
  if (onnxRuntime === null)
    missing.push({ what: "onnxruntime-node, which scores", fix: "ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node" });
  return missing;
}

/** The diagnosis for a reader. */
export function describe({ versions, platform, cores, memory, backend, devices, matmulGflops, cache, missing }: Diagnosis): string {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const installed = Object.entries(versions).flatMap(([name, version]) => (version === null ? [] : `${name} ${version}`));
  const rows: [string, string][] = [
    ["versions", installed.join(", ")],
    ["machine", `${platform}, ${cores} cores, memory ${gigabytes(memory.freeBytes)} free of ${gigabytes(memory.totalBytes)}`],
    ["backend", `${backend.name}: ${backend.reason}`],
    ...kernelsRow(backend),
    ...webGpuRow(backend),
    ...devices.map(({ type, name, inUse }): [string, string] => [type, `${name}${inUse ? " (in use)" : ""}`]),
    ["speed", `${matmulGflops.toFixed(matmulGflops < 10 ? 1 : 0)} GFLOP/s (matmul, float32)`],
    ["cache", cache],
    ...missing.map(({ what, fix }): [string, string] => ["missing", `${what}; to have it: ${fix}`]),
  ];
  if (missing.length === 0) rows.push(["missing", "nothing"]);
  return rows.map(([name, value]) => `${name.padEnd(9)} ${value}`).join("\n");
}

function webGpuRow({ webgpu }: PreparedBackend): [string, string][] {
  if (webgpu === undefined) return [];
  const { adapter, architecture, driver, limits, hasFloat16 } = webgpu;
  const mebibytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`;
  const most = `a buffer holds ${mebibytes(limits.maxBufferSize)}, a binding ${mebibytes(limits.maxStorageBufferBindingSize)}`;
  const group = `a group ${limits.maxComputeInvocationsPerWorkgroup} threads and ${limits.maxComputeWorkgroupStorageSize / 1024} KiB`;
  return [
    [
      "WebGPU",
      `${adapter} (${architecture}), driver ${driver || "unknown"}; ${most}, ${group}; half precision: ${hasFloat16 ? "yes" : "no"}`,
    ],
  ];
}

function kernelsRow({ name, kernels }: PreparedBackend): [string, string][] {
  if (name !== "tensorflow") return [];
  if (kernels === undefined) return [["kernels", "TensorFlow's, for the GPU"]];
  const { level, compiler, package: brought, levels } = kernels;
  const own = levels.map(({ level, compiled }) => `${level}${compiled ? "" : " (not compiled)"}`);
  const origin = `${brought === undefined ? "compiled here" : `of ${brought}, compiled`} by ${compiler}`;
  const inUse = level === "none" ? "TensorFlow's alone, slower" : `${level}, ${origin}`;
  return [["kernels", `${inUse}${own.length > 0 ? `; for this processor: ${own.join(", ")}` : ""}`]];
}

/** The version of a package as this one or the project finds it. */
function versionOf(name: string): string | null {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return (createRequire(from)(`${name}/package.json`) as { version: string }).version;
    } catch {
      // Not there, or its package.json is not exported: the next place.
    }
  }
  return null;
}
