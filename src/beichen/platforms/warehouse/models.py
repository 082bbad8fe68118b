"""What the database keeps of tables: what they are, what came in, what checks found. Rows lie in Delta."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, random_code
from beichen.platforms.warehouse.facts import NAME_LENGTH, TableFacts, from_values

NEVER = -1  # the version of a table that was never written


class WarehouseTable(models.Model):
    """A table of the city (数据表). ``owner`` is ``room`` or a package, ``scene:drainage``.

    ``values`` are its facts as JSON. ``version`` is that of the last receipt and ``rows`` what the table held
    then: what lists show; the truth is Delta's. A table that nobody declares any more is not current; its
    rows stay. ``body`` answers for the table: who writes for a body, writes its tables.
    """

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    zh = models.CharField(max_length=2000)
    en = models.CharField(max_length=2000)
    owner = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(choices=[(level.value, level.name) for level in Level])
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    values = models.JSONField()
    is_current = models.BooleanField(default=True)
    version = models.IntegerField(default=NEVER)
    rows = models.BigIntegerField(default=0)
    written_at = models.DateTimeField(null=True)
    forgotten_to = models.DateTimeField(null=True)  # rows before it were forgotten for their age

    ACCESS: ClassVar = ScopeFields(body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> TableFacts:
        """What was declared."""
        return from_values(self.values)


class ReceiptKind(models.TextChoices):
    """What was done to a table."""

    APPEND = "append", _("Rows added")
    UPSERT = "upsert", _("Rows written by key")
    FORGET = "forget", _("Old rows forgotten")
    COMPACT = "compact", _("Files joined")
    ALTER = "alter", _("Columns changed")


class Receipt(models.Model):
    """What became of one load, or of one act upon a table (回执).

    ``version`` is the table's version that holds the load; ``is_written`` says that the load made it, which a
    load that changed nothing did not. ``touched`` lists for each date and time column the city's days that
    old and new values of changed rows fall on; null is unknown. ``refused_file`` is the code of the file in
    which refused rows lie with their reasons.
    """

    table = models.ForeignKey(WarehouseTable, models.CASCADE, related_name="receipts")
    kind = models.CharField(max_length=8, choices=ReceiptKind)
    load = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    version = models.IntegerField()
    is_written = models.BooleanField()
    read = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    touched: models.JSONField[Any, Any] = models.JSONField(null=True)
    refused_file = models.CharField(max_length=16, blank=True)

    ACCESS: ClassVar = ScopeFields(level="table__level")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["table", "load"], condition=~models.Q(load=""), name="warehouse_load_once"
            ),
            models.UniqueConstraint(
                fields=["table", "version"],
                condition=models.Q(is_written=True),
                name="warehouse_version_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["table", "-id"], name="warehouse_receipts")]

    def __str__(self) -> str:
        return f"{self.table_id} {self.version} {self.kind} {self.load}"


class CheckResult(models.Model):
    """What a check of quality found after a load, or over the whole table where there is none.

    ``failed`` counts the rows that are wrong; ``problem`` says why a check could not be asked.
    """

    table = models.ForeignKey(WarehouseTable, models.CASCADE, related_name="results")
    receipt = models.ForeignKey(Receipt, models.CASCADE, null=True, related_name="results")
    check_key = models.CharField(max_length=300)
    at = models.DateTimeField()
    version = models.IntegerField()
    failed = models.BigIntegerField()
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)

    ACCESS: ClassVar = ScopeFields(level="table__level")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["table", "check_key", "-id"], name="warehouse_results")]

    def __str__(self) -> str:
        return f"{self.check_key} {self.failed}"


class Source(models.Model):
    """A table of another database whose rows come into a table of the city.

    ``position`` is the value of the column ``since`` up to which rows have come, ``pending`` the window
    ``{"from": …, "to": …}`` of a run that has begun. ``problem`` is why the last run of the clock failed.
    """

    key = models.SlugField(max_length=60, unique=True)
    table = models.ForeignKey(WarehouseTable, models.CASCADE, related_name="sources")
    url = models.CharField(max_length=500)
    relation = models.CharField(max_length=130)
    since = models.CharField(max_length=NAME_LENGTH, blank=True)
    cron = models.CharField(max_length=100, blank=True)
    position: models.JSONField[Any, Any] = models.JSONField(null=True)
    pending: models.JSONField[Any, Any] = models.JSONField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    last_at = models.DateTimeField(null=True)
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)

    ACCESS: ClassVar = ScopeFields(level="table__level")
    FIELD_LEVELS: ClassVar = {"url": Level.L4}

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class Question(models.Model):
    """A question in SQL that somebody keeps under a title, shared within ``body`` or not.

    ``chart`` says what of the answer is drawn, where somebody chose: ``across``, ``drawn``, ``form``.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    title = models.CharField(max_length=120)
    sql = models.TextField()
    keeper = models.CharField(max_length=120)
    keeper_name = models.CharField(max_length=120, blank=True)
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    is_shared = models.BooleanField(default=False)
    chart = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(body="body__path")

    class Meta:
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["keeper", "title"], name="question_once")]
        indexes: ClassVar = [models.Index(fields=["is_shared", "body"], name="question_shared")]

    def __str__(self) -> str:
        return self.title
