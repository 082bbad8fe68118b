"""Cases with their events, reports and likenesses, as 0001 to 0005 left them, with the index of titles, which no model says; reversible."""

import beichen.hubs.events.models.kind
import beichen.kernel.org.models
import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels
from beichen.kernel.grams import GramIndex


INDEXES = (
    GramIndex("hubs_events_title", "case_id"),
)


def create_indexes(_apps, editor):
    """Create what finds words; there is nothing to index yet."""
    with editor.connection.cursor() as cursor:
        for index in INDEXES:
            for statement in index.create():
                cursor.execute(statement)


def drop_indexes(_apps, editor):
    """Drop it."""
    with editor.connection.cursor() as cursor:
        for index in INDEXES:
            cursor.execute(f"DROP TABLE {index.table}")


class Migration(migrations.Migration):

    replaces = [
        ('hubs_events', '0001_cases'),
        ('hubs_events', '0002_titles'),
        ('hubs_events', '0003_suggestion_quality'),
        ('hubs_events', '0004_stage_index'),
        ('hubs_events', '0005_place_score'),
    ]

    initial = True

    dependencies = [
        ('kernel_files', '0001_initial'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Case',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20, unique=True)),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('recorded_version', models.PositiveIntegerField(default=0)),
                        ('title', models.CharField(max_length=120)),
                        ('text', models.TextField()),
                        ('longitude', models.FloatField(null=True)),
                        ('latitude', models.FloatField(null=True)),
                        ('cell', models.BigIntegerField(null=True)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('grade', models.PositiveSmallIntegerField(choices=[(1, 'I · most grave'), (2, 'II · grave'), (3, 'III · considerable'), (4, 'IV · ordinary')], default=4)),
                        ('stage', models.CharField(choices=[('accept', 'To accept'), ('dispatch', 'To dispatch'), ('handle', 'To handle'), ('verify', 'To verify'), ('answer', 'To answer'), ('rate', 'To be rated'), ('closed', 'Case closed')], default='accept', max_length=10)),
                        ('outcome', models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('refused', 'Refused'), ('merged', 'Joined to another case')], max_length=10)),
                        ('is_open', models.BooleanField(default=True)),
                        ('is_waiting', models.BooleanField(default=False)),
                        ('due_at', models.DateTimeField(null=True)),
                        ('alert_at', models.DateTimeField(null=True)),
                        ('alerted', models.PositiveSmallIntegerField(default=0)),
                        ('report_count', models.PositiveIntegerField(default=1)),
                        ('returns', models.PositiveIntegerField(default=0)),
                        ('reopenings', models.PositiveIntegerField(default=0)),
                        ('supervisions', models.PositiveIntegerField(default=0)),
                        ('rating', models.FloatField(null=True)),
                        ('opened_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(null=True)),
                        ('dispatched_at', models.DateTimeField(null=True)),
                        ('handled_at', models.DateTimeField(null=True)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('accepted_in_time', models.BooleanField(null=True)),
                        ('handled_in_time', models.BooleanField(null=True)),
                        ('answered_in_time', models.BooleanField(null=True)),
                        ('state', models.JSONField(default=dict)),
                        ('suggested', models.JSONField(default=list)),
                        ('level', models.PositiveSmallIntegerField(default=2)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('desk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='hubs_events.case')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('kind', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='hubs_events.eventkind')),
                        ('place_score', models.FloatField(null=True)),
                    ],
                    options={
                        'ordering': ['-opened_at', '-id'],
                        'indexes': [
                            models.Index(condition=models.Q(('is_open', True)), fields=['cell', 'opened_at', 'due_at', 'level'], name='case_near'),
                            models.Index(condition=models.Q(('alert_at__isnull', False)), fields=['alert_at'], name='case_alert'),
                            models.Index(fields=['is_open', 'due_at', 'id', 'grade', 'level'], name='case_due'),
                            models.Index(fields=['is_open', 'grade', 'due_at', 'id', 'level'], name='case_grade'),
                            models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at', 'level'], name='case_closed'),
                            models.Index(fields=['-opened_at', '-id', 'is_open', 'level'], name='case_newest'),
                            models.Index(fields=['region', 'is_open', 'due_at', 'is_waiting', 'level'], name='case_region'),
                            models.Index(fields=['kind', 'opened_at'], name='case_kind'),
                            models.Index(condition=models.Q(('version__gt', models.F('recorded_version'))), fields=['id'], name='case_unrecorded'),
                            models.Index(fields=['desk', 'is_open', 'due_at', 'is_waiting', 'level'], name='case_desk'),
                            models.Index(fields=['is_open', 'stage', 'due_at', 'id', 'grade', 'level'], name='case_stage'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CaseFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('report', models.CharField(blank=True, max_length=20)),
                        ('is_public', models.BooleanField(default=False)),
                        ('added_at', models.DateTimeField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='hubs_events.case')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_files.storedfile')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Category',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100)),
                        ('name_en', models.CharField(max_length=200)),
                        ('code', models.CharField(max_length=20, unique=True)),
                        ('keywords', models.JSONField(default=list)),
                        ('scene', models.CharField(max_length=60)),
                        ('is_current', models.BooleanField(default=True)),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='hubs_events.category')),
                    ],
                    options={
                        'verbose_name_plural': 'categories',
                        'ordering': ['code'],
                    },
                ),
                migrations.CreateModel(
                    name='EventKind',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100)),
                        ('name_en', models.CharField(max_length=200)),
                        ('key', models.CharField(max_length=120, unique=True)),
                        ('about', models.CharField(blank=True, max_length=500)),
                        ('about_en', models.CharField(blank=True, max_length=1000)),
                        ('scene', models.CharField(db_index=True, max_length=60)),
                        ('is_public', models.BooleanField(default=False)),
                        ('listens', models.BooleanField(default=False)),
                        ('declared', beichen.hubs.events.models.kind.DeclarationField(default=dict)),
                        ('is_current', models.BooleanField(default=True)),
                        ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kinds', to='hubs_events.category')),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Likeness',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('metres', models.FloatField(null=True)),
                        ('minutes', models.FloatField()),
                        ('similarity', models.FloatField()),
                        ('shared', models.JSONField(default=list)),
                        ('is_settled', models.BooleanField(default=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='likenesses', to='hubs_events.case')),
                        ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hubs_events.case')),
                    ],
                    options={
                        'ordering': ['-similarity', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('case', 'other'), name='likeness_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Reporter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('name', models.CharField(blank=True, max_length=100)),
                        ('phone', models.CharField(blank=True, max_length=30)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('language', models.CharField(default='zh-hans', max_length=10)),
                        ('wants_callback', models.BooleanField(default=False)),
                        ('erased_at', models.DateTimeField(null=True)),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.person')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Report',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20, unique=True)),
                        ('channel', models.CharField(choices=[('web', 'Citizen page'), ('open311', 'Open311'), ('hotline', 'Hotline'), ('patrol', 'Grid patrol'), ('device', 'Device or program'), ('file', 'From a file')], max_length=10)),
                        ('key', models.CharField(max_length=200, null=True)),
                        ('text', models.TextField()),
                        ('answers', models.JSONField(default=dict)),
                        ('longitude', models.FloatField(null=True)),
                        ('latitude', models.FloatField(null=True)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('media_url', models.CharField(blank=True, max_length=500)),
                        ('secret', models.CharField(max_length=64)),
                        ('taken_by', models.CharField(max_length=100)),
                        ('received_at', models.DateTimeField()),
                        ('rating', models.PositiveSmallIntegerField(null=True)),
                        ('opinion', models.CharField(blank=True, max_length=1000)),
                        ('rated_at', models.DateTimeField(null=True)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='hubs_events.case')),
                        ('kind', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs_events.eventkind')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='hubs_events.reporter')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['received_at', 'id'], name='report_received'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('channel', 'key'), name='report_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SheetImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('digest', models.CharField(max_length=24)),
                        ('headings', models.JSONField(default=list)),
                        ('mapping', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('draft', 'Columns are to be chosen'), ('running', 'Is being taken in'), ('done', 'Taken in'), ('stopped', 'Stopped')], default='draft', max_length=8)),
                        ('problem', models.JSONField(default=dict)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('touched_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.person')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['person', '-id'], name='sheet_own'),
                            models.Index(fields=['state', 'touched_at'], name='sheet_state'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SheetRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('cells', models.JSONField(default=list)),
                        ('state', models.CharField(choices=[('waiting', 'Waits to be taken in'), ('taken', 'Came in as a report'), ('known', 'Known before'), ('refused', 'Refused')], default='waiting', max_length=8)),
                        ('report', models.CharField(blank=True, max_length=20)),
                        ('problems', models.JSONField(default=list)),
                        ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='hubs_events.sheetimport')),
                    ],
                    options={
                        'ordering': ['sheet', 'number'],
                        'indexes': [
                            models.Index(fields=['sheet', 'state', 'number'], name='sheet_row_state'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('sheet', 'number'), name='sheet_row_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CaseBand',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('band', models.BigIntegerField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hubs_events.case')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('band', 'case'), name='band_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CaseDesk',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('part', models.CharField(choices=[('centre', 'Centre'), ('lead', 'Lead desk'), ('support', 'Support'), ('supervisor', 'Supervisor'), ('past', 'No longer')], max_length=10)),
                        ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desks', to='hubs_events.case')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['body', 'part', 'case'], name='desk_by_body'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('case', 'body'), name='desk_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CaseEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('name', models.CharField(max_length=20)),
                        ('at', models.DateTimeField()),
                        ('by', models.CharField(max_length=100)),
                        ('by_name', models.CharField(max_length=100)),
                        ('data', models.JSONField(default=dict)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stream', to='hubs_events.case')),
                    ],
                    options={
                        'ordering': ['case', 'number'],
                        'indexes': [
                            models.Index(fields=['at'], name='case_event_at'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('case', 'number'), name='case_event_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionQuality',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('measured_at', models.DateTimeField(db_index=True)),
                        ('cases', models.PositiveIntegerField()),
                        ('kinds', models.PositiveIntegerField()),
                        ('figures', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ['-measured_at', '-id'],
                    },
                ),
            ],
        ),
        migrations.RunPython(create_indexes, drop_indexes),
    ]
