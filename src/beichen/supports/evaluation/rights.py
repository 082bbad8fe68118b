"""Who may do what with evaluations.

What a planner or an evaluator does is decided on the scheme or the round (their region); what a body's
officer does is decided on the subject, whose body bounds it. Published results are open (L1); before
that a round is seen by those who run, assess or review it, and a subject's own part by its body.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from beichen.kernel.access.service import decide, permission, require, visible
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, code, said
from beichen.supports.evaluation.models import Appeal, Round, Scheme, Subject
from beichen.supports.evaluation.words import SchemeStatus, Stage

READ = permission("evaluation.read", "查看评估方案与公布结果", "Read schemes and published results")
INSPECT = permission("evaluation.inspect", "查看未公布的评估", "See rounds before they are published")
DESIGN = permission("evaluation.scheme.write", "编制评估方案", "Write schemes")
ADOPT = permission("evaluation.scheme.adopt", "批准评估方案", "Adopt schemes")
RUN = permission("evaluation.round.run", "组织评估", "Open rounds and lead them through their stages")
REVIEW = permission("evaluation.round.review", "审核评估初稿", "Comment on drafts and correct scores")
REPORT = permission("evaluation.report.write", "报送本单位自评", "Report on the own body")
ASSESS = permission("evaluation.assessment.write", "第三方评分", "Score as a third party")
APPEAL = permission("evaluation.appeal.write", "代表本单位申诉", "Appeal for the own body")
DECIDE = permission("evaluation.appeal.decide", "裁定申诉", "Decide appeals")

NO_ROUND = code("EVA-107", "There is no such evaluation.", status=404)
NO_SCHEME = code("EVA-101", "There is no such scheme.", status=404)
NO_SUBJECT = code("EVA-116", "The evaluation has no such subject.", status=404)


def schemes_for(by: Actor) -> QuerySet[Scheme]:
    """The schemes that ``by`` may read: adopted ones, and drafts for those who write or run."""
    adopted = visible(by, READ, Scheme.objects.filter(status=SchemeStatus.ADOPTED))
    inspected = visible(by, INSPECT, Scheme.objects.all())
    return Scheme.objects.filter(Q(pk__in=adopted.values("pk")) | Q(pk__in=inspected.values("pk")))


def scheme_for(key: str, version: int, by: Actor) -> Scheme:
    """A scheme's version. Raises ProblemError EVA-101 where there is none that ``by`` may read."""
    require(by, READ)
    found = schemes_for(by).filter(key=key, version=version).select_related("region").first()
    if found is None:
        raise ProblemError(
            Problem(NO_SCHEME, said("no scheme {key} of version {version}", key=key[:40], version=version))
        )
    return found


def own_subjects(by: Actor) -> QuerySet[Subject]:
    """The subjects for which ``by`` reports."""
    return visible(by, REPORT, Subject.objects.all())


def rounds_for(by: Actor) -> QuerySet[Round]:
    """The rounds that ``by`` may see at all."""
    published = visible(by, READ, Round.objects.filter(stage=Stage.PUBLISHED))
    inspected = visible(by, INSPECT, Round.objects.all())
    own = Q(pk__in=own_subjects(by).values("round"))
    return Round.objects.filter(Q(pk__in=published.values("pk")) | Q(pk__in=inspected.values("pk")) | own)


def round_for(key: str, by: Actor) -> Round:
    """A round. Raises ProblemError EVA-107 where there is none that ``by`` may see."""
    require(by, READ)
    found = rounds_for(by).filter(key=key).select_related("scheme", "region").first()
    if found is None:
        raise ProblemError(Problem(NO_ROUND, said("there is no evaluation {key}", key=key[:40])))
    return found


def may_inspect(by: Actor, subject: Subject) -> bool:
    """Whether ``by`` sees what was stated about a subject, not only its published score."""
    return bool(decide(by, INSPECT, subject.round)) or bool(decide(by, REPORT, subject))


def subject_for(round_: Round, key: str, by: Actor) -> Subject:
    """A subject whose score, or own part, ``by`` may see. Raises ProblemError EVA-116."""
    found = round_.subjects.filter(key=key).select_related("body", "region").first()
    if found is not None:
        found.round = round_
    if found is None or (round_.stage != Stage.PUBLISHED and not may_inspect(by, found)):
        raise ProblemError(Problem(NO_SUBJECT, said("the evaluation has no subject {key}", key=key[:40])))
    return found


def appeals_for(by: Actor) -> QuerySet[Appeal]:
    """The appeals that ``by`` may see: all, or the own body's."""
    inspected = visible(by, INSPECT, Round.objects.all())
    own = visible(by, APPEAL, Subject.objects.all())
    rows = Appeal.objects.filter(
        Q(subject__round__in=inspected.values("pk")) | Q(subject__in=own.values("pk"))
    )
    return rows.select_related("subject__round__scheme", "subject__body", "subject__region", "criterion")
