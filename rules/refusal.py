"""The answer *not rated*, raised from wherever a judgement finds that it cannot go on."""

from planwatch.contract.figures import Missing


class CannotRate(Exception):
    """Raised inside a judgement that ends as *not rated*; never leaves ``judge``."""

    def __init__(self, missing: Missing | str) -> None:
        self.missing = Missing(missing) if isinstance(missing, str) else missing
        super().__init__(self.missing.reason)
