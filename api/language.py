"""Which language an answer is in: Chinese, unless the caller would rather read English."""

import re

CHINESE, ENGLISH = "zh", "en"
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")


def language_of(accept_language: str) -> str:
    """``zh`` or ``en`` as an Accept-Language header asks (RFC 9110, 12.5.4); ``zh`` where it asks for neither."""
    wanted: dict[str, float] = {}
    for part in accept_language[:500].split(","):
        if found := _RANGE.fullmatch(part):
            weight = float(found[2] or 1)
            language = CHINESE if found[1] == "*" else found[1].lower()
            wanted[language] = max(weight, wanted.get(language, 0))
    return ENGLISH if wanted.get(ENGLISH, 0) > wanted.get(CHINESE, 0) else CHINESE
