"""Attack a running house by Wapiti, signed out or as somebody of its demo.

    python tools/wapiti.py http://localhost:8100 --as citizen

The program is found as `wapiti` on the path or by `--wapiti`; it is a tool beside the project
(docs/attacking.md). A house on another machine is refused: what is found out here may be written there.
What the house was talked into asking is seen by a listener of this tool's own, on this machine.

Exit status: 0 when nothing is left to be looked at, 1 with findings, 2 when the attack proves nothing: no
house answers, nobody could sign in, or Wapiti did not come to its end.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

PASSWORD = "beichen-demo-2025"  # noqa: S105 - of the demo, which production refuses
WHO = {"nobody": "", "citizen": "citizen", "hall": "hall", "staff": "staff", "admin": "admin"}
MODULES = (
    "xss", "permanentxss", "sql", "timesql", "exec", "file", "redirect", "crlf", "csrf", "upload", "xxe",
    "ssrf", "methods", "backup", "csp", "cookieflags", "http_headers",
)  # fmt: skip
DOOR = (
    "/", "/search?q=x", "/nearby", "/news", "/report", "/follow", "/services", "/services/follow",
    "/services/notices", "/services/windows", "/services/appointments/new", "/services/affairs",
    "/services/window", "/services/desk", "/services/supervision", "/services/statistics",
    "/services/payments", "/my", "/my/affairs", "/my/drafts", "/my/data", "/my/representation", "/my/codes",
    "/my/codes/scans", "/my/certificates", "/codes/scan", "/codes/stickers", "/codes/gates", "/codes/grants",
    "/codes/print", "/ledger", "/ledger/entries", "/certificates", "/verify", "/relying-parties",
    "/relying-parties/new", "/account/consents", "/account/register", "/account/recover", "/account/window",
    "/account/login/", "/o/device",
)  # fmt: skip
REST = (
    "/plan", "/indicators", "/public/plan", "/layers", "/addresses", "/analysis", "/tables", "/devices",
    "/rules", "/models", "/console", "/desk", "/evaluation", "/subscriptions", "/screens", "/messages",
)  # fmt: skip
PARTS = {"door": DOOR, "rest": REST}
LEFT_OUT = (
    "/account/logout/*", "/o/logout*", "/my/data/erase*", "/my/data/close*", "/my/codes/withdraw*",
    "/language/*", "/static/*", "/map/*", "/screen/*", "/me",
)  # fmt: skip
"""What ends the session or the account; Django's own choice of a language, a form on every page; pictures."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that was looked at and is none: of which kind, at which address or saying what, and why."""

    kind: str
    where: str
    why: str

    def is_it(self, kind: str, path: str, info: str) -> bool:
        """Whether a finding is this one."""
        return kind == self.kind and re.search(self.where, f"{path} {info}") is not None


KNOWN = (
    Known(
        "Secure Flag cookie",
        ": (csrftoken|beichen_session|messages)$",
        "cookies are marked secure by BEICHEN_HTTPS",
    ),
)
"""Each is said in docs/attacking.md, too."""


def session_of(house: str, name: str) -> str:
    """The cookies of somebody's session; of nobody, the one that forms are posted with."""
    with httpx.Client(base_url=house, timeout=60, follow_redirects=True) as browser:
        page = browser.get("/account/login/").text
        if name:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
            form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": found[1] if found else ""}
            browser.post("/account/login/", data=form, headers={"Referer": f"{house}/account/login/"})
        cookies = {one.name: one.value for one in browser.cookies.jar}
    return ";".join(f"{key}={value}" for key, value in cookies.items())


def is_a_house(house: str) -> bool:
    """Whether Beichen's pages answer there: its process of live updates has none, and is the next port."""
    try:
        answer = httpx.get(f"{house}/healthz", timeout=60)
        return answer.status_code == 200 and answer.json() == {"status": "ok"}
    except (httpx.HTTPError, ValueError):
        return False


def is_signed_in(house: str, cookie: str) -> bool:
    """Whether the session is somebody's still."""
    with httpx.Client(base_url=house, timeout=60, headers={"Cookie": cookie}) as browser:
        return browser.get("/me").status_code == 200


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address that the house may be talked into asking, and the paths at which it was."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Note who asks; Wapiti's own question for results is answered with none."""
            if not self.path.startswith("/get_"):
                asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


