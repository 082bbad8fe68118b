"""What is kept: schemes with their criteria, rounds with their subjects, what came in, results and appeals.

A subject is a body or a region; there is no way to name a person. What was adopted or published is never
changed: a scheme gets its next version, a round its next result, and both stay readable. Whoever answers for
a region is the body of its government. (Long because every noun of the room stands here, once.)
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.hubs.data.service import SubjectKind
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.supports.evaluation.words import (
    AppealStatus,
    Missing,
    RoundKind,
    RuleName,
    SchemeStatus,
    Source,
    Stage,
)

SUBJECT_KINDS = [(kind.value, kind.value) for kind in SubjectKind]


class Scheme(models.Model):
    """A version of an evaluation scheme (评估方案).

    ``groups`` are the groups of peers: ``{key, zh, en, members}``; ``grades`` from best to worst: ``{zh, en,
    from}``. ``origin`` says where it was derived from; ``stated`` is the hash of what a package declared.
    """

    key = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=SchemeStatus, default=SchemeStatus.DRAFT)
    kind = models.CharField(max_length=8, choices=RoundKind)
    subject_kind = models.CharField(max_length=6, choices=SUBJECT_KINDS)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    origin = models.TextField(blank=True)
    origin_en = models.TextField(blank=True)
    is_proposal = models.BooleanField(default=False)
    groups = models.JSONField(default=list)
    grades = models.JSONField(default=list)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    owner = models.CharField(max_length=80, blank=True)
    stated = models.CharField(max_length=64, blank=True)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=120, blank=True)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["key", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version"], name="scheme_version_once"),
            models.CheckConstraint(
                condition=models.Q(subject_kind__in=[kind.value for kind in SubjectKind]),
                name="scheme_scores_no_people",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "key"], name="scheme_by_status")]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Criterion(models.Model):
    """A node of a scheme's tree (评估指标). ``weight`` is its percentage among its siblings.

    ``parameters`` are those of its rule: ``floor``, ``ceiling``, ``steps``, ``bound``, ``direction``; of a
    survey ``least_n``. Bonus and deduction stand beside the tree with a ``limit`` instead of a weight.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    source = models.CharField(max_length=12, choices=Source)
    weight = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    evidence = models.CharField(max_length=100, blank=True)
    rule = models.CharField(max_length=8, choices=RuleName, blank=True)
    parameters = models.JSONField(default=dict)
    missing = models.CharField(max_length=12, choices=Missing, default=Missing.REDISTRIBUTE)
    limit = models.DecimalField(max_digits=6, decimal_places=2, null=True)

    class Meta:
        verbose_name_plural = "criteria"
        ordering: ClassVar = ["scheme", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "key"], name="criterion_once_a_scheme"),
        ]

    def __str__(self) -> str:
        return self.key


class Round(models.Model):
    """An evaluation (评估) by an adopted scheme for a period of years: ``2023`` or ``2021/2023``.

    The days on which a stage ends are ends of work by the city's calendar. ``appeals_due`` is known when the
    results are published.
    """

    key = models.SlugField(max_length=60, unique=True)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    period = models.CharField(max_length=9)
    starts = models.DateField()
    ends = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.REPORTING)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    reports_due = models.DateTimeField()
    inputs_due = models.DateTimeField()
    appeal_days = models.PositiveSmallIntegerField(default=10)
    published_at = models.DateTimeField(null=True)
    appeals_due = models.DateTimeField(null=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["-ends", "-opened_at"]
        indexes: ClassVar = [
            models.Index(fields=["-ends", "-opened_at"], name="round_by_period"),
            models.Index(fields=["stage", "-ends"], name="round_by_stage"),
        ]

    def __str__(self) -> str:
        return self.key


class Subject(models.Model):
    """A body or a region that a round scores (评估对象). ``key`` is the body's key or the region's code.

    ``body`` reports and appeals for it: the body itself, or the region's government.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="subjects")
    key = models.CharField(max_length=80)
    group = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["round", "group", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "key"], name="subject_once_a_round"),
        ]
        indexes: ClassVar = [models.Index(fields=["key"], name="subject_history")]

    def __str__(self) -> str:
        return self.name


class Input(models.Model):
    """What somebody stated about a subject on a criterion; it may be replaced while it is asked for."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="%(class)ss")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject_id} {self.criterion_id}"


class SelfReport(Input):
    """A subject's own score on a criterion, with its words and a file that proves it (自评)."""

    score = models.DecimalField(max_digits=6, decimal_places=2)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    ACCESS: ClassVar = ScopeFields(region="subject__region__path", body="subject__body__path")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "criterion"], name="self_report_once"),
        ]


class Assessment(Input):
    """An independent evaluator's score; several evaluators count alike (第三方评估)."""

    score = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "criterion", "by"], name="assessment_once_an_evaluator"
            ),
        ]


class SurveyResult(Input):
    """What a sample of the public answered about a subject (民意调查): question, mean, size, method, days."""

    question = models.CharField(max_length=500)
    mean = models.DecimalField(max_digits=10, decimal_places=4)
    n = models.PositiveIntegerField()
    method = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    margin = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "criterion"], name="survey_result_once"),
        ]


class Points(Input):
    """Points that are added or taken away, each with its reason, up to the criterion's limit (加分、扣分)."""

    points = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        verbose_name_plural = "points"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["subject", "criterion"], name="points_of_subject")]


class Correction(Input):
    """A score that a review, or an appeal that was upheld, put in the place of the computed one."""

    score = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["subject", "criterion"], name="correction_of_subject")]


class Comment(models.Model):
    """A reviewer's remark on a draft, about the whole or one subject. Never changed."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="comments")
    subject = models.ForeignKey(Subject, models.CASCADE, null=True, related_name="comments")
    text = models.TextField()
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class Result(models.Model):
    """All scores of a round as computed at a time. A draft is computed anew; what is published stays."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="results")
    version = models.PositiveSmallIntegerField()
    is_published = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["round", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "version"], name="result_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.version}"


class Score(models.Model):
    """A subject's total in a result, with ``lines``: every criterion's figures, sources, score and points."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="scores")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="scores")
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    peers = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=60, blank=True)
    grade_en = models.CharField(max_length=100, blank=True)
    lines = models.JSONField()

    class Meta:
        ordering: ClassVar = ["result", "subject__group", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["result", "subject"], name="score_once_a_result"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.total}"


class Appeal(models.Model):
    """A subject's objection to its score on a criterion (申诉), and what was decided."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="appeals")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    result = models.ForeignKey(Result, models.PROTECT, related_name="appeals")
    reason = models.TextField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=9, choices=AppealStatus, default=AppealStatus.OPEN)
    filed_by = models.CharField(max_length=120)
    filed_at = models.DateTimeField()
    decision = models.TextField(blank=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="subject__region__path", body="subject__body__path")

    class Meta:
        ordering: ClassVar = ["-filed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "criterion"],
                condition=models.Q(status="open"),
                name="appeal_open_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-filed_at"], name="appeal_by_status")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.criterion_id} {self.status}"
