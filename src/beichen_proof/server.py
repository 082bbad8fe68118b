"""The witness's door: `POST /add-checkpoint` (tlog-witness), `GET /` says whom it watches. For behind a
proxy."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from beichen_proof.refusal import RefusedError
from beichen_proof.witness import LONGEST, Answer, Witness


class _Handler(BaseHTTPRequestHandler):
    """One request. A client that is slow is let go."""

    server: WitnessServer
    timeout = 10
    protocol_version = "HTTP/1.1"
    server_version = "beichen-witness"
    sys_version = ""

    def do_POST(self) -> None:
        """A log asks for a cosignature."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) > LONGEST:
            self.close_connection = True
            return self._say(Answer(413, f"at most {LONGEST} bytes, and their length\n"))
        content = self.rfile.read(int(length))
        if self.path.rstrip("/") != "/add-checkpoint":
            return self._say(Answer(404, "POST /add-checkpoint\n"))
        return self._say(self.server.witness.add_checkpoint(content))

    def do_GET(self) -> None:
        """Whose key this is, and how far each log has come."""
        if self.path != "/":
            return self._say(Answer(404, "GET /\n"))
        return self._say(Answer(200, standing(self.server.witness)))

    def _say(self, answer: Answer) -> None:
        content = answer.content.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        sys.stderr.write(f"{self.log_date_time_string()} {format % args}\n")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness."""

    daemon_threads = True

    def __init__(self, witness: Witness, address: str, port: int) -> None:
        self.witness = witness
        super().__init__((address, port), _Handler)


def standing(witness: Witness) -> str:
    """The witness's key and the logs that it watches, each with its size."""
    lines = [f"{witness.signer.verifier}\n\n"]
    for origin in sorted(witness.logs):
        try:
            lines.append(f"{origin} {witness.last(origin).size}\n")
        except RefusedError as error:
            lines.append(f"{origin} {error}\n")
    evidence = witness.folder / "evidence"
    kept = sum(1 for _ in evidence.iterdir()) if evidence.is_dir() else 0
    return "".join([*lines, f"\n{kept} contradictions kept\n"])
