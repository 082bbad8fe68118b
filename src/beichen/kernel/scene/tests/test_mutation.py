"""Whatever is done to a sound package: problems, or a package; never an exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.kernel.scene import service
from beichen.kernel.scene.tests.factories import CITY, SCENE, copy_of
from beichen.problem import MESSAGE_LIMIT

FILES = [
    (package, path.relative_to(package).as_posix())
    for package in (SCENE, CITY)
    for path in sorted(package.rglob("*"))
    if path.is_file()
]
WORDS = [
    "", " ", "\n", "\t", ":", "-", "[", "]", "{", "}", "&a ", "*a", "!!str ", "<<: ", "'", '"', "|", ">", "#",
    "null", "true", "0", "-1", "1e9", "99999999999999999999", ".inf", "树", "\U0001f333", "\x00", "zh",
    "\n---\n", "? ", "990100", "L9", "[[[[", "{}", "[]", "~", ",,", "\\", "%YAML 1.1\n",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    chosen=st.sampled_from(FILES),
    start=st.floats(0, 1),
    length=st.integers(0, 30),
    word=st.sampled_from(WORDS) | st.text(max_size=5),
)
def test_a_mutated_package_is_read_or_reported(
    chosen: tuple[Path, str], start: float, length: int, word: str
) -> None:
    """A piece of one file is replaced by something else."""
    package, name = chosen
    with tempfile.TemporaryDirectory() as shelf:
        folder = copy_of(package, Path(shelf))
        text = (package / name).read_text(encoding="utf-8")
        at = int(start * len(text))
        changed = (text[:at] + word + text[at + length :]).encode("utf-8", "surrogatepass")
        (folder / name).write_bytes(changed)
        reading = service.check(folder)
    assert (reading.package is None) <= bool(reading.problems)
    for problem in reading.problems:
        assert len(problem.message) <= MESSAGE_LIMIT
        assert (problem.where.file or "").startswith(folder.as_posix())


@settings(max_examples=60, deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    ),
    name=st.sampled_from(["scene.yaml", "quality.yaml", "stories/bad-input.yaml", "demo.yaml"]),
)
def test_any_value_in_any_file_is_read_or_reported(value: object, name: str) -> None:
    """Valid YAML of any shape where another shape is expected."""
    from ruamel.yaml import YAML

    with tempfile.TemporaryDirectory() as shelf:
        folder = copy_of(SCENE, Path(shelf))
        with (folder / name).open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump(value, stream)
        assert service.check(folder).problems
