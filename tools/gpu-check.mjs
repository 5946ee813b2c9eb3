// @ts-check
// What gpu-check.sh runs, once the packages are there.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stepLines, testCounts } from "./bench/gpu-lines.mjs";
import { median } from "./bench/median.mjs";
import { settings } from "./bench/settings.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    steps: { type: "string", default: "5" },
    model: { type: "string", default: "gpt2" },
    software: { type: "boolean", default: false }, // to try this program where there is no GPU
  },
});

/** @param {string} check @param {object} found */
const tell = (check, found) => console.log(JSON.stringify({ check, ...found }));

/** @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...{ cwd: root, encoding: /** @type {const} */ ("utf8"), env: { ...process.env, ...env }, maxBuffer: 1e8 },
  });
  const failed = error !== undefined || status !== 0;
  return {
    stdout: stdout ?? "",
    ...(failed && { error: error?.message ?? (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? `exit ${status}` }),
  };
}

/** @param {readonly string[]} args */
const cai = (args) => run(process.execPath, ["packages/cli/bin/cai.mjs", ...args, "--backend", "webgpu"]);

const doctor = cai(["doctor", "--json"]);
if (doctor.error !== undefined) {
  tell("adapter", { error: doctor.error });
  process.exit(1);
}
const { versions, platform, backend, matmulGflops, devices } = JSON.parse(doctor.stdout);
const python = run(values.python, [
  "-c",
  "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available() and torch.cuda.get_device_name())",
]);
tell("machine", { versions, platform, devices, torch: python.error === undefined ? python.stdout.trim() : null });
tell("adapter", { ...backend.webgpu, matmulGflops });
if (backend.webgpu.isSoftware && !values.software) {
  tell("end", {
    error: "this device computes on the processor: there is no GPU here, or no driver with Vulkan, Metal or Direct3D 12 for it",
  });
  process.exit(1);
}

// The twins of the kernels, the golden files, a run of PPO that resumes: those tests that are named so.
const tests = run(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    "all*",
    "-t",
    "on WebGPU",
    "--reporter=json",
    "src/webgpu",
    "bound-in-parts",
    "policy/src/golden",
  ],
  {
    CAI_TEST_GPU: values.software ? "" : "device",
  },
);
tell("tests", testCounts(tests.stdout) ?? { error: tests.error });

const hasCuda = python.error === undefined && !python.stdout.includes("False");
for (const { name, batch, prompt, response, epochs, lora } of settings.filter(({ name }) =>
  ["short", "long", "short-lora"].includes(name),
)) {
  const tokens = values.software ? { batch: 2, prompt: 4, response: 2, epochs: 1 } : { batch, prompt, response, epochs };
  const work = { ...tokens, steps: Number(values.steps) + 1, ...(lora !== undefined && { lora }) };
  const flags = Object.entries(work).flatMap(([flag, value]) => [`--${flag}`, `${value}`]);
  const engines = {
    webgpu: () => cai(["bench", "step", "--model", values.model, "--json", ...flags]),
    ...(hasCuda && { "torch-cuda": () => run(values.python, ["tools/bench/baseline/trl_step.py", "--dropout", "0", ...flags]) }),
  };
  for (const [engine, measure] of Object.entries(engines)) {
    const { stdout, error } = measure();
    const [, ...steps] = stepLines(stdout); // the first compiles
    /** @param {keyof import("./bench/gpu-lines.mjs").StepTimes} part */
    const seconds = (part) => median(steps.map((step) => step[part]));
    const found =
      error === undefined
        ? { medianSeconds: { generate: seconds("generateSeconds"), train: seconds("trainSeconds"), total: seconds("totalSeconds") } }
        : { error };
    tell("step", { setting: name, engine, ...work, ...found });
  }
}
