"""What is put upon the overview: cards, charts, things and screens of scenes; screens that people make."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region


class Card(models.Model):
    """An indicator on the screen, where its scene names it; blank titles are the indicator's."""

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    indicator = models.SlugField(max_length=80)
    title = models.CharField(max_length=60, blank=True)
    title_en = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["owner", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "indicator"], name="card_once_a_scene"),
        ]

    def __str__(self) -> str:
        return self.indicator


class Plot(models.Model):
    """An indicator's newest days or months as a chart of its scene; ``form`` is line or bar."""

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    indicator = models.SlugField(max_length=80)
    every = models.CharField(max_length=10)
    form = models.CharField(max_length=10)
    title = models.CharField(max_length=60, blank=True)
    title_en = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["owner", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "indicator", "every"], name="plot_once_a_scene"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.every}"


class ThingLayer(models.Model):
    """Things of a type on the map. ``shows`` is the field or measure that is told of each.

    ``tones`` are tried in their order, ``{"when", "tone", "zh", "en"}``; the first whose condition holds, or
    that has none, says how the thing stands. ``key`` is ``scene.type``.
    """

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=160, unique=True)
    type = models.CharField(max_length=80)
    shows = models.CharField(max_length=80)
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=100)
    tones = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["owner", "position"]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def scene(self) -> str:
        """The key of the scene that declares it."""
        return str(self.owner).partition(":")[2]

    def named(self, language: str) -> str:
        """The layer's title in a language."""
        return str(self.title_en if language == "en" else self.title)

    def tone_name(self, number: int, language: str) -> str:
        """What the tone of this place in the list is called."""
        tone: dict[str, Any] = self.tones[number]
        return str(tone["en"] if language == "en" else tone["zh"])


class Screen(models.Model):
    """A declared screen (大屏): what stands on it, who answers for it, up to which level it tells.

    ``key`` is ``package.screen``; ``widgets`` are as :mod:`.screens.vocabulary` declares them, with their
    sizes. A screen above L1 is its body's own: without one only posts over the whole city open it.
    """

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=130, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField(default=1)
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    theme = models.CharField(max_length=5, default="auto")
    widgets = models.JSONField(default=list)

    ACCESS: ClassVar = ScopeFields(body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["owner", "position"]

    def __str__(self) -> str:
        return str(self.key)

    def named(self, language: str) -> str:
        """The screen's name in a language."""
        return str(self.name_en if language == "en" else self.name)


class Spelling(models.Model):
    """How a Chinese name is typed in Latin letters: in pinyin, and by its initials, with a blank between.

    Written by the worker, so that no web process needs the dictionary.
    """

    name = models.CharField(max_length=200, unique=True)
    keys = models.CharField(max_length=1300)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.name)


class MadeScreen(models.Model):
    """A screen that people made (自制大屏): who answers for it, where, and which of its versions stand.

    ``level`` is that of the published version, of the draft while none is published. Readers see
    ``published``, whoever may make screens in its region and body sees ``draft``, the newest version.
    """

    key = models.SlugField(max_length=60, unique=True)
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    region = models.ForeignKey(Region, models.SET_NULL, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    draft = models.ForeignKey("ScreenVersion", models.SET_NULL, null=True, related_name="+")
    published = models.ForeignKey("ScreenVersion", models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return str(self.key)


class ScreenVersion(models.Model):
    """One state of a made screen, never changed: what stood on it, who kept it, when, and why."""

    screen = models.ForeignKey(MadeScreen, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField(default=1)
    theme = models.CharField(max_length=5, default="auto")
    widgets = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["screen", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screen", "number"], name="screen_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.screen_id} {self.number}"

    def named(self, language: str) -> str:
        """The screen's name in a language."""
        return str(self.name_en if language == "en" else self.name)


class VideoSource(models.Model):
    """A stream or picture of a city (视频源) that screens may show: where it is, what is seen there in words.

    The house neither records nor recognises anything; a reader's browser asks the source.
    """

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    form = models.CharField(max_length=10)
    address = models.CharField(max_length=500)
    text = models.TextField()
    text_en = models.TextField()
    source = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(default=1)
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    region = models.ForeignKey(Region, models.SET_NULL, null=True, related_name="+")

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["owner", "position"]

    def __str__(self) -> str:
        return str(self.key)

    def named(self, language: str) -> str:
        """The source's name in a language."""
        return str(self.name_en if language == "en" else self.name)

    def told(self, language: str) -> str:
        """What is to be seen, in words."""
        return str(self.text_en if language == "en" else self.text)
