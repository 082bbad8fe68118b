"""The two tables of the audit chain, and the triggers that refuse every change. Not reversible."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = """
CREATE TABLE kernel_audit_record (
    sequence bigint NOT NULL PRIMARY KEY,
    at varchar(32) NOT NULL,
    actor varchar(100) NOT NULL,
    action varchar(100) NOT NULL,
    resource varchar(200) NOT NULL,
    subject varchar(16) NOT NULL,
    reason varchar(200) NOT NULL,
    address varchar(60) NOT NULL,
    detail text NOT NULL,
    previous varchar(64) NOT NULL,
    hash varchar(64) NOT NULL
);
CREATE TABLE kernel_audit_head (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence bigint NOT NULL,
    hash varchar(64) NOT NULL
);
CREATE INDEX kernel_audit_actor ON kernel_audit_record (actor, sequence);
CREATE INDEX kernel_audit_resource ON kernel_audit_record (resource, sequence);
CREATE INDEX kernel_audit_subject ON kernel_audit_record (subject, sequence) WHERE subject <> '';
INSERT INTO kernel_audit_head (id, sequence, hash) VALUES (1, 0, '{genesis}');
""".replace("{genesis}", "0" * 64)

SQLITE = """
CREATE TRIGGER kernel_audit_no_update BEFORE UPDATE ON kernel_audit_record
BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER kernel_audit_no_delete BEFORE DELETE ON kernel_audit_record
BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER kernel_audit_head_stays BEFORE DELETE ON kernel_audit_head
BEGIN SELECT RAISE(ABORT, 'the audit chain keeps its head'); END;
CREATE TRIGGER kernel_audit_head_forward BEFORE UPDATE ON kernel_audit_head
WHEN NEW.sequence <> OLD.sequence + 1
BEGIN SELECT RAISE(ABORT, 'the audit chain only grows'); END;
"""

POSTGRESQL = """
CREATE FUNCTION kernel_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$;
CREATE FUNCTION kernel_audit_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sequence <> OLD.sequence + 1 THEN RAISE EXCEPTION 'the audit chain only grows'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kernel_audit_no_change BEFORE UPDATE OR DELETE ON kernel_audit_record
FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_no_truncate BEFORE TRUNCATE ON kernel_audit_record
FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_head_stays BEFORE DELETE ON kernel_audit_head
FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_head_no_truncate BEFORE TRUNCATE ON kernel_audit_head
FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_head_forward BEFORE UPDATE ON kernel_audit_head
FOR EACH ROW EXECUTE FUNCTION kernel_audit_forward();
"""


def create(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create tables, indexes and triggers on the database at hand."""
    with schema_editor.connection.cursor() as cursor:
        for statement in TABLES.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
        else:
            for statement in SQLITE.split("END;\n"):
                if statement.strip():
                    cursor.execute(statement + "END")


class Migration(migrations.Migration):
    """Creates the chain."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="AuditRecord",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=100)),
                ("action", models.CharField(max_length=100)),
                ("resource", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=60)),
                ("detail", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"db_table": "kernel_audit_record", "managed": False, "ordering": ["sequence"]},
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"db_table": "kernel_audit_head", "managed": False},
        ),
        migrations.RunPython(create),
    ]
