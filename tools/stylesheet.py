"""Cuts Bootstrap's stylesheet down to the parts Tandem uses, so that a first visit stays light."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The families of classes that templates may use; whoever wants another one adds it here.
KEPT = re.compile(
    r"btn(-primary|-secondary|-link|-sm|-lg)?"
    r"|form-(control|select|label|text|check|check-input|check-label|check-inline|control-sm|select-sm)"
    r"|input-group(-text)?|is-(in)?valid|(in)?valid-feedback|was-validated"
    r"|visually-hidden(-focusable)?|lead|small|mark|list-unstyled|active|disabled|show"
    r"|[mp][tbsexy]?-([0-5]|auto)|g[xy]?-[0-5]|gap-[0-5]|fs-[1-6]|fw-(bold|semibold|normal)"
    r"|w-(25|50|75|100|auto)|h-(100|auto)|mw-100"
    r"|d-(none|block|inline|inline-block|flex|grid)|flex-(row|column|wrap|nowrap|fill|grow-[01]|shrink-[01])"
    r"|align-(items|self)-(start|center|end|baseline)|justify-content-(start|center|end|between)"
    r"|text-(start|center|end|nowrap|break|decoration-none)|position-(relative|absolute|sticky)|overflow-(auto|hidden)"
)


def trimmed(css: str) -> str:
    """The rules of a minified stylesheet whose classes are all of the kept families, comments about rights included."""
    rights = css[: css.index("*/") + 2]
    body = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.DOTALL)
    return rights + "".join(filter(None, map(_kept, _rules(body))))


def _kept(rule: str) -> str:
    head, body = rule[:-1].split("{", 1)
    if head.startswith("@media"):
        inner = "".join(filter(None, map(_kept, _rules(body))))
        return f"{head}{{{inner}}}" if inner else ""
    if head.startswith("@"):
        return ""
    selectors = [selector for selector in re.split(r",(?![^(]*\))", head) if _is_kept(selector)]
    return f"{','.join(selectors)}{{{body}}}" if selectors else ""


def _is_kept(selector: str) -> bool:
    wanted = re.sub(r":not\([^)]*\)", "", selector)
    return all(KEPT.fullmatch(name) for name in re.findall(r"\.([a-zA-Z][\w-]*)", wanted))


def _rules(css: str) -> Iterator[str]:
    depth = start = 0
    for position, character in enumerate(css):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "}" and depth == 0:
            yield css[start : position + 1]
            start = position + 1
