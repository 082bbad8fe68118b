"""The peer of the classifier: the pipeline that scikit-learn's own documentation would build."""

from __future__ import annotations

from typing import Any


class Bare:
    """Tf-idf of the same n-grams, and the same machine."""

    def __init__(self, samples: list[tuple[str, str]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
        from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
        from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

        vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
        pipeline: Any = make_pipeline(vectors, LinearSVC(random_state=0))
        self.pipeline = pipeline.fit([text for text, _label in samples], [label for _text, label in samples])

    def suggest(self, texts: list[str]) -> list[list[str]]:
        """The three best labels of each text."""
        margins, labels = self.pipeline.decision_function(texts), self.pipeline.classes_
        return [[labels[at] for at in (-row).argsort()[:3]] for row in margins]
