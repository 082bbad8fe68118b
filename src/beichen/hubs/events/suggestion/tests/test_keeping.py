"""A classifier is kept in a file and read again as it was; everything else is refused with a reason."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.hubs.events.suggestion import keeping
from beichen.hubs.events.suggestion.classifier import Classifier, train
from beichen.hubs.events.suggestion.codes import NOT_KEPT, OTHER_FORMAT
from beichen.hubs.events.suggestion.tests.samples import DAY, messages
from beichen.problem import ProblemError

Files = dict[str, bytes]


@cache
def learned() -> Classifier:
    """A classifier of three kinds."""
    return train(messages(20), today=DAY)


@cache
def files() -> Files:
    """What is in its file, by name."""
    stream = io.BytesIO()
    keeping._pack(stream, keeping.About("", 0, (), 1.0, 1.0, learned().quality), learned().model)
    with zipfile.ZipFile(stream) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return {**found, "about.json": about()}


def about(**changed: object) -> bytes:
    """The document of the file with something changed in it."""
    quality = {
        "top1": 1,
        "top3": 1,
        "sure": None,
        "right_when_sure": None,
        "support": 3,
        "made_on": "2025-03-01",
    }
    told = {
        "format": keeping.FORMAT,
        "version": keeping.VERSION,
        "labels": ["noise", "roads", "schools"],
        "sharpness": 2.0,
        "threshold": 0.5,
        "quality": quality,
    }
    return json.dumps(told | changed).encode()


def packed(array: object, *, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=allow_pickle)
    return stream.getvalue()


def written(path: Path, content: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_what_is_read_suggests_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kinds.npz"
    learned().save(path)
    read = Classifier.load(path)
    texts = [text for text, _label in messages(30)] + ["", "Ω"]
    assert read.suggest(texts) == learned().suggest(texts)
    assert (read.labels, read.threshold, read.quality) == (
        learned().labels,
        learned().threshold,
        learned().quality,
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.sampled_from("甲乙丙")), min_size=1, max_size=12))
def test_whatever_was_learned_is_kept(
    tmp_path_factory: pytest.TempPathFactory, samples: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "kinds.npz"
    classifier = train(samples, today=DAY)
    classifier.save(path)
    texts = [text for text, _label in samples]
    assert Classifier.load(path).suggest(texts) == classifier.suggest(texts)


def test_the_file_is_plain_arrays_and_a_document_and_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "kinds.npz"
    learned().save(path)
    with np.load(path, allow_pickle=False) as archive:
        assert sorted(archive.files) == ["about.json", "bias", "grams", "rarity", "weights"]
        assert archive["weights"].shape == (archive["grams"].size, 3)
        told = json.loads(archive["about.json"])
    assert (told["format"], told["version"]) == (keeping.FORMAT, keeping.VERSION)
    assert told["labels"] == ["noise", "roads", "schools"]
    assert "路灯" not in json.dumps(told, ensure_ascii=False)


def test_a_failed_save_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kinds.npz"
    learned().save(path)
    before = path.read_bytes()

    def full(*_arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(keeping, "_pack", full)
    with pytest.raises(OSError, match="no space left"):
        learned().save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["kinds.npz"]
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_no_broken_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Classifier.load(tmp_path / "none.npz")


BROKEN: dict[str, Callable[[], Files]] = {
    "no document": lambda: {name: data for name, data in files().items() if name != "about.json"},
    "no weights": lambda: {name: data for name, data in files().items() if name != "weights.npy"},
    "a document that is no JSON": lambda: files() | {"about.json": b"{"},
    "a document that is a list": lambda: files() | {"about.json": b"[]"},
    "a document of somebody else": lambda: files() | {"about.json": about(format="other")},
    "labels that are numbers": lambda: files() | {"about.json": about(labels=[1, 2, 3])},
    "labels that are missing": lambda: files() | {"about.json": about(labels=["noise"])},
    "labels twice": lambda: files() | {"about.json": about(labels=["a", "a", "b"])},
    "a day that is none": lambda: files() | {"about.json": about(quality={"made_on": "x"})},
    "an array that is a pickle": lambda: files() | {"bias.npy": packed([object()], allow_pickle=True)},
    "an array of pickled bytes": lambda: files() | {"bias.npy": pickle.dumps([1.0])},
    "weights of another type": lambda: files() | {"bias.npy": packed(np.zeros(3))},
    "weights of another shape": lambda: files() | {"bias.npy": packed(np.zeros(4, np.float32))},
    "weights that are no numbers": lambda: files() | {"bias.npy": packed(np.full(3, np.nan, np.float32))},
    "a cut array": lambda: files() | {"weights.npy": files()["weights.npy"][:-9]},
    "grams out of order": lambda: files() | {"grams.npy": packed(learned().model.grams[::-1])},
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused(tmp_path: Path, content: Callable[[], Files]) -> None:
    with pytest.raises(ProblemError, match="this is no classifier of Beichen") as caught:
        Classifier.load(written(tmp_path / "kinds.npz", content()))
    assert [problem.code for problem in caught.value.problems] == [NOT_KEPT]
    assert caught.value.problems[0].code == "EVT-203"


def test_the_files_as_they_were_are_accepted(tmp_path: Path) -> None:
    """So that the cases above fail for what they change."""
    assert Classifier.load(written(tmp_path / "kinds.npz", files())).threshold == 0.5


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kinds.npz"
    path.write_bytes(content)
    with pytest.raises(ProblemError, match="EVT-203"):
        Classifier.load(path)


def test_a_file_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kinds.npz"
    learned().save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(ProblemError, match="EVT-203"):
        Classifier.load(path)


def test_a_file_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LARGEST", 1000)
    with pytest.raises(ProblemError, match="EVT-203"):
        Classifier.load(written(tmp_path / "kinds.npz", files()))


def test_another_version_says_so(tmp_path: Path) -> None:
    later = {**files(), "about.json": json.dumps({"format": keeping.FORMAT, "version": 2}).encode()}
    with pytest.raises(ProblemError, match="version 2 of the format, not 1") as caught:
        Classifier.load(written(tmp_path / "kinds.npz", later))
    assert caught.value.problems[0].code == OTHER_FORMAT == "EVT-204"
