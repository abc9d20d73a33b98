"""The HTTP application: who asks, how much, and the routes. What is decided stands in the other modules."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from planwatch.api.answers import Alive, Answer, Problem, Ready, Status
from planwatch.api.bodies import UnknownType, UnusableBody, parts_of
from planwatch.api.door import Door
from planwatch.api.language import language_of
from planwatch.api.limits import Limits, Rates
from planwatch.api.metrics import ApiMetrics
from planwatch.api.openapi import RECORDS_IN, REPORTS_IN, RESPONSES, describe
from planwatch.api.problems import (
    AWAY,
    BROKEN,
    COMPRESSED,
    NO_TOKEN,
    TOO_OFTEN,
    Refusal,
    no_such_place,
    too_large,
    too_many,
)
from planwatch.api.scope import NOT_YOURS
from planwatch.api.tokens import Token, Tokens
from planwatch.contract.errors import StorageUnavailable
from planwatch.contract.fault_words import Said

logger = logging.getLogger(__name__)
RETRY_SECONDS = 5.0
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_STRANGERS = "strangers"


@dataclass(frozen=True)
class Parts:
    """What the application is made of; ``tokens``, ``faults`` and ``clock`` are asked anew for each request."""

    reports: Door
    registry: Door
    tokens: Callable[[], Tokens]
    faults: Callable[[], Mapping[str, str]]
    limits: Limits
    metrics: ApiMetrics
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    version: str


def make_app(parts: Parts) -> FastAPI:
    """The application. It keeps nothing between requests but how often each token asked."""
    app = FastAPI(title="planwatch", version=parts.version, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    desk = _Desk(parts)
    app.middleware("http")(desk.answered)
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(HTTPException)(_no_such_place)

    @app.post("/reports", responses=RESPONSES, openapi_extra=REPORTS_IN, summary="Send reports 报送数据")
    async def post_reports(request: Request, dry_run: bool = False) -> JSONResponse:
        return await desk.taken(request, parts.reports, dry_run=dry_run)

    @app.post("/registry", responses=RESPONSES, openapi_extra=RECORDS_IN, summary="Send registry records 报送名录")
    async def post_registry(request: Request, dry_run: bool = False) -> JSONResponse:
        return await desk.taken(request, parts.registry, dry_run=dry_run)

    @app.get("/healthz", response_model=Alive, summary="Whether the process runs")
    async def healthz() -> Alive:
        return Alive()

    @app.get("/readyz", response_model=Ready, responses={503: {"model": Ready}}, summary="Whether messages are taken")
    async def readyz() -> JSONResponse:
        faults = dict(parts.faults())
        ready = Ready(status="not ready" if faults else "ready", faults=faults)
        return JSONResponse(ready.model_dump(), 503 if faults else 200)

    describe(app)
    return app


class _Desk:
    """What is the same for every request."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rates = Rates(parts.monotonic)

    async def answered(self, request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        """Give the request its id, count it, log it, and turn a fault of ours into a 500 without details."""
        began = self._parts.monotonic()
        given = request.headers.get("x-request-id", "")
        request.state.id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.state.said = {}
        request.state.language = language_of(request.headers.get("accept-language", ""))
        try:
            response = await answer(request)
        except Exception:
            logger.exception("request failed", extra={"action": "request", "request_id": request.state.id})
            response = _problem(request, 500, BROKEN)
        response.headers["X-Request-ID"] = request.state.id
        response.headers["Vary"] = "Accept-Language"
        if request.method == "POST":
            seconds = self._parts.monotonic() - began
            self._parts.metrics.answered(response.status_code, seconds)
            told = {"method": request.method, "path": request.url.path, "status": response.status_code}
            told |= {"request_id": request.state.id, "seconds": round(seconds, 4)} | request.state.said
            logger.info("request answered", extra={"action": "request"} | told)
        return response

    async def taken(self, request: Request, door: Door, *, dry_run: bool) -> JSONResponse:
        """The answer to a body of messages. Raises Refusal where the whole request cannot be taken."""
        token = self._admitted(request)
        request.state.said = {"sender": token.name}
        body = await self._body(request)
        try:
            found = await run_in_threadpool(parts_of, body, request.headers.get("content-type", ""))
        except UnknownType as error:
            raise Refusal(415, error) from error
        except UnusableBody as error:
            raise Refusal(400, error) from error
        if len(found) > self._parts.limits.messages:
            raise too_many(len(found), self._parts.limits.messages)
        now, request_id, language = self._parts.clock(), str(request.state.id), str(request.state.language)
        try:
            results = await run_in_threadpool(
                door.take, found, token, request_id, now, dry_run=dry_run, language=language
            )
        except StorageUnavailable as error:
            logger.warning("registry not available", extra={"action": "request", "error": str(error)})
            raise Refusal(503, AWAY, retry_after=RETRY_SECONDS) from error
        return self._said(request, Answer.of(request_id, results), dry_run=dry_run)

    def _said(self, request: Request, answer: Answer, *, dry_run: bool) -> JSONResponse:
        counts = {
            Status.ACCEPTED.value: 0 if dry_run else answer.accepted,
            Status.REFUSED.value: answer.refused,
            Status.NOT_ACKNOWLEDGED.value: answer.not_acknowledged,
        }
        for outcome, count in counts.items():
            self._parts.metrics.judged(outcome, count)
        request.state.said |= counts
        status = answer.http_status(not_yours=NOT_YOURS, dry_run=dry_run)
        headers = {"Retry-After": f"{RETRY_SECONDS:.0f}"} if status == 503 else None
        return JSONResponse(answer.model_dump(mode="json", exclude_none=True), status, headers)

    def _admitted(self, request: Request) -> Token:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        token = None
        if scheme.lower() == "bearer" and secret.strip():
            token = self._parts.tokens().holder(secret.strip(), self._parts.clock().date())
        limits = self._parts.limits
        who, allowed = (
            (_STRANGERS, limits.strangers_per_minute) if token is None else (token.sha256, limits.requests_per_minute)
        )
        if wait := self._rates.wait_seconds(who, allowed):
            raise Refusal(429, TOO_OFTEN, retry_after=wait)
        if token is None:
            raise Refusal(401, NO_TOKEN)
        return token

    async def _body(self, request: Request) -> bytes:
        """The whole body, read no further than the limit, whatever length the client states."""
        limit = self._parts.limits.body_bytes
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise Refusal(415, COMPRESSED)
        read: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            read.append(chunk)
        return b"".join(read)


def _problem(request: Request, status: int, detail: Said, headers: Mapping[str, str] | None = None) -> JSONResponse:
    title = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 413: "Content Too Large"}.get(status, "")
    said = detail.said(request.state.language)
    problem = Problem(title=title or f"HTTP {status}", status=status, detail=said, request_id=request.state.id)
    return JSONResponse(problem.model_dump(), status, dict(headers or {}), "application/problem+json")


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return _problem(request, refusal.status, refusal.detail, refusal.headers)


async def _no_such_place(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code, no_such_place(error.detail), error.headers)
