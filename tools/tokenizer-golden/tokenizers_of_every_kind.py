"""Small tokenizers, one for each option of tokenizer.json: six models, and for each case what it changes of a tokenizer.json."""

TEXTS = [
    "",
    " ",
    "Hello, world!",
    "ab  ba   abc ",
    " a-b--c?!... (no) 'it's' we'll don't",
    "caf\u00e9 cafe\u0301 na\u00efve \u00c5ngstr\u00f6m stra\u00dfe \ufb01n",
    "\u039f\u0394\u039f\u03a3 \u03c3\u03c2 \u0130stanbul",
    "a1b22 3\u0663\u06634 \u00bd\u00b2 \u2167",
    "\u65e5\u672c\u8a9e abc\u6c49\u5b57\u3002\U00020000x \ud55c\uad6d \u30ab\u30bf\u30ab\u30ca",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 ok\U0001f60a\U0001f44d\U0001f3fd",
    "a\ufeff!b a\u0085!b\u00a0c\u3000d\u2028e",
    "tab\tnew\nline\r\n\n  end\u0000\u0007\u007f\ufffd.",
    "x<s>y </s> z <mask>[M]  cat cats concatenate tom\u00ebcat CAT",
    "we\u2019re \u201cquoted\u201d \u2014 \u20ac5 + \u00a36 = 11^2 ~ `x` $1 $& a.b axb",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0441\u0432\u0435\u0442 \u05e9\u05dc\u05d5\u05dd",
    "\u2581lower\u2581 \u2581\u2581x ab_c __",
    "aaaa abababab lowest lower newest widest",
]

_words = ["ab", "abc", "abab", "lo", "low", "er", "lower", "est", "new", "newest", "cat", "cats", "he", "ll", "hell", "--", "!!", "...", "11", "22",
          "\u2581a", "\u2581ab", "\u2581lower", "\u2581\u2581", "it", "don", "n't", "e\u0301", "\u03c3\u03c2", "\u03c3\u03c3", "\u0663\u0663", "a-", "-b", "b-", "-c"]
# Left out of the character vocabularies, so that there are unknown characters.
_unknown = set("\u00e9\u65e5\U0001f60aqZ\u0416")
_characters = sorted({character for text in [*TEXTS, *_words] for character in text} - _unknown)


def _merges(words, joined=lambda left, right: left + right):
    merges = []
    for word in words:
        for end in range(1, len(word)):
            pair = (word[:end], word[end : end + 1])
            if pair not in merges:
                merges.append(pair)
    return merges


def _bpe(tokens, words, **options):
    vocab = {}
    merges = _merges(words)
    for token in [*tokens, *(left + right for left, right in merges)]:
        vocab.setdefault(token, len(vocab))
    return {"type": "BPE", "vocab": vocab, "merges": [list(pair) for pair in merges], **options}


def _byte_alphabet():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable} | {byte: chr(256 + at) for at, byte in enumerate(others)}
    return [table[byte] for byte in range(256)]


def _wordpiece():
    tokens = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", *_characters, *("##" + character for character in _characters)]
    tokens += ["hello", "world", "cafe", "##fe", "##ll", "abc", "##bc", "lower", "##est", "don", "##s", "it"]
    return {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {token: at for at, token in enumerate(dict.fromkeys(tokens))}}


def _wordlevel():
    tokens = ["<unk>", "<s>", "</s>", "Hello", ",", "world", "!", "ab", "ba", "abc", "a", "b", "-", "--", "cat", "cats", "lower", "newest", " ", "11", "2"]
    return {"type": "WordLevel", "unk_token": "<unk>", "vocab": {token: at for at, token in enumerate(tokens)}}


def _unigram(byte_tokens=False, **options):
    tokens = ["<unk>", "<s>", "</s>"] + ([f"<0x{byte:02X}>" for byte in range(256)] if byte_tokens else [])
    pieces = [[token, 0.0] for token in tokens]
    pieces += [[word, -2.0 - 0.37 * at / len(word)] for at, word in enumerate(_words)]
    known = {piece for piece, _ in pieces}
    pieces += [[character, -9.0 - 0.013 * at] for at, character in enumerate(_characters) if character not in known]
    return {"type": "Unigram", "unk_id": 0, "vocab": pieces, "byte_fallback": False, **options}


