"""Why a whole request is not taken, as an exception with its HTTP status."""

import math

from planwatch.contract.fault_words import Said


class Refusal(Exception):
    """The request is answered with this status; the detail helps to repair it."""

    def __init__(self, status: int, detail: Said, *, retry_after: float | None = None) -> None:
        self.status, self.detail = status, detail
        self.headers: dict[str, str] = {}
        if status == 401:
            self.headers["WWW-Authenticate"] = 'Bearer realm="planwatch"'
        if retry_after is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
        super().__init__(str(detail))


NO_TOKEN = Said(
    "no valid token: send Authorization: Bearer TOKEN; whoever runs planwatch makes one with planwatch tokens new",
    "没有令牌或令牌无效；请在请求头写 Authorization: Bearer 令牌，令牌由运维用 planwatch tokens new 发放",
)
TOO_OFTEN = Said("too many requests: send batches, or wait", "请求过于频繁；请合并为一批，或稍后再试")
AWAY = Said(
    "the registry cannot be asked now: nothing was accepted, send it again later",
    "名录数据库暂不可用，无法核对本令牌的权限；什么都没有收下，请稍后原样重发",
)
BROKEN = Said("a fault of ours: tell the operator the request_id", "服务内部出错；请把 request_id 告知运维")
COMPRESSED = Said("send the body uncompressed", "正文不要压缩")
_PLACES = "POST /reports, POST /registry, GET /healthz, GET /readyz, GET /openapi.json"


def no_such_place(why: str) -> Said:
    """There is nothing at this path, or not for this method."""
    return Said(f"{why}: there are {_PLACES}", f"{why}：可用的是 {_PLACES}")


def too_large(limit: int) -> Refusal:
    """The body is longer than allowed."""
    en, zh = f"over {limit:,} bytes: send it in several requests", f"正文超过 {limit:,} 字节；请分批发送"
    return Refusal(413, Said(en, zh))


def too_many(count: int, limit: int) -> Refusal:
    """The body holds more messages than allowed."""
    en = f"{count:,} messages in one request, at most {limit:,} are taken: send them in several requests"
    return Refusal(413, Said(en, f"一次 {count:,} 条报文，至多 {limit:,} 条；请分批发送"))
