"""`beichen scene …`: check, test, install, compare, remove and describe scenes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from beichen.kernel.actor import system
from beichen.kernel.scene import service
from beichen.kernel.scene.reading import Reading
from beichen.kernel.scene.reference import language_page, package_page, write_schemas
from beichen.kernel.scene.report import Outcome, PackageReport
from beichen.kernel.scene.scaffold import new_scene
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.stories.runner import StoryResult, run_stories, scratch_database
from beichen.kernel.terminal import as_json, print_json

_BY = system("command-line")
_names = click.argument("names", nargs=-1, required=True, metavar="SCENE…")
_name = click.argument("name", metavar="SCENE")


@click.group()
def scene() -> None:
    """Scenes: folders of declarations. SCENE is a folder or the key of one that is known."""


@scene.command()
@click.argument("key")
@click.option("--to", "shelf", type=click.Path(path_type=Path, file_okay=False), default=Path("scenes"))
@click.option("--owner", default="city-government", help="Key of the body that answers for it.")
@as_json
def new(key: str, shelf: Path, owner: str, as_json: bool) -> None:
    """Write a scene that passes its check."""
    folder = new_scene(key, shelf, owner=owner)
    if as_json:
        print_json({"folder": str(folder)})
    else:
        click.echo(str(folder))


@scene.command()
@_names
@as_json
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Report every mistake as file:line:column. Needs no database."""
    readings = [service.check(service.find_package(name)) for name in names]
    problems = list(dict.fromkeys(problem for reading in readings for problem in reading.problems))
    if as_json:
        print_json({"problems": [problem.as_dict() for problem in problems]})
    for problem in problems if not as_json else ():
        click.echo(str(problem))
    _end(readings, as_json)


def _end(readings: list[Reading], as_json: bool) -> None:
    wrong = sum(len(reading.errors) for reading in readings)
    if not as_json:
        click.echo(
            f"{len(readings)} checked, {wrong} mistakes" if wrong else f"{len(readings)} checked, no mistake"
        )
    sys.exit(1 if wrong else 0)


@scene.command()
@_names
@as_json
def test(names: tuple[str, ...], as_json: bool) -> None:
    """Run the stories on a scratch database, through the open protocols."""
    packages = [service.check(service.find_package(name, PackageKind.SCENE)).sound() for name in names]
    results: dict[str, list[StoryResult]] = {}
    with scratch_database():
        for package in packages:
            results[package.key] = run_stories(package, by=_BY)
    if as_json:
        print_json({key: [_story(one) for one in stories] for key, stories in results.items()})
    else:
        for key, stories in results.items():
            _print_stories(key, stories)
    sys.exit(0 if all(one for stories in results.values() for one in stories) else 1)


def _story(result: StoryResult) -> dict[str, Any]:
    problems = [problem.as_dict() for problem in result.problems]
    return {"name": result.name, "tells": result.tells, "holds": bool(result), "problems": problems}


def _print_stories(key: str, stories: list[StoryResult]) -> None:
    for result in stories:
        click.echo(f"{'✓' if result else '✗'} {key}: {result.tells}")
        for problem in result.problems:
            click.echo(f"    {problem}")
    if not stories:
        click.echo(f"- {key}: no stories")


@scene.command()
@_names
@as_json
def install(names: tuple[str, ...], as_json: bool) -> None:
    """Install or upgrade, with the scenes that are required: all of a scene or nothing."""
    folders = [service.find_package(name, PackageKind.SCENE) for name in names]
    reports = [
        report for folder in folders for report in service.install(folder, by=_BY, kind=PackageKind.SCENE)
    ]
    _print_reports(reports, as_json)


@scene.command()
@_name
@as_json
def diff(name: str, as_json: bool) -> None:
    """Show what installing would change; nothing is written."""
    folder = service.find_package(name)
    _print_reports(service.preview(folder, by=_BY), as_json)


@scene.command()
@_name
@as_json
def remove(name: str, as_json: bool) -> None:
    """Withdraw what the scene declares; keep its data and say where it is."""
    folder = service.find_package(name, PackageKind.SCENE)
    _print_reports([service.remove(folder, by=_BY, kind=PackageKind.SCENE)], as_json)


@scene.command(name="list")
@as_json
def list_installed(as_json: bool) -> None:
    """List what is installed."""
    rows = list(service.installed_packages())
    if as_json:
        names = ("kind", "key", "version", "name", "requires", "installed_at", "installed_by")
        print_json([{name: getattr(row, name) for name in names} for row in rows])
    for row in rows if not as_json else ():
        click.echo(f"{row.kind:6} {row.key:30} {row.version:10} {row.name['zh']} · {row.name['en']}")


@scene.command()
@click.argument("name", metavar="[SCENE]", default="")
@click.option("--schemas", type=click.Path(path_type=Path, file_okay=False), help="Write JSON Schemas here.")
def docs(name: str, schemas: Path | None) -> None:
    """Print a scene's reference page in Markdown; without SCENE, what scenes can declare."""
    if schemas is not None:
        for path in write_schemas(schemas):
            click.echo(str(path))
    elif name:
        click.echo(package_page(service.check(service.find_package(name)).sound()), nl=False)
    else:
        click.echo(language_page(), nl=False)


def _print_reports(reports: list[PackageReport], as_json: bool) -> None:
    if as_json:
        print_json([report.as_dict() for report in reports])
        return
    for report in reports:
        click.echo("\n".join(_lines(report)))


def _lines(report: PackageReport) -> list[str]:
    before = f"{report.before} → " if report.before and report.before != report.version else ""
    lines = [f"{report.kind} {report.key} {before}{report.version}: {report.outcome}"]
    for key, changes in report.sections.items():
        counts = {word: number for word, number in changes.counts().items() if number}
        if counts and (changes or report.outcome is not Outcome.UNCHANGED):
            lines.append(f"  {key}: " + ", ".join(f"{number} {word}" for word, number in counts.items()))
    lines += [f"  kept: {sentence}" for sentence in report.kept]
    lines += [f"  {problem}" for problem in report.warnings]
    return lines
