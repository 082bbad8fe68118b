"""Installing, upgrading and removing packages: all sections in one transaction, or nothing.

Required scenes are installed first, in the same transaction. Installing again what is installed runs
every section again, which compares and writes only what differs.
"""

from __future__ import annotations

import hashlib
import zlib

from django.db import connection, transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.org.models import Body
from beichen.kernel.scene import codes
from beichen.kernel.scene.catalogue import sections
from beichen.kernel.scene.models import InstalledPackage
from beichen.kernel.scene.report import Outcome, PackageReport
from beichen.kernel.scene.section import Package, PackageKind
from beichen.problem import Level, Problem, ProblemError, nearest, shorten
from beichen.settings import settings

Version = tuple[int, ...]
_LOCK = zlib.crc32(b"beichen.scene.installation")


def content_of(package: Package) -> dict[str, str]:
    """The SHA-256 of each file of the package, by name."""
    return {name: hashlib.sha256(package.path(name).read_bytes()).hexdigest() for name in package.files}


def parse_version(text: str) -> Version:
    """A version as numbers that compare."""
    return tuple(int(part) for part in text.split("."))


def installed(kind: PackageKind, key: str) -> InstalledPackage | None:
    """The installed package, or None when it never was or was removed."""
    return InstalledPackage.objects.filter(kind=kind, key=key, is_current=True).first()


def _refuse_version(package: Package, before: InstalledPackage, content: dict[str, str]) -> None:
    """Raises ProblemError when ``package`` is older, or in production differs under the same version."""
    where = package.manifest.position(("version",))
    if parse_version(package.version) < parse_version(before.version):
        message = f"version {before.version} is installed; this is {package.version}"
        raise ProblemError(Problem(codes.OLDER, message, where, "raise the version"))
    same = package.version == before.version
    if same and content != before.files and settings().is_production:
        changed = sorted(
            name for name in content.keys() | before.files if content.get(name) != before.files.get(name)
        )
        message = shorten(f"version {package.version} is installed with another {changed[0]}")
        raise ProblemError(Problem(codes.SAME_VERSION, message, where, "raise the version"))


def _warn_of_owner(package: Package) -> list[Problem]:
    """A scene whose owner is no body of this city has nobody who answers for it."""
    owner = package.manifest.value.get("owner")
    if owner is None or Body.objects.filter(key=owner, is_current=True).exists():
        return []
    bodies = Body.objects.filter(is_current=True).values_list("key", flat=True)
    message = shorten(f"this city has no body {owner!r}")
    where = package.manifest.position(("owner",))
    return [Problem(codes.NO_REFERENCE, message, where, nearest(owner, bodies), Level.WARNING)]


def install_one(package: Package, *, by: Actor) -> PackageReport:
    """Install one package without those it requires, in the caller's transaction."""
    content = content_of(package)
    before = installed(package.kind, package.key)
    if before is not None:
        _refuse_version(package, before, content)
    version = before.version if before else None
    report = PackageReport.of(package, version, Outcome.INSTALLED)
    for section in sections(package.kind):
        report.sections[section.key] = section.install(package, by=by)
    report.warnings = _warn_of_owner(package)
    if before is not None:
        same = before.files == content and not report
        report.outcome = Outcome.UNCHANGED if same else Outcome.UPGRADED
    if report.outcome is not Outcome.UNCHANGED:
        _keep(package, content, by)
        _announce(report, by)
    return report


def _keep(package: Package, content: dict[str, str], by: Actor) -> None:
    InstalledPackage.objects.update_or_create(
        kind=package.kind,
        key=package.key,
        defaults={
            "version": package.version,
            "name": package.name,
            "requires": list(package.requires),
            "files": content,
            "folder": str(package.folder),
            "with_demo": settings().demo,
            "is_current": True,
            "installed_at": timezone.now(),
            "installed_by": by.key,
        },
    )


def _announce(report: PackageReport, by: Actor) -> None:
    """Leave the trace of what was done: the audit record and the event."""
    detail = {"version": report.version, "before": report.before, "changes": report.counts()}
    action, subject = f"scene.package.{report.outcome}", f"{report.kind}:{report.key}"
    audit.record(by, action, f"kernel_scene.installedpackage:{subject}", detail=detail)
    publish(action, subject, detail, by=by)


def _queue() -> None:
    """Wait until no other installation is running; the lock ends with the transaction.

    Writers of SQLite wait for each other without it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def install_all(packages: list[Package], *, by: Actor) -> list[PackageReport]:
    """Install ``packages`` and all that they require, each once, requirements first."""
    _queue()
    ordered: dict[tuple[PackageKind, str], Package] = {}
    for package in packages:
        for one in (*package.required.values(), package):
            ordered.setdefault((one.kind, one.key), one)
    return [install_one(package, by=by) for package in ordered.values()]


@transaction.atomic
def preview_all(packages: list[Package], *, by: Actor) -> list[PackageReport]:
    """What :func:`install_all` would do; everything is undone."""
    reports = install_all(packages, by=by)
    transaction.set_rollback(True)
    return reports


@transaction.atomic
def remove_one(package: Package, *, by: Actor) -> PackageReport:
    """Withdraw the package's declarations, keep its data, and say where that is.

    Raises ProblemError SCN-405 when it is not installed and SCN-404 when another package requires it.
    """
    _queue()
    row = installed(package.kind, package.key)
    if row is None:
        message = f"the {package.kind} {package.key!r} is not installed"
        raise ProblemError(Problem(codes.NOT_INSTALLED, shorten(message)))
    others = InstalledPackage.objects.filter(is_current=True).exclude(pk=row.pk)
    users = [
        other.key for other in others if package.kind is PackageKind.SCENE and package.key in other.requires
    ]
    if users:
        message = f"{package.key} is required by {', '.join(users)}"
        raise ProblemError(Problem(codes.STILL_REQUIRED, shorten(message), hint="remove those first"))
    report = PackageReport.of(package, row.version, Outcome.REMOVED)
    for section in reversed(sections(package.kind)):
        report.sections[section.key] = section.remove(package, by=by)
        report.kept += section.kept(package)
    row.is_current = False
    row.save(update_fields=["is_current"])
    _announce(report, by)
    return report