_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
_special = ["<unk>", "<s>", "</s>"]
MODELS = {
    "letters": _bpe([*_special, *_characters], _words, unk_token="<unk>"),
    "bytes": _bpe(_byte_alphabet(), ["ab", "abc", "\u0120a", "\u0120ab", "\u0120lower", "he", "ll", "hell", "\u0120\u0120", "11", "22", "'s", "!b"]),
    "letters or bytes": _bpe([*_special, *_bytes, *_characters], _words, unk_token="<unk>", byte_fallback=True, fuse_unk=True),
    "pieces": _wordpiece(),
    "words": _wordlevel(),
    "unigram": _unigram(),
    "unigram or bytes": _unigram(byte_tokens=True, byte_fallback=True),
}


def token(content, **flags):
    return {"id": 0, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def _regex(pattern):
    return {"Regex": pattern}


def _string(pattern):
    return {"String": pattern}


_gpt4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
_metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
_template = {"type": "TemplateProcessing", "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}
_bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
_sentencepiece_decoder = {"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": _string("\u2581"), "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}


def _cases():
    yield "no parts", "letters", {}
    for form in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"]:
        yield f"normalizer {form}", "letters", {"normalizer": {"type": form}}
    for left, right in [(True, True), (True, False), (False, True), (False, False)]:
        yield f"normalizer Strip {left} {right}", "letters", {"normalizer": {"type": "Strip", "strip_left": left, "strip_right": right}}
    yield "normalizer Prepend", "letters", {"normalizer": {"type": "Prepend", "prepend": "\u2581"}}
    yield "normalizer ByteLevel", "bytes", {"normalizer": {"type": "ByteLevel"}, "decoder": _byte_level}
    for name, pattern, content in [("text", _string(" "), "\u2581"), ("text for a pattern of JavaScript", _string("a"), "$&$1$$"), ("a dot as text", _string("."), "x"),
                                   ("regex", _regex(r"\s+"), " "), ("regex of the start", _regex(r"^\s"), "_"), ("nothing", _string("e"), ""),
                                   ("regex with a reference", _regex("(.)b"), r"\1c")]:
        yield f"normalizer Replace {name}", "letters", {"normalizer": {"type": "Replace", "pattern": pattern, "content": content}}
    yield "normalizer Sequence", "letters", {"normalizer": {"type": "Sequence", "normalizers": [
        {"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Sequence", "normalizers": [{"type": "Strip", "strip_left": True, "strip_right": True}]},
        {"type": "Replace", "pattern": _string(" "), "content": "\u2581"}, {"type": "Prepend", "prepend": "\u2581"}]}}
    for changes in [{}, {"lowercase": False}, {"strip_accents": True, "lowercase": False}, {"strip_accents": False}, {"handle_chinese_chars": False}, {"clean_text": False}]:
        yield f"normalizer BertNormalizer {changes}", "pieces", {"normalizer": _bert | changes, "pre_tokenizer": {"type": "BertPreTokenizer"}}

    for kind in ["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "UnicodeScripts"]:
        yield f"pre-tokenizer {kind}", "letters", {"pre_tokenizer": {"type": kind}}
    yield "pre-tokenizer CharDelimiterSplit", "letters", {"pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": "-"}}
    yield "pre-tokenizer FixedLength", "letters", {"pre_tokenizer": {"type": "FixedLength", "length": 3}}
    for individual in [True, False]:
        yield f"pre-tokenizer Digits {individual}", "letters", {"pre_tokenizer": {"type": "Digits", "individual_digits": individual}}
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        yield f"pre-tokenizer Punctuation {behavior}", "letters", {"pre_tokenizer": {"type": "Punctuation", "behavior": behavior}}
        for invert in [True, False]:
            for pattern in [_string("-"), _regex(r"\s+|[ab]")]:
                yield f"pre-tokenizer Split {pattern} {behavior} {invert}", "letters", {
                    "pre_tokenizer": {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}}
    yield "pre-tokenizer Punctuation by default", "letters", {"pre_tokenizer": {"type": "Punctuation"}}
    for scheme in ["always", "first", "never"]:
        for split in [True, False]:
            parts = _metaspace | {"prepend_scheme": scheme, "split": split}
            yield f"pre-tokenizer Metaspace {scheme} {split}", "letters", {
                "pre_tokenizer": parts, "decoder": parts, "added_tokens": [token("<s>"), token("<mask>", lstrip=True)]}
    for prefix in [True, False]:
        for regex in [True, False]:
            parts = _byte_level | {"add_prefix_space": prefix, "use_regex": regex}
            yield f"pre-tokenizer ByteLevel {prefix} {regex}", "bytes", {"pre_tokenizer": parts, "decoder": parts}
    yield "pre-tokenizer of Llama 3", "bytes", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": _regex(_gpt4), "behavior": "Isolated", "invert": False}, _byte_level | {"use_regex": False}]}, "decoder": _byte_level}
    yield "pre-tokenizer of SmolLM", "bytes", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True}, _byte_level]}, "decoder": _byte_level}
    yield "pre-tokenizer Sequence in a Sequence", "letters", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, {"type": "Sequence", "pretokenizers": [{"type": "Punctuation", "behavior": "MergedWithPrevious"}, {"type": "Digits", "individual_digits": True}]}]}}
    yield "pre-tokenizer Whitespace then Metaspace", "letters", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, _metaspace]}, "decoder": _metaspace}

    words = {"pre_tokenizer": {"type": "WhitespaceSplit"}}
    yield "BPE without an unknown token", "letters", words | {"model": {"unk_token": None}}
    yield "BPE fuse_unk", "letters", words | {"model": {"fuse_unk": True}}
    yield "BPE fuse_unk without pieces", "letters", {"model": {"fuse_unk": True}}
    yield "BPE ignore_merges", "letters", words | {"model": {"ignore_merges": True, "merges": []}}
    yield "BPE dropout 0", "letters", words | {"model": {"dropout": 0.0}}
    yield "BPE dropout 1", "letters", words | {"model": {"dropout": 1.0}}
    yield "BPE end_of_word_suffix", "letters", words | {"decoder": {"type": "BPEDecoder", "suffix": "</w>"}, "model": {
        "end_of_word_suffix": "</w>", "vocab": {"<unk>": 0, "a": 1, "b": 2, "c": 3, "a</w>": 4, "b</w>": 5, "c</w>": 6, "ab</w>": 7, "ab": 8, "abc</w>": 9},
        "merges": [["a", "b</w>"], ["a", "b"], ["ab", "c</w>"]]}}
    yield "BPE continuing_subword_prefix", "letters", words | {"decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}, "model": {
        "continuing_subword_prefix": "##", "vocab": {"<unk>": 0, "a": 1, "b": 2, "c": 3, "##a": 4, "##b": 5, "##c": 6, "ab": 7, "abc": 8, "##bc": 9},
        "merges": [["a", "##b"], ["ab", "##c"], ["##b", "##c"]]}}
    yield "BPE merges as texts", "letters", words | {"model": {"vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "<unk>": 5}, "merges": ["a b", "ab c"]}}
    yield "BPE byte_fallback", "letters or bytes", {"decoder": _sentencepiece_decoder, "normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": _string(" "), "content": "\u2581"}]}}
    yield "BPE byte_fallback unfused", "letters or bytes", words | {"model": {"fuse_unk": False}, "decoder": {"type": "ByteFallback"}}
    yield "BPE byte_fallback without byte tokens", "letters", words | {"model": {"byte_fallback": True}}
    yield "BPE holes between ids", "letters", words | {"model": {"vocab": {"<unk>": 7, "a": 3, "b": 1, "ab": 12}, "merges": [["a", "b"]]}, "added_tokens": [token("<s>"), token("</s>")]}
    for length in [2, 5, 100]:
        yield f"WordPiece max_input_chars_per_word {length}", "pieces", words | {"model": {"max_input_chars_per_word": length}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": length == 5}}
    yield "WordPiece prefix", "pieces", words | {"model": {"continuing_subword_prefix": "", "vocab": {"[UNK]": 0, "a": 1, "b": 2, "ab": 3, "abc": 4, "c": 5}}, "decoder": {"type": "WordPiece", "prefix": "", "cleanup": False}}
    yield "WordLevel", "words", {"pre_tokenizer": {"type": "Whitespace"}}
    yield "WordLevel of whole texts", "words", {}
    yield "Unigram", "unigram", {"pre_tokenizer": _metaspace, "decoder": _metaspace}
    yield "Unigram without pieces", "unigram", {}
    yield "Unigram split at white space", "unigram", words
    yield "Unigram byte_fallback", "unigram or bytes", {"pre_tokenizer": _metaspace | {"split": False}, "decoder": _sentencepiece_decoder}
    yield "Unigram byte_fallback without byte tokens", "unigram", {"model": {"byte_fallback": True}}
    yield "Unigram unk_id", "unigram", {"model": {"unk_id": 2}}
    yield "Unigram without unk_id", "unigram", {"model": {"unk_id": None}}

    for flags in [{}, {"single_word": True}, {"lstrip": True}, {"rstrip": True}, {"lstrip": True, "rstrip": True}, {"normalized": True}, {"special": False}, {"single_word": True, "rstrip": True, "special": False, "normalized": True}]:
        yield f"added tokens {flags}", "letters", {"normalizer": {"type": "Lowercase"}, "pre_tokenizer": _metaspace, "decoder": _metaspace, "added_tokens": [
            token("<s>", **flags), token("</s>", **flags), token("cat", **flags), token("<mask>", **flags), token("[M]", **flags), token("con", **flags)]}
    yield "added tokens that overlap", "letters", {"added_tokens": [token("ab", special=False), token("abc", special=False), token("bc", special=False), token("  ", special=False, normalized=True), token(" b", special=False)]}
    yield "added tokens in a byte-level text", "bytes", {"pre_tokenizer": _byte_level, "decoder": _byte_level, "added_tokens": [token("<s>"), token("caf\u00e9", special=False), token("\u65e5\u672c", special=False, normalized=True)]}

    start, text, end = [{"SpecialToken": {"id": name, "type_id": 0}} if name != "A" else {"Sequence": {"id": "A", "type_id": 0}} for name in ["<s>", "A", "</s>"]]
    special = {name: {"id": name, "ids": [at], "tokens": [name]} for at, name in [(1, "<s>"), (2, "</s>")]}
    added = {"added_tokens": [token("<s>"), token("</s>")]}
    yield "TemplateProcessing", "letters", added | {"post_processor": _template | {"single": [start, text, end], "special_tokens": special}}
    yield "TemplateProcessing with several ids", "letters", added | {"post_processor": _template | {"single": [start, text, end, end], "special_tokens": special | {"</s>": {"id": "</s>", "ids": [2, 1, 2], "tokens": ["</s>", "<s>", "</s>"]}}}}
    yield "TemplateProcessing without a text", "letters", added | {"post_processor": _template | {"single": [start], "special_tokens": special}}
    yield "TemplateProcessing with ids of its own", "letters", added | {"post_processor": _template | {"single": [start, text], "special_tokens": {"<s>": {"id": "<s>", "ids": [7], "tokens": ["x"]}}}}
    for kind in ["BertProcessing", "RobertaProcessing"]:
        more = {} if kind == "BertProcessing" else {"trim_offsets": True, "add_prefix_space": True}
        yield kind, "letters", added | {"post_processor": {"type": kind, "cls": ["<s>", 1], "sep": ["</s>", 2], **more}}
        yield f"{kind} with other ids", "letters", {"post_processor": {"type": kind, "cls": ["x", 4], "sep": ["y", 5], **more}}
    yield "post-processor Sequence", "letters", added | {"post_processor": {"type": "Sequence", "processors": [_byte_level, _template | {"single": [start, text], "special_tokens": special}]}}
    yield "post-processor ByteLevel", "bytes", {"pre_tokenizer": _byte_level, "post_processor": _byte_level, "decoder": _byte_level}

    yield "decoder Fuse", "letters", {"decoder": {"type": "Fuse"}}
    yield "decoder WordPiece", "pieces", words | {"decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}}
    yield "decoder BPEDecoder", "letters", {"decoder": {"type": "BPEDecoder", "suffix": "b"}}
    yield "decoder Replace regex", "letters", {"decoder": {"type": "Replace", "pattern": _regex("[ab]"), "content": "$&"}}
    yield "decoder Replace text", "letters", {"decoder": {"type": "Replace", "pattern": _string("."), "content": "\\1"}}
    yield "decoder Strip", "letters", {"decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 2, "stop": 0}]}}
    yield "decoder Strip of each token", "letters", {"decoder": {"type": "Strip", "content": "b", "start": 1, "stop": 0}}
    yield "decoder ByteFallback", "letters or bytes", {"decoder": {"type": "ByteFallback"}}
    yield "decoder CTC", "letters", {"decoder": {"type": "CTC", "pad_token": "<s>", "word_delimiter_token": "-", "cleanup": True}}
    yield "decoder ByteLevel of tokens in other alphabets", "letters", {"decoder": _byte_level}
    yield "decoder Metaspace, never", "letters", {"decoder": _metaspace | {"prepend_scheme": "never"}}
    yield "padding and truncation", "letters", {"padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"},
                                                "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0}}


CASES = list(_cases())


def tokenizer_json(model, changes):
    """What a case is: the model with the changes of its own, and the parts of the tokenizer around it."""
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None,
            "decoder": None, **changes, "model": MODELS[model] | changes.get("model", {})}
