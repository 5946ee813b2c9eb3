// @ts-check
/**
 * A wheel of TensorFlow on PyPI. It is Python's only by its packaging: what is used of it is the C library and its headers.
 *
 * @typedef {object} Wheel
 * @property {string} name the cache's name for what it holds: TensorFlow's version, cpu or gpu, platform
 * @property {string} requirement what pip is asked for
 * @property {string} platform pip's name of the platform
 * @property {string} sha256
 * @property {number} bytes
 * @property {boolean} gpu
 */

export const tensorflowVersion = "2.20.0";

/** @type {Readonly<Record<string, Wheel>>} */
export const wheels = {
  "linux-x64-cpu": {
    name: "tensorflow-2.20.0-cpu-linux-x64",
    requirement: "tensorflow-cpu==2.20.0",
    platform: "manylinux_2_17_x86_64",
    sha256: "cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780",
    bytes: 258_876_263,
    gpu: false,
  },
  "linux-x64-gpu": {
    name: "tensorflow-2.20.0-gpu-linux-x64",
    requirement: "tensorflow==2.20.0",
    platform: "manylinux_2_17_x86_64",
    sha256: "481499fd0f824583de8945be61d5e827898cdaa4f5ea1bc2cc28ca2ccff8229e",
    bytes: 620_570_129,
    gpu: true,
  },
  "linux-arm64-cpu": {
    name: "tensorflow-2.20.0-cpu-linux-arm64",
    requirement: "tensorflow==2.20.0",
    platform: "manylinux_2_17_aarch64",
    sha256: "3e9568c8efcb05c0266be223e3269c62ebf7ad3498f156438311735f6fa5ced5",
    bytes: 259_465_882,
    gpu: false,
  },
};
