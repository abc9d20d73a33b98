"""Whether somebody listens at an address, for `planwatch doctor`."""

import httpx


def reachable(url: str, timeout_seconds: float = 3.0) -> bool:
    """Whether the address answers HTTP at all; which answer does not matter, nothing is posted."""
    try:
        httpx.get(url, timeout=timeout_seconds)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return True
