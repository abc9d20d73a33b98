"""Why a whole request is not taken, as an exception with its HTTP status."""

import math


class Refusal(Exception):
    """The request is answered with this status; the detail helps to repair it."""

    def __init__(self, status: int, detail: str, *, retry_after: float | None = None) -> None:
        self.status, self.detail = status, detail
        self.headers: dict[str, str] = {}
        if status == 401:
            self.headers["WWW-Authenticate"] = 'Bearer realm="planwatch"'
        if retry_after is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
        super().__init__(detail)


NO_TOKEN = (
    "没有令牌或令牌无效；请在请求头写 Authorization: Bearer 令牌，令牌由运维用 planwatch tokens new 发放"
    " (no valid token: send Authorization: Bearer …)"
)
TOO_OFTEN = "请求过于频繁；请合并为一批，或稍后再试 (too many requests: send batches, or wait)"
AWAY = (
    "名录数据库暂不可用，无法核对本令牌的权限；什么都没有收下，请稍后原样重发"
    " (the registry cannot be asked now: nothing was accepted, send it again later)"
)
BROKEN = "服务内部出错；请把 request_id 告知运维 (a fault of ours: tell the operator the request_id)"


def too_large(limit: int) -> Refusal:
    """The body is longer than allowed."""
    detail = f"正文超过 {limit:,} 字节；请分批发送 (over {limit:,} bytes: send it in several requests)"
    return Refusal(413, detail)


def too_many(count: int, limit: int) -> Refusal:
    """The body holds more messages than allowed."""
    detail = f"一次 {count:,} 条报文，至多 {limit:,} 条；请分批发送 (at most {limit:,} messages in one request)"
    return Refusal(413, detail)
