"""Rewrites the generated files of ``src/beichen/cities/changchun`` from the raw data it was made of.

Run ``python -m tools.changchun RAW_DATA_DIR`` from the root of the repository, with ``pypinyin``
installed besides the project (``uv run --with pypinyin==0.55.0 python -m tools.changchun DIR``).
The same input gives the same bytes. What people keep by hand — ``city.yaml``, ``bodies.yaml``,
``layers.yaml``, ``indicators.csv``, ``plan-indicators.yaml``, ``PROVENANCE.md`` — is read, never written.
"""
