"""What is kept: news and notices of the city's bodies (新闻公告)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region


class News(models.Model):
    """A text of a body for everybody, a draft until it is published; shown from one day, until another or on.

    Texts are plain; an empty line parts paragraphs. What is English may be missing. ``published_by`` and
    ``written_by`` are keys of actors.
    """

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=100, blank=True)
    written_by = models.CharField(max_length=100)
    changed_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        verbose_name_plural = "news"
        indexes: ClassVar = [
            models.Index(fields=["is_published", "-since", "-id"], name="citizen_news_newest"),
            models.Index(fields=["body", "-since"], name="citizen_news_of_body"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """The title in the reader's language, Chinese where there is no other."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    @property
    def words(self) -> str:
        """The text in the reader's language, Chinese where there is no other."""
        return (self.text_en or self.text) if get_language() == "en" else self.text

    @property
    def is_foreign(self) -> bool:
        """Whether an English reader gets Chinese."""
        return get_language() == "en" and not self.text_en
