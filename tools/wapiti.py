"""Attack a running house by Wapiti, signed out or as somebody of its demo.

    python tools/wapiti.py http://localhost:8100 --as citizen


The program is found as `wapiti` on the path or by `--wapiti`; it is a tool beside the project
(docs/attacking.md). A house on another machine is refused: what is found out here may be written there.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import httpx

PASSWORD = "beichen-demo-2025"  # noqa: S105 - of the demo, which production refuses
WHO = {"nobody": "", "citizen": "citizen", "staff": "staff", "admin": "admin"}
MODULES = "crlf,csrf,exec,file,permanentxss,redirect,sql,upload,xss,xxe,csp,cookieflags,http_headers"
BEGIN = (
    "/", "/search?q=x", "/nearby", "/news", "/services", "/services/follow", "/services/notices",
    "/services/windows", "/services/appointments/new", "/services/affairs", "/services/window",
    "/services/supervision", "/services/statistics", "/services/payments", "/my", "/my/affairs",
    "/my/drafts", "/my/data", "/my/representation", "/my/codes", "/my/certificates", "/codes/scan",
    "/codes/stickers", "/codes/gates", "/codes/grants", "/codes/print", "/ledger", "/ledger/entries",
    "/certificates", "/verify", "/relying-parties", "/relying-parties/new", "/account/consents",
    "/account/register", "/account/recover", "/account/window", "/account/login/", "/o/device",
)  # fmt: skip
LEFT_OUT = ("/account/logout/*", "/o/logout*", "/my/data/erase", "/static/*", "/map/*", "/screen*", "/me*")
"""What ends the session or the account, and what is no part of the door."""


def session_of(house: str, name: str) -> str:
    """The cookie of somebody's session; empty for nobody."""
    if not name:
        return ""
    with httpx.Client(base_url=house, timeout=30, follow_redirects=True) as browser:
        page = browser.get("/account/login/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
        form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": found[1] if found else ""}
        browser.post("/account/login/", data=form, headers={"Referer": f"{house}/account/login/"})
        cookies = {one.name: one.value for one in browser.cookies.jar}
        if browser.get("/me").url.path != "/me":
            sys.exit(f"{name} could not sign in")
    return ";".join(f"{key}={value}" for key, value in cookies.items())


def command(program: str, house: str, cookie: str, minutes: float, report: Path, folder: str) -> list[str]:
    """Wapiti's words."""
    words = [program, "-u", f"{house}/", "--scope", "folder", "-m", MODULES, "-f", "json", "-o", str(report)]
    words += ["--flush-session", "--store-session", folder, "--store-config", folder]
    words += ["--no-bugreport"]
    words += [
        "--max-scan-time",
        str(minutes * 20),
        "--max-attack-time",
        str(minutes * 60 / 8),
        "-S",
        "normal",
    ]
    words += ["--max-files-per-dir", "8", "--max-links-per-page", "60", "--tasks", "4", "-t", "20", "-v", "1"]
    words += ["--endpoint", house, "--drop-set-cookie"]
    words += [word for path in BEGIN for word in ("-s", f"{house}{path}")]
    words += [word for path in LEFT_OUT for word in ("-x", f"{house}{path}")]
    return words + (["-C", cookie] if cookie else [])


def main() -> int:
    """Attack, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("house", help="http://localhost:8000")
    parser.add_argument("--as", dest="who", choices=list(WHO), default="nobody")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--report", type=Path, default=Path("wapiti.json"))
    parser.add_argument("--wapiti", default=shutil.which("wapiti") or "wapiti")
    told = parser.parse_args()
    house = told.house.rstrip("/")
    if urlsplit(house).hostname not in ("localhost", "127.0.0.1"):
        parser.error("only a house on this machine is attacked")
    with tempfile.TemporaryDirectory() as folder:
        words = command(
            told.wapiti, house, session_of(house, WHO[told.who]), told.minutes, told.report, folder
        )
        subprocess.run(words, check=False)
    found = json.loads(told.report.read_text(encoding="utf-8"))["vulnerabilities"]
    count = sum(map(len, found.values()))
    for kind, rows in found.items():
        for row in rows:
            print(f"{kind}: {row['method']} {row['path']} {row['parameter']}: {row['info']}")
    print(f"{count} findings in {told.report}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
