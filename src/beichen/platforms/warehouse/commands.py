"""`beichen tables …`: see tables, load a file, join files, verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from beichen.kernel.terminal import as_json, operator, print_json
from beichen.platforms.warehouse import service
from beichen.platforms.warehouse.files import digest, read_file


@click.group()
def tables() -> None:
    """The city's tables."""


@tables.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every table with its owner, level, rows and last version."""
    rows = [
        {"name": row.name, "zh": row.zh, "en": row.en, "owner": row.owner, "level": f"L{row.level}",
         "rows": row.rows, "version": row.version, "written_at": row.written_at}
        for row in service.tables()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:24} {row['level']} {row['rows']:>12,} {row['owner']:20} {row['zh']}")


@tables.command()
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """A table's columns, its last receipts, what its checks found last."""
    row = service.table(name)
    receipts: list[dict[str, Any]] = [
        {"at": one.at, "kind": one.kind, "source": one.source, "load": one.load, "version": one.version,
         "read": one.read, "accepted": one.accepted, "refused": one.refused, "changed": one.changed}
        for one in row.receipts.all()[:10]
    ]  # fmt: skip
    if as_json:
        print_json({**row.values, "rows": row.rows, "version": row.version, "receipts": receipts})
        return
    click.echo(f"{row.name}  {row.zh}  {row.en}  L{row.level}  {row.rows:,} rows, version {row.version}")
    for column in row.facts.columns:
        mark = "!" if column.name in row.facts.required else " "
        click.echo(f"  {mark} {column.name:24} {column.type:8} {column.zh}")
    for one in receipts:
        counts = f"{one['accepted']:,} accepted, {one['refused']:,} refused, {one['changed']:,} changed"
        at = timezone.localtime(one["at"])
        click.echo(f"  {at:%Y-%m-%d %H:%M} {one['kind']:8} {counts}  {one['source']} {one['load']}")


@tables.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--table", "name", help="The table; default the file's name.")
@click.option("--load", default="", help="The load's name; default the file's own digest.")
@click.option("--by-key", is_flag=True, help="Replace rows by the table's key instead of adding.")
@as_json
def load(file: Path, name: str | None, load: str, by_key: bool, as_json: bool) -> None:
    """Bring a file's rows into a table: .parquet .arrow .csv .jsonl .json .xlsx."""
    chosen = name or file.stem
    facts = service.table(chosen).facts
    content = file.read_bytes()
    rows = read_file(content, file.name, facts)
    write = service.upsert if by_key else service.append
    receipt = write(
        chosen, rows, by=operator(), source=f"file:{file.name}"[:200], load=load or digest(content)
    )
    if as_json:
        print_json({"load": receipt.load, "version": receipt.version, "read": receipt.read,
                "accepted": receipt.accepted, "refused": receipt.refused, "changed": receipt.changed,
                "refused_file": receipt.refused_file})  # fmt: skip
        return
    click.echo(f"{receipt.read:,} read, {receipt.accepted:,} accepted, {receipt.refused:,} refused")
    if receipt.refused:
        click.echo(f"refused rows, with reasons: /files/{receipt.refused_file}", err=True)


