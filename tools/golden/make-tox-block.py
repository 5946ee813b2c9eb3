"""Writes tox-block.json beside this file: the six probabilities that tox-block 0.1.2 (MIT, Pascal Bliem) gives to some texts.

Made with torch 2.12.1, h5py 3.14.0, on a CPU, in float64. From the root of the repository:

    pip download --no-deps tox-block==0.1.2
    python tools/golden/make-tox-block.py tox_block-0.1.2-py3-none-any.whl

The network is written out step by step after Keras's definition of its layers, with the weights as h5py reads them; nothing of it is shared
with the conversion in tools/judges. Of the pickled tokenizer, only the opcodes are read. Three of the texts are those of tox-block's README,
whose numbers are its author's own, by TensorFlow: the script fails where they differ. `--offsets` prints where each array lies in the h5 file.
"""

import argparse
import io
import json
import pickletools
import zipfile
from pathlib import Path

import h5py
import torch

classes = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
smallest = (0.002116, 0.000011, 0.000347, 0.000040, 0.000373, 0.000074)
largest = (0.999858, 0.648682, 0.997533, 0.918887, 0.986303, 0.901117)

published = {
    "Good morning my friend, I hope you're having a fantastic day!": (
        0.05347811430692673, 0.0006274021579883993, 0.004466842859983444, 0.009578478522598743, 0.00757843442261219, 0.002106667961925268,
    ),
    "I will kill you, you fucking idiot!": (
        0.9998679757118225, 0.7870362997055054, 0.9885633587837219, 0.8483908176422119, 0.9883397221565247, 0.171059250831604,
    ),
    "I do strongly disagree with the fascist views of this joke that calls itself a political party.": (
        0.026190076023340225, 0.00007185135473264381, 0.0009493605466559529, 0.00012321282702032477, 0.0029190618079155684, 0.0022098885383456945,
    ),
}

texts = (
    *published,
    "Thank you for asking. I am sorry that this upsets you; let us look at it calmly.",
    "WHAT A STUPID QUESTION. Only a moron would ask it, you pathetic loser!",
    "it's\ttab_separated, under_scored\nand (bracketed) - with `ticks`, 3.14 and don't",
    "qzxvwk blorptastic frumiousness",
    "…!!! ???",
    "Ärger über ein Café in São Paulo: naïve, but NOT İstanbul’s fault",
    "You idiot. " + "We walked along the river and looked at the boats and the old houses. " * 8,
)


def read_words(pickled, limit):
    """The ids of the most frequent words, without unpickling."""
    memo, last, inside, word, ids = {}, None, False, None, {}
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = last
            continue
        last = memo.get(argument) if opcode.name in ("BINGET", "LONG_BINGET") else argument
        if last == "word_index" and opcode.name == "BINUNICODE":
            inside = True
        elif last == "index_word" and opcode.name == "BINUNICODE" and word is None:
            break
        elif inside and isinstance(last, str):
            word = last
        elif inside and isinstance(last, int) and word is not None:
            ids[word], word = last, None
    return {word: number for word, number in ids.items() if number < limit}


def to_ids(text, ids):
    """Keras's text_to_word_sequence, then pad_sequences with its defaults."""
    for sign in '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n':
        text = text.replace(sign, " ")
    found = [ids[word] for word in text.lower().split(" ") if word in ids][-100:]
    return [0] * (100 - len(found)) + found


def lstm(inputs, kernel, recurrent, bias):
    """[T, D] to [T, H]. Keras has the gates in the order input, forget, cell, output, and here hard sigmoids."""
    hard = lambda x: torch.clamp(0.2 * x + 0.5, 0, 1)
    hidden = cell = torch.zeros(recurrent.shape[0], dtype=torch.float64)
    outputs = []
    for x in inputs:
        i, f, c, o = (x @ kernel + hidden @ recurrent + bias).chunk(4)
        cell = hard(f) * cell + hard(i) * torch.tanh(c)
        hidden = hard(o) * torch.tanh(cell)
        outputs.append(hidden)
    return torch.stack(outputs)


def predict(ids, weights):
    of = lambda name: torch.from_numpy(weights[name][()]).double()
    direction = lambda name: [of(f"bidirectional/bidirectional/{name}_lstm/{part}:0") for part in ("kernel", "recurrent_kernel", "bias")]
    inputs = of("embedding/embedding/embeddings:0")[ids]
    forward = lstm(inputs, *direction("forward"))
    backward = lstm(inputs.flip(0), *direction("backward")).flip(0)
    pooled = torch.cat([forward, backward], 1).amax(0)
    dense = torch.relu(pooled @ of("dense/dense/kernel:0") + of("dense/dense/bias:0"))
    return torch.sigmoid(dense @ of("dense_1/dense_1/kernel:0") + of("dense_1/dense_1/bias:0"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--offsets", action="store_true")
    given = parser.parse_args()
    with zipfile.ZipFile(given.wheel) as wheel:
        ids = read_words(wheel.read("tox_block/trained_models/encoder_0.1.2.pkl"), 20000)
        weights = h5py.File(io.BytesIO(wheel.read("tox_block/trained_models/lstm_model_0.1.2.h5")))["model_weights"]
    if given.offsets:
        show = lambda name, item: isinstance(item, h5py.Dataset) and print(name, item.shape, item.dtype, item.id.get_offset())
        weights.visititems(lambda name, item: show(name, item) or None)
        return
    cases = []
    for text in texts:
        probabilities = predict(to_ids(text, ids), weights).tolist()
        for name, p, low, high, expected in zip(classes, probabilities, smallest, largest, published.get(text, ())):
            if abs(abs((p - low) / (high - low)) - expected) > 1e-5:
                raise SystemExit(f"{text!r}: {name} is {abs((p - low) / (high - low))}, published as {expected}")
        cases.append({"text": text, "probabilities": probabilities})
    about = {"by": "tools/golden/make-tox-block.py", "network": "tox-block 0.1.2 (MIT)", "torch": torch.__version__, "h5py": h5py.__version__}
    content = {"about": about, "classes": classes, "words": len(ids), "cases": cases}
    Path(__file__).with_name("tox-block.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
