"""Run by test/docs/integrations.spec.ts with a started Vesper at VESPER_URL, whose board is config/apps.example.json."""

import ast
import contextlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone
from unittest import mock

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
CLIENT = os.path.join(PROJECT, "docs", "integrations", "python", "vesper_epm_client.py")
sys.path.insert(0, os.path.dirname(CLIENT))

import vesper_epm_client  # noqa: E402
from vesper_epm_client import SafeVesperClient, VesperClient, VesperError  # noqa: E402

VESPER_URL = os.environ["VESPER_URL"]
VESPER_API_KEY = os.environ["VESPER_API_KEY"]
TAKEN = (200, {}, b'{"success": true}')
FALSE_KEY = "a-key-that-nobody-may-see"
STANDARD_LIBRARY = set(
    "__future__ argparse http json logging os queue random sys threading time urllib datetime typing".split()
)


def get(path):
    request = urllib.request.Request(f"{VESPER_URL}/api/v1{path}", headers={"x-api-key": VESPER_API_KEY})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def cell(app, domain):
    return get(f"/status/{app}")["domains"][domain]


def patient(key=VESPER_API_KEY):
    """For a machine that has much else to do."""
    return VesperClient(VESPER_URL, key, timeout=30)


class Server(http.server.ThreadingHTTPServer):
    """Answers as it is told, in that order and then the last one for ever; refuses what is no update of the board."""

    daemon_threads = True

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.bodies = []
        self.over = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Callers that have gone away."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self.is_update(body):
            return self.answer(418, {}, b"")
        self.server.bodies.append(body)
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(self) if callable(answer) else self.answer(*answer)

    def do_GET(self):
        self.server.bodies.append(None)
        self.answer(*TAKEN)

    def is_update(self, body):
        places = {"/api/v1/status": "app", "/api/v1/status/batch": "updates"}
        content_type = self.headers["content-type"]
        return content_type == "application/json" and self.headers["x-api-key"] and places.get(self.path, "?") in body

    def answer(self, status, headers, content):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Quiet."""


def drop(handler):
    handler.connection.close()


def hang(handler):
    handler.server.over.wait(60)


def drip(beginning):
    """Each byte comes before any time-out of a socket; for ten seconds."""

    def dripping(handler):
        handler.wfile.write(beginning)
        for _ in range(200):
            if handler.server.over.wait(0.05):
                return
            handler.wfile.write(b" ")

    return dripping


DRIPPING_HEADERS = drip(b"HTTP/1.1 200 OK\r\nx-slow: ")
DRIPPING_BODY = drip(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n")


@contextlib.contextmanager
def serving(*answers):
    with Server(*answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def recorded_pauses():
    pauses = []
    with mock.patch.object(vesper_epm_client.time, "sleep", pauses.append):
        yield pauses


class OnAStartedVesper(unittest.TestCase):
    def refused(self, *args, client=None, **kwargs):
        with self.assertRaises(VesperError) as caught:
            (client or patient()).update_status(*args, **kwargs)
        return caught.exception

    def test_sets_a_cell_and_answers_with_it(self):
        at = datetime.now(timezone(timedelta(hours=7)))
        answer = patient().update_status(
            "Planning", "Loading", domain="Actual", job_id="SET-1", message="two of three", timestamp=at
        )
        updated_at = at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.assertEqual(
            answer["updated"],
            {"app": "Planning", "domain": "Actual", "status": "Loading", "job_id": "SET-1", "updated_at": updated_at},
        )
        self.assertEqual(cell("Planning", "Actual")["message"], "two of three")

    def test_leaves_out_what_is_not_said(self):
        answer = patient().update_status("FCCS", "OK")
        self.assertEqual(answer["updated"]["domain"], "Consolidation")
        self.assertIsNone(answer["updated"]["job_id"])

    def test_finds_the_api_below_any_spelling_of_the_address(self):
        for url in (VESPER_URL, f"{VESPER_URL}/", f"{VESPER_URL}/api/v1", f"{VESPER_URL}/api/v1/"):
            self.assertTrue(VesperClient(url, VESPER_API_KEY, 30).update_status("FCCS", "OK")["success"])

    def test_counts_once_what_is_sent_twice(self):
        for _ in range(2):
            patient().update_status("Planning", "OK", domain="Budget", job_id="TWICE")
        entries = get("/status/Planning/audit?domain=Budget")["entries"]
        self.assertEqual([entry["job_id"] for entry in entries].count("TWICE"), 1)

    def test_sends_any_text_as_it_is_and_cuts_what_is_too_long(self):
        for message, shown in (
            ("\"quoted\" \\ back, Zürich ✓ 🎉\nnext line", "\"quoted\" \\ back, Zürich ✓ 🎉\nnext line"),
            ("🎉" * 201, "🎉" * 199 + "…"),
            ("é" * 200, "é" * 200),
        ):
            patient().update_status("FCCS", "Warning", message=message, job_id=f"TEXT-{len(message)}")
            self.assertEqual(cell("FCCS", "Consolidation")["message"], shown)

    def test_sets_many_all_or_none(self):
        answer = patient().batch_update(
            [{"app": "Planning", "domain": "Forecast", "status": "OK"}, {"app": "FCCS", "status": "OK", "job_id": 7}],
            job_id="MANY",
        )
        self.assertEqual(answer["updated_count"], 2)
        self.assertEqual(cell("Planning", "Forecast")["job_id"], "MANY")
        self.assertEqual(cell("FCCS", "Consolidation")["job_id"], "7")
        with self.assertRaises(VesperError) as caught:
            patient().batch_update([{"app": "FCCS", "status": "Blank"}, {"app": "FCCS", "status": "Fine"}])
        self.assertEqual([fault["index"] for fault in caught.exception.details["updates"]], [1])
        self.assertEqual(cell("FCCS", "Consolidation")["status"], "OK")

    def test_tells_of_a_pipeline_from_its_start_to_its_end(self):
        client = patient()
        client.notify_pipeline_start("Planning", ["Actual", "Budget"], "PIPE-1")
        self.assertEqual([cell("Planning", name)["status"] for name in ("Actual", "Budget")], ["Loading", "Loading"])
        client.notify_pipeline_complete("Planning", ["Actual", "Budget"], "PIPE-1")
        self.assertEqual(cell("Planning", "Budget")["status"], "OK")
        self.assertIsNotNone(cell("Planning", "Budget")["duration_sec"])

    def test_tells_why_a_pipeline_failed(self):
        client = patient()
        client.notify_pipeline_start("ARCS", [], "PIPE-2")
        client.notify_pipeline_complete("ARCS", "Reconciliation", "PIPE-2", success=False, message="ORA-01017")
        told = cell("ARCS", "Reconciliation")
        self.assertEqual((told["status"], told["message"]), ("Warning", "ORA-01017"))

    def test_raises_what_vesper_says(self):
        for error, code, status in (
            (self.refused("Payroll", "OK"), "INVALID_APP", 400),
            (self.refused("Planning", "OK"), "INVALID_DOMAIN", 400),
            (self.refused("Planning", "Done", domain="Actual"), "INVALID_STATUS", 400),
            (self.refused("FCCS", "OK", job_id="x" * 101), "INVALID_REQUEST", 400),
            (self.refused("FCCS", "OK", client=patient(FALSE_KEY)), "INVALID_KEY", 403),
        ):
            self.assertEqual((error.code, error.status, error.retryable), (code, status, False))
            self.assertIn(code, str(error))
            self.assertNotIn(FALSE_KEY, repr(error) + repr(error.details))

    def test_refuses_what_no_server_can_understand(self):
        naive = self.refused("FCCS", "OK", timestamp=datetime(2026, 2, 16))
        with self.assertRaises(VesperError) as caught:
            patient().batch_update([{"app": "FCCS", "status": "OK"}, {"app": "FCCS", "state": "OK"}])
        self.assertEqual((naive.code, caught.exception.code), ("INVALID_UPDATE", "INVALID_UPDATE"))
        self.assertIn("updates[1]", str(caught.exception))

    def test_is_safe(self):
        client = SafeVesperClient(VESPER_URL, VESPER_API_KEY, timeout=30)
        self.assertIs(client.update_status("FCCS", "OK"), True)
        self.assertIs(client.batch_update([{"app": "FCCS", "status": "OK"}]), True)
        self.assertIs(client.notify_pipeline_start("Planning", ["Actual"], "SAFE"), True)
        self.assertIs(client.notify_pipeline_complete("Planning", ["Actual"], "SAFE"), True)
        with self.assertLogs("vesper", "WARNING") as logged:
            self.assertIs(client.update_status("Payroll", "OK"), False)
        self.assertIn("INVALID_APP", logged.output[0])


class OnABadDay(unittest.TestCase):
    def failing(self, *answers, timeout=5.0):
        with serving(*answers) as server, self.assertRaises(VesperError) as caught:
            VesperClient(server.url, "key", timeout).update_status("FCCS", "OK")
        return caught.exception, server.bodies

    def test_tries_again_with_the_very_same_update(self):
        answers = ((503, {}, b""), drop, (500, {}, b"{"), (408, {}, b""), TAKEN)
        with serving(*answers) as server, recorded_pauses() as pauses:
            VesperClient(server.url, "key").update_status("FCCS", "OK", job_id="AGAIN")
        self.assertEqual(server.bodies, [{"app": "FCCS", "status": "OK", "job_id": "AGAIN"}] * 5)
        self.assertEqual(len(pauses), 4)
        for pause, about in zip(pauses, (0.25, 0.5, 1, 2)):
            self.assertAlmostEqual(pause, about, delta=about / 4)

    def test_waits_as_long_as_it_is_asked_to(self):
        with serving((429, {"retry-after": "3"}, b""), TAKEN) as server, recorded_pauses() as pauses:
            VesperClient(server.url, "key").update_status("FCCS", "OK")
        self.assertEqual(pauses, [3.0])

    def test_does_not_wait_for_what_comes_too_late(self):
        began = time.monotonic()
        body = {"success": False, "error": {"code": "RATE_LIMITED", "message": "Slow down", "details": {}}}
        error, bodies = self.failing((429, {"retry-after": "60"}, json.dumps(body).encode()), timeout=30)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual((error.code, error.retry_after, error.retryable, len(bodies)), ("RATE_LIMITED", 60, True, 1))

    def test_does_not_try_again_what_is_refused(self):
        error, bodies = self.failing((400, {}, b"no"), TAKEN)
        self.assertEqual((error.code, error.message, error.retryable, len(bodies)), ("HTTP_400", "no", False, 1))

    def test_is_back_in_time_whatever_the_server_does(self):
        for behaviour in (hang, DRIPPING_HEADERS, DRIPPING_BODY, (503, {}, b"")):
            began = time.monotonic()
            error, _ = self.failing(behaviour, timeout=0.5)
            self.assertTrue(error.retryable, behaviour)
            self.assertLess(time.monotonic() - began, 3, behaviour)

    def test_does_not_take_any_page_for_a_yes(self):
        for page in (b"<html>Sign in</html>", b"[]", b'{"success": false}', b"\xff"):
            error, bodies = self.failing((200, {}, page))
            self.assertEqual((error.code, error.retryable, len(bodies)), ("NOT_VESPER", False, 1))

    def test_carries_the_key_nowhere_else(self):
        with serving(TAKEN) as other:
            error, _ = self.failing((302, {"location": f"{other.url}/api/v1/status"}, b""))
        self.assertEqual((error.code, error.retryable, other.bodies), ("HTTP_302", False, []))

    def test_says_what_is_misconfigured(self):
        for arguments in (
            ("vesper.example.com", "key"),
            ("ftp://vesper.example.com", "key"),
            ("https://vesper.example.com:port", "key"),
            ("https://vesper.example.com/?a=b", "key"),
            (None, "key"),
            ("https://vesper.example.com", ""),
            ("https://vesper.example.com", "a\r\nb"),
            ("https://vesper.example.com", None),
            ("https://vesper.example.com", "key", 0),
        ):
            with self.assertRaises(VesperError) as caught:
                VesperClient(*arguments)
            self.assertEqual((caught.exception.code, caught.exception.retryable), ("MISCONFIGURED", False))


class SafeOnABadDay(unittest.TestCase):
    def test_never_raises_and_never_shows_the_key(self):
        with self.assertLogs("vesper", "WARNING") as logged:
            for url, timeout in (
                ("http://127.0.0.1:1", 0.5),
                (f"http://{'x' * 70}.example.com", 0.5),
                ("nonsense", 5),
                (None, None),
                (object(), "5"),
            ):
                client = SafeVesperClient(url, FALSE_KEY, timeout)
                self.assertIs(client.update_status("FCCS", "OK"), False)
                self.assertIs(client.batch_update(None), False)
                self.assertIs(client.batch_update([None]), False)
                self.assertIs(client.notify_pipeline_start("FCCS", None, None), False)
                self.assertIs(client.notify_pipeline_complete(object(), object(), object()), False)
        self.assertEqual(len(logged.output), 25)
        self.assertNotIn(FALSE_KEY, "\n".join(logged.output))

    def test_is_back_within_five_seconds_unless_told_otherwise(self):
        with serving(hang) as server, self.assertLogs("vesper", "WARNING") as logged:
            began = time.monotonic()
            self.assertIs(SafeVesperClient(server.url, "key").update_status("FCCS", "OK"), False)
            took = time.monotonic() - began
        self.assertGreater(took, 4)
        self.assertLess(took, 8)
        self.assertRegex(logged.output[0], "TIMEOUT|NETWORK")


class AsACommand(unittest.TestCase):
    def run_command(self, *arguments, environment=None):
        return subprocess.run(
            [sys.executable, CLIENT, "--timeout", "30", *arguments],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )

    def test_tells_of_one_domain_or_of_several(self):
        one = self.run_command("--app", "Planning", "--domain", "Actual", "--status", "Loading", "--job-id", "ODI-1")
        self.assertEqual((one.returncode, one.stdout, one.stderr), (0, "", ""))
        self.assertEqual(cell("Planning", "Actual")["job_id"], "ODI-1")
        domains = ["--domain", "Actual", "--domain", "Budget"]
        many = self.run_command("--app", "Planning", *domains, "--status", "OK", "--job-id", "ODI-1")
        self.assertEqual(many.returncode, 0)
        self.assertEqual([cell("Planning", name)["status"] for name in ("Actual", "Budget")], ["OK", "OK"])

    def test_reads_message_and_key_from_files(self):
        with tempfile.TemporaryDirectory() as folder:
            message, key = os.path.join(folder, "message"), os.path.join(folder, "key")
            with open(message, "wb") as file:
                file.write(b'ORA-1: "no $HOME" \xff\n' + b"x" * 300)
            with open(key, "w", encoding="ascii") as file:
                file.write(f"{VESPER_API_KEY}\n")
            arguments = ("--app", "FCCS", "--status", "Warning", "--job-id", "FILES", "--api-key-file", key)
            ended = self.run_command(*arguments, "--message-file", message, environment={"VESPER_API_KEY": ""})
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertTrue(cell("FCCS", "Consolidation")["message"].startswith('ORA-1: "no $HOME" \ufffd\nxxx'))

    def test_tells_of_a_failure_although_its_message_is_lost(self):
        arguments = ("--app", "FCCS", "--status", "Warning", "--job-id", "LOST", "--message-file", "no-such-file")
        self.assertEqual(self.run_command(*arguments).returncode, 0)
        self.assertIn("no-such-file", cell("FCCS", "Consolidation")["message"])

    def test_ends_with_a_code_that_says_why_and_safely_with_none(self):
        nobody = ("--url", "http://127.0.0.1:1", "--timeout", "0.5")
        for arguments, code, said in (
            (("--app", "Payroll", "--status", "OK"), 1, "INVALID_APP"),
            (("--app", "FCCS", "--status", "OK", "--api-key-file", "no-such-file"), 1, "no-such-file"),
            (("--app", "FCCS", "--status", "OK", *nobody), 75, "NETWORK"),
            (("--app", "FCCS", "--status", "Fine"), 2, "invalid choice"),
            (("--app", "FCCS"), 2, "--status"),
        ):
            for options, expected in (((), code), (("--safe",), 0)):
                ended = self.run_command(*arguments, *options)
                self.assertEqual((ended.returncode, ended.stdout), (expected, ""))
                self.assertIn(said, ended.stderr)
                self.assertNotIn("Traceback", ended.stderr)


class TheFile(unittest.TestCase):
    def test_is_python_3_8_and_needs_nothing_else(self):
        with open(CLIENT, encoding="utf-8") as file:
            tree = ast.parse(file.read(), feature_version=(3, 8))
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
        self.assertEqual(imported - STANDARD_LIBRARY, set())

    def test_has_the_same_calls_in_both_classes(self):
        def calls(of):
            return {name for name in vars(of) if not name.startswith("_")}

        self.assertEqual(calls(SafeVesperClient), calls(VesperClient))


if __name__ == "__main__":
    unittest.main()
