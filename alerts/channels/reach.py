"""Whether somebody answers at a receiver's address, without telling them anything."""

import httpx


def reachable(url: str, timeout_seconds: float = 2.0) -> bool:
    """True if an HTTP server answers at all, whatever it says: receivers often refuse a GET."""
    try:
        httpx.get(url, timeout=timeout_seconds)
    except httpx.HTTPError:
        return False
    return True
