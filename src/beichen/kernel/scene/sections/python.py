"""`model.py` of a scene: functions for a model, and nothing else.

Checked by its syntax tree, never imported: of Beichen it may import `beichen.sdk` alone, beside it the
modules that `scene.yaml` names under `python` and a few of the standard library that compute. This keeps
honest scenes portable; it is not a sandbox, and a scene with Python is installed by those who read it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.problem import Problem, nearest, shorten

FILE = "model.py"
SDK, HOUSE = "beichen.sdk", "beichen"
COMPUTING = {
    "__future__", "bisect", "cmath", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "heapq", "itertools", "math", "operator", "statistics", "typing",
}  # fmt: skip
_FORBIDDEN = {"__import__", "breakpoint", "compile", "eval", "exec", "globals", "open", "setattr", "vars"}


def _imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, "." * node.level + (node.module or "")


def _calls(tree: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _FORBIDDEN:
            yield node


def _may_import(module: str, declared: set[str]) -> bool:
    top = module.partition(".")[0]
    return module == SDK if top == HOUSE else top in COMPUTING | declared


def _hint(module: str, declared: set[str]) -> str:
    if module.partition(".")[0] == HOUSE:
        return f"from {SDK} import …"
    return nearest(module, declared) or "name it under `python` in scene.yaml"


class PythonSection(Section):
    """A scene's functions: what they import, by their syntax."""

    key = "python"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 90

    def check(self, package: Package) -> list[Problem]:
        """Every import is declared, and nothing reaches round the imports."""
        if FILE not in package.files:
            return []
        try:
            tree = ast.parse(package.path(FILE).read_bytes())
        except (SyntaxError, ValueError) as error:
            line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
            message = shorten(f"not Python: {getattr(error, 'msg', error)}")
            return [Problem(codes.FOREIGN_IMPORT, message, package.where(FILE, line, max(column, 1)))]
        declared = set(package.manifest.value.get("python", ()))
        problems = [
            Problem(
                codes.FOREIGN_IMPORT,
                shorten(f"model.py may not import {module}"),
                package.where(FILE, node.lineno, node.col_offset + 1),
                _hint(module, declared),
            )
            for node, module in _imports(tree)
            if not _may_import(module, declared)
        ]
        problems += [
            Problem(
                codes.FOREIGN_IMPORT,
                f"model.py may not use {node.id}",
                package.where(FILE, node.lineno, node.col_offset + 1),
            )
            for node in _calls(tree)
        ]
        return problems
