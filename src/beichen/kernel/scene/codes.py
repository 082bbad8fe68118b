"""The codes of everything that can be wrong with a package; `docs/problems.md` explains each.

1xx: the text of a file. 2xx: its shape. 3xx: what refers to something else. 4xx: installing.
"""

from __future__ import annotations

from beichen.problem import code

NOT_UTF8 = code("SCN-101", "A file is not UTF-8 text.")
NOT_YAML = code("SCN-102", "A file cannot be read as YAML.")
DUPLICATE_KEY = code("SCN-103", "A key stands twice in one mapping.")
EMPTY = code("SCN-104", "A file is empty.")
TOO_LARGE = code("SCN-105", "A file is larger than a declaration may be.")
TOO_COMPLEX = code("SCN-106", "A file nests too deeply or repeats too much.")
NOT_USED = code("SCN-107", "A feature of YAML that packages do not use.")
KEY_NOT_TEXT = code("SCN-108", "A key is not text.")
NOT_A_VALUE = code("SCN-109", "A character or number that cannot be kept.")
BAD_ALIAS = code("SCN-110", "An alias leads nowhere, or to itself.")

UNKNOWN_KEY = code("SCN-201", "A key that is not known here.")
MISSING_KEY = code("SCN-202", "A key is missing.")
WRONG_TYPE = code("SCN-203", "A value is of the wrong type.")
NOT_A_CHOICE = code("SCN-204", "A word is not one of those that are valid here.")
WRONG_FORM = code("SCN-205", "A text does not have the form that is expected.")
OUT_OF_RANGE = code("SCN-206", "A value is too small, too large, too short or too long.")
NOT_ALLOWED = code("SCN-207", "A value breaks a rule of its section.")
BAD_NAME = code("SCN-208", "A name is not written as names are.")
UNKNOWN_FILE = code("SCN-209", "A file that no section of a package claims.")
NO_MANIFEST = code("SCN-210", "The folder is not a package.")
UNKNOWN_STEP = code("SCN-211", "A story uses a word that no room understands.")
FOREIGN_IMPORT = code("SCN-212", "A scene's Python reaches beyond what it may use.")
CHECKLIST = code("SCN-213", "A rule of the scene checklist is not met.")
OUTSIDE = code("SCN-215", "A package has too many files, or one that leads out of it.")

NO_SCENE = code("SCN-301", "A scene that is required does not exist.")
CIRCLE = code("SCN-302", "Scenes require each other in a circle.")
OTHER_NAME = code("SCN-303", "A package's key differs from its folder's name.")
NO_FILE = code("SCN-304", "A file that the package names is not there.")
NO_REFERENCE = code("SCN-305", "A name refers to something that is declared nowhere.")

NOT_FOUND = code("SCN-401", "No package has this name.", status=404)
OLDER = code("SCN-402", "A newer version is installed.", status=409)
SAME_VERSION = code("SCN-403", "The content changed but the version did not.", status=409)
STILL_REQUIRED = code("SCN-404", "Another package still requires this one.", status=409)
NOT_INSTALLED = code("SCN-405", "The package is not installed.", status=404)
STORY_FAILED = code("SCN-406", "A story did not end as it says.", status=422)
EXISTS = code("SCN-407", "There is already something at this place.", status=409)
BAD_CONDITION = code("SCN-240", "A condition is not in the SQL that scenes use.", status=422)
UNKNOWN_NAME = code("SCN-241", "A condition names something that is not known here.", status=422)
