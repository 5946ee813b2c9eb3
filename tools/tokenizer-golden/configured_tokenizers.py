"""Folders whose tokenizer_config.json says something else than their tokenizer.json."""

from tokenizers_of_every_kind import MODELS, token

CONFIGURED_TEXTS = [
    "Hello hello caf\u00e9 \u6c49\u5b57.",
    "ab a",
    " ab  <x>a<y> b <s>ab</s>[MASK] [M] cat concat cats",
    "[CLS] abc lower [SEP] Lower NEWEST",
    "it 's ok . don n't , I 'm",
    "",
]

_byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
_bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
_special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[UNK]"}
_pieces = {"normalizer": _bert, "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
           "post_processor": {"type": "TemplateProcessing", "pair": [], "single": [
               {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
               "special_tokens": {name: {"id": name, "ids": [at], "tokens": [name]} for name, at in [("[CLS]", 1), ("[SEP]", 2)]}},
           "added_tokens": [token(name) for name in ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]]}
_bytes = {"pre_tokenizer": _byte_level, "decoder": _byte_level, "added_tokens": [token("<|endoftext|>")]}
_start = {"type": "TemplateProcessing", "pair": [], "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
_letters = {"added_tokens": [token("<unk>"), token("<s>"), token("</s>")], "decoder": {"type": "Fuse"}}
_roles = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "tokenizer_class": "PreTrainedTokenizerFast"}


def _cases():
    for name in ["BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "ElectraTokenizerFast", "PreTrainedTokenizerFast"]:
        for options in [{}, {"do_lower_case": False}]:
            yield f"{name} {options}", "pieces", _pieces, _special | {"tokenizer_class": name} | options, {}
    lower = {"normalizer": _bert | {"lowercase": False, "strip_accents": False, "handle_chinese_chars": False}}
    for options in [{}, {"do_lower_case": True}, {"do_lower_case": True, "strip_accents": False}, {"do_lower_case": False, "strip_accents": True}, {"tokenize_chinese_chars": False}]:
        yield f"BertTokenizer {options} over a normalizer that does nothing", "pieces", _pieces | lower, _special | {"tokenizer_class": "BertTokenizer"} | options, {}
    for name in ["GPT2Tokenizer", "GPT2TokenizerFast", "PreTrainedTokenizerFast"]:
        for inside in [True, False]:
            for options in [{}, {"add_prefix_space": True}, {"add_prefix_space": False}]:
                yield f"{name} {options} over {inside}", "bytes", _bytes | {"pre_tokenizer": _byte_level | {"add_prefix_space": inside}}, {"tokenizer_class": name} | options, {}
    for name in ["RobertaTokenizer", "BartTokenizerFast"]:
        roberta = {"added_tokens": [token("<s>"), token("<pad>"), token("</s>"), token("<unk>"), token("<mask>", lstrip=True)],
                   "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 274], "sep": ["</s>", 276], "trim_offsets": True, "add_prefix_space": False}}
        for options in [{}, {"add_prefix_space": True}]:
            yield f"{name} {options}", "bytes", _bytes | roberta, {"tokenizer_class": name} | options, {}

    yield "added_tokens_decoder with new tokens", "letters", _letters, _roles | {"added_tokens_decoder": {
        "900": {"content": "<y>", "special": False, "normalized": False, "lstrip": False, "rstrip": True, "single_word": False},
        "0": {"content": "<unk>", "special": True, "normalized": False, "lstrip": False, "rstrip": False, "single_word": False},
        "12": {"content": "<x>", "special": True, "normalized": False, "lstrip": True, "rstrip": False, "single_word": False}}}, {}
    yield "added_tokens_decoder with other flags", "letters", _letters | {"added_tokens": [*_letters["added_tokens"], token("cat", special=False)]}, _roles | {"added_tokens_decoder": {
        "1": {"content": "<s>", "special": False, "normalized": False, "lstrip": True, "rstrip": True, "single_word": False},
        "5": {"content": "cat", "special": False, "normalized": True, "lstrip": False, "rstrip": False, "single_word": True}}}, {}
    yield "added_tokens_decoder with flags left out", "letters", _letters, _roles | {"added_tokens_decoder": {"7": {"content": "<x>"}, "8": {"content": "<y>", "special": True}}}, {}
    yield "special tokens that are no added tokens", "letters", {"decoder": {"type": "Fuse"}}, _roles, {}
    yield "extra_special_tokens as a list", "letters", _letters, _roles | {"extra_special_tokens": ["<x>", "cat"]}, {}
    yield "additional_special_tokens", "letters", _letters, _roles | {"additional_special_tokens": ["<y>", "<x>"]}, {}
    for options in [{"add_bos_token": True}, {"add_eos_token": True}, {"add_bos_token": True, "add_eos_token": True}, {"add_bos_token": False}]:
        yield f"{options}", "letters", _letters | {"post_processor": _start}, _roles | options, {}
        yield f"{options} without a template", "letters", _letters, _roles | options, {}
    yield "add_bos_token without a token", "letters", _letters | {"post_processor": _start}, {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>", "add_bos_token": True}, {}
    yield "clean_up_tokenization_spaces", "pieces", _pieces, _special | {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": True}, {}
    yield "clean_up_tokenization_spaces after BPE", "letters", _letters | {"decoder": None}, _roles | {"clean_up_tokenization_spaces": True}, {}
    yield "the older added_tokens.json", "letters", _letters, _roles, {"added_tokens.json": {"<y>": 5, "<x>": 4}, "special_tokens_map.json": {"pad_token": "<y>"}}


CONFIGURED_CASES = list(_cases())
