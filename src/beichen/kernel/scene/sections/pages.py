"""`README.md` of every package, and `PROVENANCE.md` of a city: what people read about it."""

from __future__ import annotations

from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.problem import Problem


class PagesSection(Section):
    """A page for the package's users; for a city also where each of its facts comes from."""

    key = "pages"
    order = 5

    def __init__(self, kind: PackageKind) -> None:
        self.kind = kind
        self.files = ("README.md",) if kind is PackageKind.SCENE else ("README.md", "PROVENANCE.md")

    def check(self, package: Package) -> list[Problem]:
        """Each page is text in UTF-8 that starts with a heading."""
        problems = []
        for name in package.glob(*self.files):
            try:
                text = package.path(name).read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                problems.append(Problem(codes.NOT_UTF8, "the page is not UTF-8 text", package.where(name, 1)))
                continue
            where = package.where(name, 1)
            if not text.strip():
                problems.append(Problem(codes.EMPTY, "the page is empty", where))
            elif not text.lstrip().startswith("# "):
                message = "the page does not start with a heading"
                problems.append(Problem(codes.NOT_ALLOWED, message, where, "# The package's name"))
        return problems
