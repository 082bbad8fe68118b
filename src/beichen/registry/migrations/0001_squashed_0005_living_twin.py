"""Objects with their types, values, shapes, relations and histories, as 0001 to 0005 left them; reversible.

The spatial index is an R*Tree kept in step by triggers on SQLite, GiST on PostgreSQL. A type is half a unit wide in the tree, which
judges its splits by volume: boxes that begin and end at their type would have none, and the tree would be one in name only.
"""

import beichen.registry.columns
import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels
from beichen.registry.engine import require_engine


SQLITE = (
    "CREATE VIRTUAL TABLE registry_box USING rtree(id, west, east, south, north, type_low, type_high)",
    """
    CREATE TRIGGER registry_shape_added AFTER INSERT ON registry_objectshape BEGIN
      INSERT INTO registry_box VALUES
        (NEW.id, NEW.west, NEW.east, NEW.south, NEW.north, NEW.type_id, NEW.type_id + 0.5);
    END
    """,
    """
    CREATE TRIGGER registry_shape_removed AFTER DELETE ON registry_objectshape BEGIN
      DELETE FROM registry_box WHERE id = OLD.id;
    END
    """,
    """
    CREATE TRIGGER registry_shape_stays BEFORE UPDATE ON registry_objectshape BEGIN
      SELECT RAISE(ABORT, 'a shape is removed and added, never changed');
    END
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER registry_shape_stays",
    "DROP TRIGGER registry_shape_removed",
    "DROP TRIGGER registry_shape_added",
    "DROP TABLE registry_box",
)
POSTGRESQL = ("CREATE INDEX registry_shape ON registry_objectshape USING gist (shape)",)
POSTGRESQL_BACK = ("DROP INDEX registry_shape",)


def _run(editor, sqlite, postgresql):
    with editor.connection.cursor() as cursor:
        for statement in postgresql if editor.connection.vendor == "postgresql" else sqlite:
            cursor.execute(statement)


def create_index(_apps, editor):
    """Create the index of this engine."""
    _run(editor, SQLITE, POSTGRESQL)


def drop_index(_apps, editor):
    """Drop it."""
    _run(editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):

    replaces = [
        ('registry', '0001_objects'),
        ('registry', '0002_spatial'),
        ('registry', '0003_type_width'),
        ('registry', '0004_measurements'),
        ('registry', '0005_living_twin'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(require_engine, migrations.RunPython.noop),
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='ObjectType',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', beichen.registry.columns.PlainText(max_length=300, unique=True)),
                        ('iri', beichen.registry.columns.PlainText(max_length=360, unique=True)),
                        ('is_declared', models.BooleanField(default=False)),
                        ('kind', models.CharField(choices=[('person', '人'), ('affair', '事'), ('place', '地'), ('thing', '物'), ('organisation', '组织')], default='thing', max_length=12)),
                        ('name', models.CharField(blank=True, max_length=100)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('geometry', models.CharField(blank=True, max_length=30)),
                        ('fields', models.JSONField(default=dict)),
                        ('required', models.JSONField(default=list)),
                        ('indexed', models.JSONField(default=list)),
                        ('levels', models.JSONField(default=dict)),
                        ('labels', models.JSONField(default=dict)),
                        ('relations', models.JSONField(default=dict)),
                        ('measures', models.JSONField(default=dict)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('scene', models.CharField(blank=True, max_length=60)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('commands', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Object',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('urn', beichen.registry.columns.PlainText(max_length=512)),
                        ('code', beichen.registry.columns.PlainText(max_length=40, unique=True)),
                        ('name', models.CharField(blank=True, max_length=200)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('scopes', models.TextField(blank=True)),
                        ('document', models.TextField()),
                        ('stamps', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField()),
                        ('modified_at', models.DateTimeField()),
                        ('removed_at', models.DateTimeField(null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('body', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registered', to='kernel_org.body')),
                        ('region', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registered', to='kernel_org.region')),
                        ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='registered', to='registry.objecttype')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(condition=models.Q(('removed_at', None)), fields=['type', 'id'], name='object_type'),
                            models.Index(condition=models.Q(('removed_at', None), ('region__isnull', False)), fields=['region', 'id'], name='object_region'),
                            models.Index(condition=models.Q(('removed_at', None), ('body__isnull', False)), fields=['body', 'id'], name='object_body'),
                            models.Index(condition=models.Q(('removed_at', None), models.Q(('name', ''), _negated=True)), fields=['name', 'id'], name='object_name'),
                            models.Index(condition=models.Q(('removed_at__isnull', False)), fields=['urn', 'id'], name='object_gone_urn'),
                            models.Index(condition=models.Q(('removed_at__isnull', False)), fields=['type', 'id'], name='object_gone_type'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('urn',), name='object_urn_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ObjectShape',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('attribute', beichen.registry.columns.PlainText(max_length=300)),
                        ('west', models.FloatField()),
                        ('south', models.FloatField()),
                        ('east', models.FloatField()),
                        ('north', models.FloatField()),
                        ('shape', beichen.registry.columns.ShapeField()),
                        ('object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shapes', to='registry.object')),
                        ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.objecttype')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='AttributeUse',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('attribute', beichen.registry.columns.PlainText(blank=True, max_length=300)),
                        ('form', models.CharField(blank=True, max_length=20)),
                        ('count', models.BigIntegerField(default=0)),
                        ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='registry.objecttype')),
                    ],
                    options={
                        'ordering': ['type', 'attribute', 'form'],
                        'indexes': [
                            models.Index(fields=['attribute', 'type'], name='attribute_use'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('type', 'attribute', 'form'), name='attribute_use_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ObjectValue',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('attribute', beichen.registry.columns.PlainText(max_length=300)),
                        ('kind', models.PositiveSmallIntegerField(choices=[(1, 'Number'), (2, 'Text'), (3, 'Time'), (4, 'Truth')])),
                        ('number', models.FloatField(null=True)),
                        ('text', beichen.registry.columns.PlainText(max_length=120, null=True)),
                        ('object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='registry.object')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(condition=models.Q(('number__isnull', False)), fields=['attribute', 'kind', 'number', 'object'], name='value_number'),
                            models.Index(condition=models.Q(('text__isnull', False)), fields=['attribute', 'text', 'object'], name='value_text'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ObjectVersion',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField()),
                        ('document', models.TextField()),
                        ('valid_from', models.DateTimeField()),
                        ('valid_to', models.DateTimeField()),
                        ('object', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='registry.object')),
                    ],
                    options={
                        'ordering': ['object', 'version'],
                        'constraints': [
                            models.UniqueConstraint(fields=('object', 'version'), name='object_version_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Relation',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('name', beichen.registry.columns.PlainText(max_length=300)),
                        ('target', beichen.registry.columns.PlainText(max_length=512)),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='registry.object')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['target', 'name'], name='relation_target'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Typing',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='typings', to='registry.object')),
                        ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='typings', to='registry.objecttype')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('type', 'object'), name='object_typing_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Measurement',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('name', beichen.registry.columns.PlainText(max_length=300)),
                        ('form', models.CharField(max_length=8)),
                        ('number', models.FloatField(null=True)),
                        ('text', beichen.registry.columns.PlainText(max_length=300, null=True)),
                        ('at', models.DateTimeField()),
                        ('received_at', models.DateTimeField()),
                        ('source', beichen.registry.columns.PlainText(blank=True, max_length=64)),
                        ('object', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='measurements', to='registry.object')),
                    ],
                    options={
                        'ordering': ['object', 'name'],
                        'constraints': [
                            models.UniqueConstraint(fields=('object', 'name'), name='measurement_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='History',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('urn', beichen.registry.columns.PlainText(max_length=512, unique=True)),
                        ('types', models.JSONField(default=list)),
                        ('scopes', models.JSONField(default=list)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('is_own', models.BooleanField(default=True)),
                        ('from_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('modified_at', models.DateTimeField()),
                        ('body', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('region', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='histories', to='registry.objecttype')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['type', 'id'], name='history_type'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='HistoryInstance',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('key', beichen.registry.columns.PlainText(max_length=120, unique=True)),
                        ('attribute', beichen.registry.columns.PlainText(max_length=300)),
                        ('dataset', beichen.registry.columns.PlainText(blank=True, max_length=512)),
                        ('document', models.TextField(blank=True)),
                        ('observed_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('modified_at', models.DateTimeField()),
                        ('is_override', models.BooleanField(default=False)),
                        ('history', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='instances', to='registry.history')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['history', 'attribute', 'observed_at'], name='history_observed'),
                            models.Index(condition=models.Q(('is_override', True)), fields=['history'], name='history_override'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='KeptContext',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('key', beichen.registry.columns.PlainText(max_length=100, unique=True)),
                        ('kind', models.CharField(choices=[('Hosted', '托管'), ('Cached', '缓存'), ('ImplicitlyCreated', '隐式创建')], max_length=20)),
                        ('url', beichen.registry.columns.PlainText(blank=True, max_length=1000)),
                        ('body', models.TextField()),
                        ('owner', models.CharField(blank=True, max_length=120)),
                        ('created_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(null=True)),
                        ('hits', models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['kind', 'id'], name='context_kind'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('url', ''), _negated=True), fields=('url',), name='context_url_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Notification',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('object_version', models.PositiveIntegerField(default=0)),
                        ('trigger', models.CharField(blank=True, max_length=20)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('due_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('object', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.object')),
                        ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='registry.subscription')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['due_at', 'id'], name='notification_due'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Subscription',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('urn', beichen.registry.columns.PlainText(max_length=512, unique=True)),
                        ('owner', models.CharField(max_length=120)),
                        ('name', models.CharField(blank=True, max_length=200)),
                        ('document', models.TextField()),
                        ('secrets', models.TextField(blank=True)),
                        ('context', models.TextField()),
                        ('endpoint', models.CharField(max_length=1000)),
                        ('is_active', models.BooleanField(default=True)),
                        ('is_withdrawn', models.BooleanField(default=False)),
                        ('expires_at', models.DateTimeField(null=True)),
                        ('interval', models.FloatField(null=True)),
                        ('throttling', models.FloatField(default=0)),
                        ('cooldown', models.FloatField(default=0)),
                        ('next_at', models.DateTimeField(null=True)),
                        ('quiet_until', models.DateTimeField(null=True)),
                        ('rest_until', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('modified_at', models.DateTimeField()),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('times_sent', models.PositiveBigIntegerField(default=0)),
                        ('times_failed', models.PositiveBigIntegerField(default=0)),
                        ('failed_in_row', models.PositiveIntegerField(default=0)),
                        ('last_notification', models.DateTimeField(null=True)),
                        ('last_success', models.DateTimeField(null=True)),
                        ('last_failure', models.DateTimeField(null=True)),
                        ('last_error', models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['owner', 'id'], name='subscription_owner'),
                            models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='subscription_periodic'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Watch',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('subject', beichen.registry.columns.PlainText(max_length=512)),
                        ('attribute', beichen.registry.columns.PlainText(blank=True, max_length=300)),
                        ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='registry.subscription')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['subject', 'attribute', 'subscription'], name='watch_subject'),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(create_index, drop_index),
    ]
