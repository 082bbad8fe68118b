"""What a check of an identity confirmed, what systems ask for by name, and the level that they need.

Windows always wrote the name of the paper to the person, so what they checked before is known. Reversible.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def forward(apps: Any, _editor: Any) -> None:
    """A window confirmed the name that the person has; an identity provider was never asked for it."""
    people = apps.get_model("kernel_org", "Person").objects.filter(pk=OuterRef("person"))
    checks = apps.get_model("kernel_access", "IdentityCheck").objects.filter(level="window").exclude(evidence="")
    checks.update(name=Subquery(people.values("name")[:1]))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel_access", "0006_openid")]

    operations: ClassVar = [
        migrations.AddField("identitycheck", "name", models.CharField(default="", max_length=100, blank=True), preserve_default=False),
        migrations.AddField("relyingparty", "needs_identity", models.CharField(default="", max_length=12, blank=True), preserve_default=False),
        migrations.AddField("signon", "claims", models.JSONField(default=dict)),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
