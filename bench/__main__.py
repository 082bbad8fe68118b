"""Runs the benchmarks and writes `bench/results/NAME.json` and the table `bench/results/README.md`."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench._messages import VARIABLE
from bench.measure import Row, machine

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
NOT_BENCHMARKS = {"__init__", "__main__", "measure"}


def names() -> list[str]:
    """Every benchmark: each module of this folder with a function ``run() -> list[Row]``."""
    found = (file.stem for file in FOLDER.glob("*.py"))
    return sorted(name for name in found if name not in NOT_BENCHMARKS and not name.startswith("_"))


def run(name: str) -> None:
    """Run one benchmark and keep its result."""
    print(f"{name} …", flush=True)
    if name != "classification":
        os.environ.pop(
            VARIABLE, None
        )  # it is no setting of Beichen, which refuses names that it does not know
    module = importlib.import_module(f"bench.{name}")
    rows: list[Row] = module.run()
    about = (module.__doc__ or "").strip()
    document = {"name": name, "about": about, "machine": machine(), "rows": [row.as_dict() for row in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    for row in rows:
        print(f"  {row.case:40} {row.size:>9} {row.ours_seconds:9.3f} s  {row.ratio:6.2f} × {row.peer}")


def table() -> str:
    """All kept results as one page."""
    parts = ["# Results", "", "Written by `make bench`. A ratio is our time over the peer's, in one run."]
    for file in sorted(RESULTS.glob("*.json")):
        document: dict[str, Any] = json.loads(file.read_text())
        on = document["machine"]
        parts += ["", f"## {document['name']}", "", document["about"], ""]
        parts += [f"Python {on['python']}, {on['cores']} cores, {on['memory_gb']} GB.", ""]
        parts += [
            "| case | size | ours (s) | peer | peer (s) | ratio | figures |",
            "|---|--:|--:|---|--:|--:|---|",
        ]
        for row in document["rows"]:
            figures = ", ".join(f"{key} {value:g}" for key, value in row["figures"].items())
            extra = "; ".join(text for text in (figures, row["note"]) if text)
            parts.append(
                f"| {row['case']} | {row['size']:,} | {row['ours_seconds']:.4f} | {row['peer']} "
                f"| {row['peer_seconds']:.4f} | {row['ratio']:.2f} | {extra} |"
            )
    return "\n".join(parts) + "\n"


def main(chosen: list[str]) -> int:
    """Run the chosen benchmarks, or all; exit status 1 when one failed, 2 for a name that is none."""
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        sys.stderr.write(f"no benchmark called {', '.join(unknown)}; there are {', '.join(names())}\n")
        return 2
    RESULTS.mkdir(exist_ok=True)
    wanted = chosen or names()
    if len(wanted) == 1:
        run(wanted[0])
        (RESULTS / "README.md").write_text(table())
        return 0
    # Each in a process of its own: what one leaves in memory or in its database would slow the next.
    failed = [name for name in wanted if subprocess.run([sys.executable, "-m", "bench", name]).returncode]
    for name in failed:
        sys.stderr.write(f"{name} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
