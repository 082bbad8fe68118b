"""What every test stands on: a database and a data folder of its own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("BEICHEN_DATA_DIR", tempfile.mkdtemp(prefix="beichen-test-"))
