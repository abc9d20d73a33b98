"""Whether the departments of a target are those in the bracket that ends its paragraph. Pure."""

import re
from collections.abc import Iterator

from planwatch.contract.plan import Target

_OPEN, _CLOSE = "（(〔", "）)〕"
_RESPONSIBLE = "负责"
_SEPARATORS = re.compile("[、,，;；。]")
_ROLE = re.compile(r"(等)?(按职责分工|牵头|共同|具体)*(负责)?(落实)?$")


def department_faults(target: Target, text: str) -> Iterator[str]:
    """Departments that the bracket does not name, or none where it names some.

    The bracket is the first one after the quote, in its paragraph, that says who is 负责. It may hold brackets itself
    («各县（市）区政府»), and brackets of another kind may come before it («（当量值）»).
    """
    if "departments" in target.assumed:
        return
    end = target.reference.offset + len(target.reference.quote)
    bracket = responsibility_bracket(text, end)
    named = departments_in(bracket)
    if bracket is None and target.departments:
        yield (
            f"no bracket with {_RESPONSIBLE} follows the quote in its paragraph: leave departments out, "
            "or give the reason under assumed: departments"
        )
    elif bracket is not None and not target.departments:
        yield f"departments are missing; the bracket after the quote names {'、'.join(named)}"
    wrong = [name for name in target.departments if bracket is not None and name not in named]
    if wrong:
        yield f"the bracket after the quote does not name {'、'.join(wrong)}; it names {'、'.join(named)}"


def responsibility_bracket(text: str, start: int) -> str | None:
    """The content of the first bracket from ``start`` on, in the same paragraph, that says who is responsible."""
    paragraph = text[start:].partition("\n")[0]
    depth, opened = 0, 0
    for i, character in enumerate(paragraph):
        if character in _OPEN:
            opened = i if depth == 0 else opened
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
            content = paragraph[opened + 1 : i]
            if depth == 0 and _RESPONSIBLE in content:
                return content
    return None


def departments_in(bracket: str | None) -> list[str]:
    """The departments a responsibility bracket names, in order, without 等, 牵头 and 按职责分工负责."""
    names = (_ROLE.sub("", part.strip()) for part in _SEPARATORS.split(bracket or ""))
    return list(dict.fromkeys(name for name in names if name and not name.startswith(("以下", "不再"))))
