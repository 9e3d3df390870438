"""Tells Vesper's EPM status board how jobs are doing. Python 3.8 and later, standard library only: copy this one file.

    client = VesperClient("https://vesper.example.com", api_key)
    client.notify_pipeline_start("Planning", ["Actual", "Budget"], "ODI-4711")
    client.notify_pipeline_complete("Planning", ["Actual", "Budget"], "ODI-4711")

VesperClient raises VesperError. SafeVesperClient has the same methods, never raises and answers True or False: a
monitoring outage must not break the job. Both are back within their timeout, further tries and waiting included.

As a command, for an OS command step of ODI (VESPER_URL and VESPER_API_KEY in the environment):

    python3 vesper_epm_client.py --safe --app Planning --domain Actual --status Loading --job-id ODI-4711
"""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import queue
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, TypeVar, Union

__all__ = ["STATUSES", "SafeVesperClient", "VesperClient", "VesperError"]

STATUSES = ("Blank", "Loading", "OK", "Warning")
LONGEST_MESSAGE = 200
#: More than any answer to an update has.
LONGEST_ANSWER = 1024 * 1024

Json = Dict[str, Any]
Timestamp = Union[datetime, str]
T = TypeVar("T")

log = logging.getLogger("vesper")


class VesperError(Exception):
    """An update that was not taken, or of which it is not known.

    status: HTTP status; None when there was no answer
    code: Vesper's own (INVALID_APP, RATE_LIMITED, ...), or this client's: NETWORK, TIMEOUT, NOT_VESPER, INVALID_UPDATE,
        MISCONFIGURED, HTTP_<status> when somebody else answered
    details: more for programs; of a batch, `updates` names each bad one by its index
    retryable: whether the very same update may be taken later
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: Optional[int] = None,
        details: Optional[Json] = None,
        retryable: bool = False,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if status is None else f"{status} {code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details: Json = details or {}
        self.retryable = retryable
        self.retry_after = retry_after


class VesperClient:
    """Raises VesperError when an update is not taken.

    Faults that may pass (no connection, 408, 429, 5xx) are tried again until the timeout. An update that arrives twice
    counts once. Its methods may be called from several threads.

    base_url: where Vesper is, with or without /api/v1
    timeout: seconds after which a call is back, whatever happens
    """

    def __init__(self, base_url: str, api_key: str, timeout: float = 5.0) -> None:
        if not _is_address(base_url):
            raise VesperError("MISCONFIGURED", "base_url must be like https://vesper.example.com")
        if not isinstance(api_key, str) or not api_key or not (api_key.isascii() and api_key.isprintable()):
            raise VesperError("MISCONFIGURED", "api_key must be the text of an API key")
        if not timeout > 0:
            raise VesperError("MISCONFIGURED", "timeout must be above 0 seconds")
        base = base_url.rstrip("/")
        self._url = base if base.endswith("/api/v1") else f"{base}/api/v1"
        self._api_key = api_key
        self._timeout = float(timeout)
        # Not followed anywhere: a redirect would carry the key to whom it names.
        self._opener = urllib.request.build_opener(_NoRedirects)

    def update_status(
        self,
        app: str,
        status: str,
        domain: Optional[str] = None,
        job_id: Optional[str] = None,
        message: Optional[str] = None,
        timestamp: Optional[Timestamp] = None,
        server: Optional[str] = None,
    ) -> Json:
        """Sets one cell and answers with it as it now stands: {"success", "updated", "canvas_updated"}.

        domain: may be left out when the app has just one
        job_id: the job that runs; its end closes its begin. One that EPM knows lets Vesper ask EPM about it
        message: for people; cut to 200 characters
        timestamp: when it happened, with its zone; default Vesper's own time
        server: EPM server of Vesper's configuration that runs the job; default that of the app
        """
        return self._send("/status", _update(app, status, domain, job_id, message, timestamp, server))

    def batch_update(self, updates: Sequence[Mapping[str, Any]], job_id: Optional[str] = None) -> Json:
        """Sets up to 100 cells, all or none: {"success", "updated_count", "updates", "canvas_updated"}.

        updates: each with app and status, and what else update_status takes, by the same names
        job_id: for the updates that name none
        """
        body: Json = {"updates": [_update_of(update, index) for index, update in enumerate(updates)]}
        if job_id is not None:
            body["job_id"] = str(job_id)
        return self._send("/status/batch", body)

    def notify_pipeline_start(self, app: str, domains: Sequence[str], job_id: str) -> Json:
        """Loading for all domains that a pipeline fills. Without domains: the one that the app has."""
        return self._send_domains(app, domains, job_id, "Loading", None)

    def notify_pipeline_complete(
        self,
        app: str,
        domains: Sequence[str],
        job_id: str,
        success: bool = True,
        message: Optional[str] = None,
    ) -> Json:
        """OK, or Warning with the reason, for all domains that a pipeline fills."""
        return self._send_domains(app, domains, job_id, "OK" if success else "Warning", message)

    def _send_domains(
        self, app: str, domains: Sequence[str], job_id: str, status: str, message: Optional[str]
    ) -> Json:
        named: List[Optional[str]] = [domains] if isinstance(domains, str) else list(domains)
        cells = [{"app": app, "status": status, "domain": domain, "message": message} for domain in named or [None]]
        return self.batch_update(cells, job_id)

    def _send(self, path: str, body: Json) -> Json:
        # Plain ASCII, so that no proxy can misread it.
        content = json.dumps(body).encode("ascii")
        deadline = time.monotonic() + self._timeout
        return _within(self._timeout, lambda: self._try_until(deadline, path, content))

    def _try_until(self, deadline: float, path: str, content: bytes) -> Json:
        tried = 0
        while True:
            try:
                return self._try(path, content, deadline)
            except VesperError as error:
                pause = 0.25 * 2**tried * random.uniform(0.75, 1.25) if error.retry_after is None else error.retry_after
                tried += 1
                if not error.retryable or time.monotonic() + pause >= deadline:
                    raise
                log.debug("vesper: trying %s again in %.2f s: %s", path, pause, error)
                time.sleep(pause)

    def _try(self, path: str, content: bytes, deadline: float) -> Json:
        headers = {"x-api-key": self._api_key, "content-type": "application/json", "accept": "application/json"}
        request = urllib.request.Request(self._url + path, data=content, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=max(0.001, deadline - time.monotonic())) as response:
                return _taken(response.status, response.read(LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code, error.headers.get("retry-after"), _rest_of(error)) from None
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            # URLError and time-outs are OSErrors. Nothing is known of what became of the update.
            reason = getattr(error, "reason", error)
            raise VesperError("NETWORK", f"no answer: {reason or type(error).__name__}", retryable=True) from error


class SafeVesperClient:
    """VesperClient that never raises: it answers whether the update was taken. The logger "vesper" says why not."""

    def __init__(self, base_url: str, api_key: str, timeout: float = 5.0) -> None:
        self._make: Callable[[], VesperClient] = lambda: VesperClient(base_url, api_key, timeout)

    def update_status(
        self,
        app: str,
        status: str,
        domain: Optional[str] = None,
        job_id: Optional[str] = None,
        message: Optional[str] = None,
        timestamp: Optional[Timestamp] = None,
        server: Optional[str] = None,
    ) -> bool:
        return self._safely(
            lambda client: client.update_status(app, status, domain, job_id, message, timestamp, server)
        )

    def batch_update(self, updates: Sequence[Mapping[str, Any]], job_id: Optional[str] = None) -> bool:
        return self._safely(lambda client: client.batch_update(updates, job_id))

    def notify_pipeline_start(self, app: str, domains: Sequence[str], job_id: str) -> bool:
        return self._safely(lambda client: client.notify_pipeline_start(app, domains, job_id))

    def notify_pipeline_complete(
        self,
        app: str,
        domains: Sequence[str],
        job_id: str,
        success: bool = True,
        message: Optional[str] = None,
    ) -> bool:
        return self._safely(
            lambda client: client.notify_pipeline_complete(app, domains, job_id, success, message)
        )

    def _safely(self, call: Callable[[VesperClient], Json]) -> bool:
        try:
            call(self._make())
            return True
        except Exception as error:
            log.warning("vesper: not told: %s", _text_of_error(error))
            return False


def _is_address(base_url: Any) -> bool:
    try:
        url = urllib.parse.urlsplit(base_url)
        is_http = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        return is_http and not (url.query or url.fragment)
    except (AttributeError, TypeError, ValueError):
        return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _within(seconds: float, work: Callable[[], T]) -> T:
    """In a thread that can be left behind: a name's look-up and a server that drips bytes heed no time-out."""
    outcome: "queue.Queue[Callable[[], T]]" = queue.Queue(1)

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            outcome.put(_raiser(error))
        else:
            outcome.put(lambda: result)

    threading.Thread(target=run, name="vesper", daemon=True).start()
    try:
        finish = outcome.get(timeout=seconds)
    except queue.Empty:
        raise VesperError("TIMEOUT", f"no answer within {seconds:g} s", retryable=True) from None
    return finish()


