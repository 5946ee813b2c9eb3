"""Writes packages/gguf/src/golden/reference.gguf with llama.cpp's own Python package (gguf 0.19.0, numpy): for every type of tensor that
@cai/gguf reads, random blocks, and beside them in float32 what the package makes of them.

    python tools/gguf/make-tensors.py
"""

from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

target = Path(__file__).parents[2] / "packages/gguf/src/golden/reference.gguf"
random = np.random.default_rng(7)

# Where the numbers in half precision of a block stand: random bytes there would often be no numbers.
halves = {
    Type.F16: [0], Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
    Type.IQ4_NL: [0], Type.IQ4_XS: [0], Type.TQ1_0: [52], Type.TQ2_0: [64],
}  # fmt: skip

writer = gguf.GGUFWriter(target, "llama")
writer.add_block_count(2)
writer.add_token_list(["a", "Ġb", "ü"])
writer.add_rope_freq_base(10_000)
writer.add_add_bos_token(False)

for type, places in halves.items():
    elements, size = gguf.GGML_QUANT_SIZES[type]
    rows, blocks = (2, max(1, 96 // elements)) if elements < 256 else (2, 1)
    stored = random.integers(0, 256, (rows, blocks, size), dtype=np.uint8)
    for place in places:
        stored[:, :, place : place + 2] = random.normal(0, 0.1, (rows, blocks, 1)).astype("<f2").view(np.uint8)
    stored = stored.reshape(rows, blocks * size)
    writer.add_tensor(type.name, stored.view("<f2") if type == Type.F16 else stored, raw_dtype=type)
    writer.add_tensor(f"{type.name}.expected", gguf.dequantize(stored, type).reshape(rows, -1))

bfloat16 = gguf.quantize(random.normal(0, 1, (2, 16)).astype(np.float32), Type.BF16)
writer.add_tensor("BF16", bfloat16, raw_dtype=Type.BF16)
writer.add_tensor("BF16.expected", gguf.dequantize(bfloat16, Type.BF16))

written = random.normal(0, 1, (2, 64)).astype(np.float32)
writer.add_tensor("written", written)
writer.add_tensor("written.Q8_0", gguf.dequantize(gguf.quantize(written, Type.Q8_0), Type.Q8_0))

writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
