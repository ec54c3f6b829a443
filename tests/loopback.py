"""A real HTTP server on loopback whose answers a test sets, and that remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer. ``promised`` is a length other than that of the body; the body goes out in ``parts`` with a
    ``pause`` (seconds) before each.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "text/tab-separated-values"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    no_length: bool = False
    parts: int = 1
    pause: float = 0


@dataclass
class Server:
    """``answers`` has by path one answer, or several that are given one after the other (the last for good)."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str, float, dict[str, str]]] = field(default_factory=list)

    def give(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.asked]


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Server]:
    """Serve on a free port of a loopback address."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.asked.append((self.command, self.path, time.monotonic(), dict(self.headers)))
            given = server.answers.get(self.path.partition("?")[0], [Answer(status=404, body=b"no such page")])
            answer = given.pop(0) if len(given) > 1 else given[0]
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            if not answer.no_length:
                self.send_header("Content-Length", str(answer.promised or len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            step = max(1, -(-len(answer.body) // answer.parts))
            for start in range(0, len(answer.body), step):
                time.sleep(answer.pause)
                try:
                    self.wfile.write(answer.body[start : start + step])
                except OSError:
                    return

        do_GET: Callable[[Handler], None] = _answer
        do_HEAD: Callable[[Handler], None] = _answer
        do_POST: Callable[[Handler], None] = _answer

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer((host, 0), Handler) as http:
        server = Server(f"http://{host}:{http.server_port}")
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
