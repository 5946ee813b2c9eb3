// @ts-check
import { readdirSync, readFileSync } from "node:fs";

/**
 * A process and everything that it started, directly or not.
 *
 * @param {number} root
 * @param {ReadonlyMap<number, number>} parents the parent of each process
 * @returns {number[]} `root` first
 * @example
 * processTree(7, new Map([[7, 1], [8, 7], [9, 8], [10, 1]])); // [7, 8, 9]
 */
export function processTree(root, parents) {
  const tree = [root];
  for (const member of tree) for (const [pid, parent] of parents) if (parent === member && !tree.includes(pid)) tree.push(pid);
  return tree;
}

/**
 * Resident bytes in the text of `/proc/<pid>/status`: those of now, and the most there ever were. Undefined for a process that has ended.
 *
 * @param {string} status
 */
export function residentBytes(status) {
  const [now, peak] = ["VmRSS", "VmHWM"].map((name) => new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
  return now === undefined || peak === undefined ? undefined : { now: 1024 * Number(now), peak: 1024 * Number(peak) };
}

/**
 * The most memory that a tree of processes held at one time: the largest sum that was seen, and at least the largest peak of a single
 * process, which the kernel records exactly. So with one process it is exact, and with several it misses at most what comes and goes
 * between two samples. Pages that processes share count in each.
 */
export class TreePeak {
  /** @type {number} */
  bytes = 0;

  /** @param {readonly ({ readonly now: number, readonly peak: number } | undefined)[]} members of the tree, at one moment */
  add(members) {
    const alive = members.filter((member) => member !== undefined);
    const sum = alive.reduce((total, { now }) => total + now, 0);
    this.bytes = Math.max(this.bytes, sum, ...alive.map(({ peak }) => peak));
  }
}

/**
 * Watches the memory of a process and its children until it is stopped. Where there is no `/proc`, the peak stays 0.
 *
 * @param {number} pid
 * @param {{ everyMilliseconds?: number }} [options]
 * @returns {{ peakBytes(): number, stop(): void }}
 */
export function watchMemory(pid, { everyMilliseconds = 50 } = {}) {
  const peak = new TreePeak();
  let tree = [pid];
  let samples = 0;
  const sample = () => {
    if (samples++ % 5 === 0) tree = processTree(pid, readParents()); // reading all processes costs more than reading a few
    peak.add(tree.map((member) => residentBytes(readText(`/proc/${member}/status`))));
  };
  const timer = setInterval(sample, everyMilliseconds);
  return {
    peakBytes() {
      sample();
      return peak.bytes;
    },
    stop: () => clearInterval(timer),
  };
}

/** @returns {Map<number, number>} */
function readParents() {
  /** @type {Map<number, number>} */
  const parents = new Map();
  for (const name of listProcesses()) {
    // The second field is the program's name in brackets, which may hold anything.
    const parent = /^.*\) \S+ (\d+)/s.exec(readText(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  return parents;
}

function listProcesses() {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // no /proc on this system
  }
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process has ended
  }
}
