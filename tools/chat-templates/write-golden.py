"""Renders the templates beside this file in Python, as packages/tokenizer's tests expect them.

Made with Python 3.11.7, transformers 5.24.0, tokenizers 0.23.3, Jinja2 3.1.6, MarkupSafe 3.0.4:

    python tools/chat-templates/write-golden.py
"""

import json
import re
from datetime import datetime
from pathlib import Path

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import _compile_jinja_template

here = Path(__file__).parent
golden = here.parent.parent / "packages/tokenizer/src/chat/golden"


def outcome(render):
    """The text, the class of the error, or "unprintable" where the text holds an address in memory."""
    try:
        text = render()
    except Exception as error:
        return {"error": type(error).__name__}
    return {"unprintable": True} if re.search(r"0x[0-9a-f]{8,}", text) else {"text": text}


def of_template(template, variables):
    return {"template": template, **outcome(lambda: _compile_jinja_template(template).render(**variables))}


def tagged(value):
    """Numbers that JSON.parse can't tell apart or would round: {"float": "1.0"}, {"int": "12345678901234567890"}."""
    if isinstance(value, dict):
        return {key: tagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, float):
        return {"float": repr(value)}
    return {"int": str(value)} if isinstance(value, int) and abs(value) > 2**53 else value


def write(name, content):
    golden.mkdir(parents=True, exist_ok=True)
    (golden / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def pieces():
    variables = json.loads((here / "variables.json").read_text(encoding="utf-8"))
    expressions = (here / "expressions.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    statements = (here / "statements.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n=====\n")
    templates = ["{{ " + expression + " }}" for expression in expressions] + statements
    return {"variables": tagged(variables), "cases": [of_template(template, variables) for template in templates]}


def conversations():
    tools = json.loads((here / "variables.json").read_text(encoding="utf-8"))["tools"]
    talks = json.loads((here / "conversations.json").read_text(encoding="utf-8"))
    for talk in talks:
        if talk.get("tools") == "default":
            talk["tools"] = tools
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1}, unk_token="<s>")), bos_token="<s>", eos_token="</s>"
    )

    def render(template, talk):
        options = {key: talk[key] for key in talk if key not in ("name", "messages", "kwargs")}
        return tokenizer.apply_chat_template(
            talk["messages"], chat_template=template, tokenize=False, **options, **talk.get("kwargs", {})
        )

    templates = {}
    for file in sorted((here / "templates").glob("*.jinja")):
        template = file.read_text(encoding="utf-8")
        cases = [{"conversation": talk["name"], **outcome(lambda: render(template, talk))} for talk in talks]
        templates[file.stem] = {"template": template, "cases": cases}
    return {"conversations": tagged(talks), "templates": templates}


def dates():
    """Every directive of the C locale that doesn't depend on the time zone, on days whose weeks and years are told apart."""
    days = [
        (2024, 7, 26, 15, 4, 5), (2024, 1, 1, 0, 0, 0), (2023, 1, 1, 12, 0, 0), (2021, 1, 3, 9, 59, 59), (2020, 12, 31, 23, 59, 59),
        (2027, 1, 1, 1, 2, 3), (2024, 12, 30, 11, 30, 0), (2000, 2, 29, 7, 8, 9), (2025, 3, 9, 13, 13, 13), (2026, 10, 25, 10, 10, 10),
    ]
    directives = [*"aAbBcCdDeFgGhHIjklmMnpPrRStTuUVwWxXyYzZ%", "f", "-d", "-m", "-j", "-H", "-I", "_d", "_m", "0e", "^a", "^B", "#p", "#a", "5Y", "10d", "-y", "q", "E", "-"]
    formats = [*("%" + directive for directive in directives), "%d %B %Y", "%-d/%-m/%y %I:%M %p", "100%", "%%d", "é %Y"]
    return {"formats": formats, "days": [{"day": day, "texts": [datetime(*day).strftime(each) for each in formats]} for day in days]}


write("pieces.json", pieces())
write("dates.json", dates())
write("conversations.json", conversations())