def command(
    told: argparse.Namespace, house: str, cookie: str, endpoint: str, report: Path, folder: str
) -> list[str]:
    """Wapiti's words. A third of the time is for finding pages; few modules take as long as they may."""
    seconds = told.minutes * 60
    words = [told.wapiti, "-u", f"{house}/", "--scope", "folder", "-m", told.modules, "-f", "json"]
    words += ["-o", str(report), "--flush-session", "--store-session", folder, "--store-config", folder]
    words += ["--no-bugreport", "--max-scan-time", str(seconds / 3), "-S", "normal", "-t", "20", "-v", "1"]
    words += ["--max-attack-time", str(seconds / 10)]
    words += ["--max-files-per-dir", "8", "--max-links-per-page", "60", "--tasks", "4"]
    words += ["--endpoint", endpoint, "-C", cookie]  # --drop-set-cookie would drop it, too
    words += ["--skip", "csrfmiddlewaretoken"]  # without it nothing is looked at
    words += [word for path in PARTS[told.part] for word in ("-s", f"{house}{path}")]
    others = [f"{path}*" for part in PARTS if part != told.part for path in _ways(PARTS[part])]
    return words + [word for path in (*LEFT_OUT, *others) for word in ("-x", f"{house}{path}")]


def _ways(paths: Iterable[str]) -> list[str]:
    """How addresses of a part begin."""
    return sorted({f"/{path.split('/')[1].partition('?')[0]}" for path in paths if path != "/"})


def run(words: list[str]) -> tuple[bool, bool]:
    """Attack, and pass on what is said: whether it came to its end, and whether it was sent to sign in."""
    is_shut_out = False
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            is_shut_out |= "/account/login/?next=" in line
    return process.returncode == 0, is_shut_out


def judged(report: Path, asked: list[str]) -> tuple[list[str], dict[str, int], int]:
    """What is to be looked at, how often each known finding was made, and how many pages were attacked."""
    document = json.loads(report.read_text(encoding="utf-8"))
    fresh, known = [f"the house asked {path}" for path in asked], dict.fromkeys((one.why for one in KNOWN), 0)
    for part in ("vulnerabilities", "anomalies"):
        for kind, rows in document[part].items():
            for row in rows:
                one = next((one for one in KNOWN if one.is_it(kind, row["path"], row["info"])), None)
                if one is not None:
                    known[one.why] += 1
                else:
                    fresh.append(f"{kind}: {row['method']} {row['path']} {row['parameter']}: {row['info']}")
    return fresh, known, int(document["infos"]["crawled_pages_nbr"])


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("house", help="http://localhost:8000")
    parser.add_argument("--as", dest="who", choices=list(WHO), default="nobody")
    parser.add_argument("--part", choices=list(PARTS), default="door")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--report", type=Path, default=Path("wapiti.json"))
    parser.add_argument("--wapiti", default=shutil.which("wapiti") or "wapiti")
    told = parser.parse_args()
    if urlsplit(told.house).hostname not in ("localhost", "127.0.0.1"):
        parser.error("only a house on this machine is attacked")
    return told


def main() -> int:
    """Attack, and say what was found."""
    told = arguments()
    house, name = told.house.rstrip("/"), WHO[told.who]
    if not is_a_house(house):
        sys.stderr.write(f"no house answers at {house}\n")
        return 2
    cookie = session_of(house, name)
    if name and not is_signed_in(house, cookie):
        sys.stderr.write(f"{name} could not sign in\n")
        return 2
    told.report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, listener() as (endpoint, asked):
        words = command(told, house, cookie, endpoint, told.report, folder)
        is_ended, is_shut_out = run(words)
    if not is_ended or not told.report.exists():
        sys.stderr.write("Wapiti did not come to its end\n")
        return 2
    fresh, known, pages = judged(told.report, asked)
    print("\n".join(fresh))
    print(f"\n{told.part} as {told.who}: {pages} pages, {len(fresh)} findings to look at.")
    for why, count in known.items():
        print(f"  {count} × {why}")
    if name and (is_shut_out or not is_signed_in(house, cookie)):
        sys.stderr.write(f"the session of {name} did not last: what came after it proves nothing\n")
        return 2
    return 1 if fresh else 0


if __name__ == "__main__":
    sys.exit(main())