def _raiser(error: BaseException) -> Callable[[], NoReturn]:
    def finish() -> NoReturn:
        raise error

    return finish


def _update_of(update: Mapping[str, Any], index: int) -> Json:
    try:
        return _update(**update)
    except TypeError as error:
        raise VesperError("INVALID_UPDATE", f"updates[{index}]: {error}") from None


def _update(
    app: str,
    status: str,
    domain: Optional[str] = None,
    job_id: Optional[str] = None,
    message: Optional[str] = None,
    timestamp: Optional[Timestamp] = None,
    server: Optional[str] = None,
) -> Json:
    fields: Json = {
        "app": str(app),
        "domain": domain,
        "status": str(status),
        "job_id": None if job_id is None else str(job_id),
        "message": None if message is None else _cut(str(message)),
        "timestamp": _instant(timestamp),
        "server": server,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _cut(message: str) -> str:
    # A status must not be refused because its text is too long.
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def _instant(timestamp: Optional[Timestamp]) -> Optional[str]:
    if not isinstance(timestamp, datetime):
        return timestamp
    if timestamp.tzinfo is None:
        raise VesperError("INVALID_UPDATE", "timestamp must have a time zone, as datetime.now(timezone.utc) has")
    return timestamp.isoformat(timespec="milliseconds")


def _taken(status: int, content: bytes) -> Json:
    body = _object(content)
    if body is None or body.get("success") is not True:
        # A sign-in page, or some other server.
        raise VesperError("NOT_VESPER", "the answer is not one of Vesper's; check base_url", status)
    return body


def _refused(status: int, retry_after: Optional[str], content: bytes) -> VesperError:
    error = (_object(content) or {}).get("error")
    said: Json = error if isinstance(error, dict) else {}
    details = said.get("details")
    seconds = float(retry_after) if retry_after is not None and retry_after.isdigit() else None
    return VesperError(
        code=str(said.get("code", f"HTTP_{status}")),
        message=str(said.get("message") or content[:200].decode("utf-8", "replace") or "it did not say why"),
        status=status,
        details=details if isinstance(details, dict) else None,
        retryable=status in (408, 429) or status >= 500,
        retry_after=seconds,
    )


def _rest_of(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException):
        # The status has been read, and says enough.
        return b""


def _text_of_error(error: Exception) -> str:
    return str(error) if isinstance(error, VesperError) else f"{type(error).__name__}: {error}"


def _object(content: bytes) -> Optional[Json]:
    try:
        value = json.loads(content.decode("utf-8"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _parser() -> argparse.ArgumentParser:
    description = "Tell Vesper's EPM status board how a job is doing."
    parser = argparse.ArgumentParser(description=description, allow_abbrev=False)
    parser.add_argument("--app", required=True)
    parser.add_argument("--domain", action="append", default=[], help="repeat it for several")
    parser.add_argument("--status", required=True, choices=STATUSES)
    parser.add_argument("--job-id")
    message = parser.add_mutually_exclusive_group()
    message.add_argument("--message")
    message.add_argument("--message-file", metavar="FILE", help="the message is its text")
    parser.add_argument("--timestamp", help="ISO-8601 with Z or an offset; default: now, by Vesper's clock")
    parser.add_argument("--server", help="EPM server that runs the job; default: that of the app")
    parser.add_argument("--url", default=os.environ.get("VESPER_URL", ""), help="default: $VESPER_URL")
    parser.add_argument("--api-key-file", metavar="FILE", help="default: the key is in $VESPER_API_KEY")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds in all, default 5")
    parser.add_argument("--safe", action="store_true", help="exit code 0, whatever happens")
    return parser


def _run(args: argparse.Namespace) -> None:
    api_key = os.environ.get("VESPER_API_KEY", "") if args.api_key_file is None else _text_of(args.api_key_file)
    client = VesperClient(args.url, api_key, args.timeout)
    update = {
        "app": args.app,
        "status": args.status,
        "job_id": args.job_id,
        "message": args.message if args.message_file is None else _message_in(args.message_file),
        "timestamp": args.timestamp,
        "server": args.server,
    }
    if len(args.domain) > 1:
        client.batch_update([{**update, "domain": domain} for domain in args.domain])
    else:
        client.update_status(**update, domain=args.domain[0] if args.domain else None)


def _text_of(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(LONGEST_ANSWER).strip()


def _message_in(path: str) -> str:
    try:
        return _text_of(path)
    except OSError as error:
        # The status is worth more than its text.
        return f"The message could not be read: {error}"


def main(argv: Optional[Sequence[str]] = None) -> int:
    """0: told. 1: refused for good. 2: wrong arguments. 75: not told, but later it may be. With --safe always 0."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    exit_code = _exit_code(arguments)
    return 0 if "--safe" in arguments else exit_code


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        _run(_parser().parse_args(arguments))
        return 0
    except SystemExit as wrong:
        return int(wrong.code or 0)
    except Exception as error:
        log.error("vesper: not told: %s", _text_of_error(error))
        return 75 if isinstance(error, VesperError) and error.retryable else 1


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    sys.exit(main())
