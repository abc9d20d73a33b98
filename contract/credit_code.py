"""The unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last checks the rest."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: digits and capital letters without I, O, S, V and Z."""
LENGTH = 18
_MODULUS = len(ALPHABET)
_WEIGHTS = tuple(3**place % _MODULUS for place in range(LENGTH - 1))


def check_character(body: str) -> str:
    """The last character that the first 17 ask for: 31 less their weighted sum modulo 31 (weights 3^i modulo 31).

    >>> check_character("91350100M000100Y4")
    '3'
    """
    weighed = sum(weight * ALPHABET.index(one) for weight, one in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[-weighed % _MODULUS]


def fault_of_credit_code(code: str) -> str:
    """What is wrong with a credit code, in words that help to mend it; empty if it is right."""
    if len(code) != LENGTH:
        return f"a credit code has {LENGTH} characters, {code!r} has {len(code)}"
    strange = [f"{one!r} at place {place}" for place, one in enumerate(code, 1) if one not in ALPHABET]
    if strange:
        return f"a credit code has digits and capital letters without I, O, S, V, Z; found {', '.join(strange)}"
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return f"check character is {code[-1]!r}, the first 17 characters ask for {expected!r} (GB 32100-2015)"
    return ""
