"""What can be wrong with an application, its files and its rating.

50x: drafts. 51x: files. 52x: what was sent.
"""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_DRAFT = code("SRV-501", "There is no such draft.", status=404)
DRAFT_CHANGED = code("SRV-502", "The draft was changed in another window.", status=409)
TOO_MANY_DRAFTS = code("SRV-503", "There are as many drafts as one person may keep.", status=409)
NOT_SIGNED = code("SRV-504", "The application is not signed.", status=422)
NO_SIGNER = code("SRV-505", "The signer that is set does not exist.", status=503)
BAD_FILE = code("SRV-511", "The file cannot be taken.", status=415)
TOO_LARGE = code("SRV-512", "The file is larger than it may be.", status=413)
TOO_MANY_FILES = code("SRV-513", "There are as many files as an application may have.", status=409)
NO_READER = code("SRV-514", "Pictures are not read here.", status=503)
CLOSED = code("SRV-515", "The paper lies above the clearance of who asks for it.", status=403)
NOT_FOLLOWED = code("SRV-521", "No application has this number and code.", status=404)
RATED = code("SRV-522", "This affair was rated already.", status=409)


def no_draft() -> ProblemError:
    """Hidden or none: the answer must not tell that it is there."""
    return ProblemError(Problem(NO_DRAFT, said("there is no such draft"), hint=said("see /my/drafts")))


def bad_file(name: str, message: str, hint: str = "") -> ProblemError:
    """A file that cannot be taken."""
    return ProblemError(Problem(BAD_FILE, shorten(message), Where(field=name), hint))


def paper_closed(name: str, level: int, grantors: str) -> ProblemError:
    """A paper whose content is not for who takes part in its affair; that it is there they may know."""
    message = said("“{name}” is of level L{level}, above your clearance", name=name[:30], level=level)
    hint = said("could be allowed by: {names}", names=grantors) if grantors else ""
    return ProblemError(Problem(CLOSED, shorten(message), hint=hint))
