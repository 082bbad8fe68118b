"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import code

NO_TABLE = code("WHS-404", "There is no table of this name.", status=404)
DOES_NOT_FIT = code("WHS-101", "The columns of an upload do not fit the table.", status=422)
BAD_ROW = code("WHS-102", "A row does not fit the table.", status=422)
NO_KEY = code("WHS-103", "A table without a key cannot be written by key.", status=422)
NO_LOAD = code("WHS-104", "A load has no name, or one that is too long.", status=422)
BUSY = code("WHS-105", "Somebody else writes the table.", status=503)
NO_STORAGE = code("WHS-106", "The tables cannot be reached.", status=503)
UNREADABLE = code("WHS-107", "A file or body cannot be read as rows.", status=422)
DAMAGED = code("WHS-108", "A table is not what its log says.", status=500)

BAD_SQL = code("WHS-201", "The SQL cannot be read.", status=422)
NOT_A_QUESTION = code("WHS-202", "The SQL is more than one question.", status=422)
NOT_ALLOWED = code("WHS-203", "The SQL reaches beyond the tables.", status=422)
FAILED_SQL = code("WHS-204", "The SQL cannot be answered.", status=422)
TOO_LONG = code("WHS-206", "The question took too long.", status=503)
NO_QUESTION = code("WHS-208", "No such question is kept.", status=404)
BAD_QUESTION = code("WHS-209", "A question cannot be kept like this.", status=422)
NO_CHART = code("WHS-210", "The answer cannot be drawn from these columns.", status=422)
TOO_MANY = code("WHS-207", "Too many questions are asked at once.", status=503)
ROOMS_OWN = code("WHS-109", "The table is kept by a room.", status=403)
BAD_SOURCE = code("WHS-112", "A source cannot be entered like this.", status=422)
NO_SOURCE = code("WHS-113", "Another database cannot be read.", status=502)
TOO_LARGE = code("WHS-111", "A batch is larger than is taken.", status=413)
NO_TOKEN = code("WHS-110", "Writing needs a key, or the token of a page.", status=403)
NO_ENGINE = code("WHS-205", "No engine answers at the warehouse's address.", status=503)

BAD_NAME = code("WHS-301", "A name cannot be that of a table or column.", status=422)
NO_COLUMN = code("WHS-302", "A column is declared nowhere.", status=422)
BAD_TYPE = code("WHS-303", "A column's type does not serve its purpose.", status=422)
TAKEN = code("WHS-304", "The table belongs to somebody else.", status=409)
NARROWED = code("WHS-305", "A table that holds rows would lose or narrow a column.", status=409)
BAD_CHECK = code("WHS-306", "A check of quality does not make sense.", status=422)