@tables.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--table", "name", required=True, help="The table's name in SQL.")
@click.option("--zh", required=True, help="Its title in Chinese.")
@click.option("--en", required=True, help="Its title in English.")
@click.option("--level", type=click.IntRange(1, 4), default=2, help="Who may see it: 1 (open) to 4.")
@click.option("--body", default="", help="The body that answers for it and may write it.")
@click.option("--key", default="", help="Columns that name a row, with commas between.")
@click.option("--time", default="", help="The column by which rows are laid out and grow old.")
@click.option("--keep", type=click.IntRange(1), help="Days after which rows are forgotten.")
@as_json
def make(
    file: Path, name: str, zh: str, en: str, level: int, body: str, key: str, time: str, keep: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a table from a file, with its columns and rows; a further file may widen it."""
    keys = tuple(one.strip() for one in key.split(",") if one.strip())
    asked = service.TableFacts(name, zh, en, (), keys, level, time, keep, body)
    content = file.read_bytes()
    made = service.make_table(asked, content, file.name, by=operator())
    rows = read_file(content, file.name, made)
    source = f"file:{file.name}"[:200]
    receipt = service.append(name, rows, by=operator(), source=source, load=digest(content))
    if as_json:
        columns = [{"name": one.name, "type": one.type, "title": one.zh} for one in made.columns]
        print_json({"columns": columns, "accepted": receipt.accepted, "refused": receipt.refused})
        return
    for one in made.columns:
        click.echo(f"  {one.name:24} {one.type:8} {one.zh}")
    click.echo(f"{receipt.accepted:,} accepted, {receipt.refused:,} refused")


@tables.command()
@click.argument("names", nargs=-1)
@as_json
def compact(names: tuple[str, ...], as_json: bool) -> None:
    """Join small files and remove old ones, of all tables or of NAMES."""
    chosen = names or tuple(row.name for row in service.tables())
    joined = [name for name in chosen if service.compact(name, by=operator())]
    print_json({"joined": joined}) if as_json else click.echo(f"{len(joined)} tables joined their files")


@tables.command()
@click.argument("names", nargs=-1)
@as_json
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Read tables as they lie, and ask their checks; exit status 1 when something is wrong."""
    chosen = names or tuple(row.name for row in service.tables())
    problems = [problem for name in chosen for problem in service.verify(name=name)]
    whole = [name for name in chosen if name not in {problem.where.field for problem in problems}]
    results = [result for name in whole for result in service.check_table(name, by=operator())]
    failed = [result for result in results if result.failed or result.problem]
    if as_json:
        found = [{"table": one.table.name, "check": one.check_key, "failed": one.failed} for one in failed]
        print_json({"tables": len(chosen), "problems": [one.as_dict() for one in problems], "failed": found})
    else:
        for problem in problems:
            click.echo(str(problem), err=True)
        for result in failed:
            click.echo(f"{result.table.name} {result.check_key}: {result.failed} rows", err=True)
        click.echo(f"{len(chosen)} tables: {len(problems)} problems, {len(failed)} checks failed")
    sys.exit(1 if problems or failed else 0)


@tables.group()
def source() -> None:
    """Tables of other databases that come in by the clock."""


@source.command(name="save")
@click.argument("key")
@click.argument("url")
@click.argument("relation")
@click.argument("name")
@click.option("--since", default="", help="A column that grows: only what is new is read.")
@click.option("--every", "cron", default="", help="A cron expression, such as '15 * * * *'.")
def save(key: str, url: str, relation: str, name: str, since: str, cron: str) -> None:
    """Read RELATION of the database at URL (postgres://, sqlite:///) into the table NAME."""
    service.save_source(key, url, relation, name, by=operator(), since=since, cron=cron)
    click.echo(f"{key} is read {f'at {cron}' if cron else f'by: beichen tables source pull {key}'}")


@source.command(name="list")
@as_json
def sources(as_json: bool) -> None:
    """Every source and how far it is; never its address."""
    rows = [
        {"key": row.key, "table": row.table.name, "relation": row.relation, "since": row.since,
         "cron": row.cron, "position": row.position, "last_at": row.last_at,
         "problem": (row.problem or {}).get("detail")}
        for row in service.sources()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['key']:20} {row['table']:20} {row['position'] or ''} {row['problem'] or ''}".rstrip()
        )


@source.command(name="pull")
@click.argument("key")
@as_json
def pull(key: str, as_json: bool) -> None:
    """Read a source now."""
    receipts = service.pull(key, by=operator())
    counts = {"read": sum(one.read for one in receipts), "refused": sum(one.refused for one in receipts),
              "changed": sum(one.changed for one in receipts)}  # fmt: skip
    print_json(counts) if as_json else click.echo(f"{counts['read']:,} read, {counts['changed']:,} changed")


@source.command(name="drop")
@click.argument("key")
def drop(key: str) -> None:
    """Take a source away; its rows stay."""
    service.drop_source(key, by=operator())
    click.echo(f"{key} is read no more")
