"""Tables with their receipts and checks, sources and questions, as 0001 to 0004 left them."""

import beichen.kernel.org.models
import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('platforms_warehouse', '0001_tables'),
        ('platforms_warehouse', '0002_questions'),
        ('platforms_warehouse', '0003_drawn_questions'),
        ('platforms_warehouse', '0004_forgotten_rows'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='WarehouseTable',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=63, unique=True)),
                        ('zh', models.CharField(max_length=2000)),
                        ('en', models.CharField(max_length=2000)),
                        ('owner', models.CharField(max_length=80)),
                        ('level', models.PositiveSmallIntegerField(choices=[(1, 'L1'), (2, 'L2'), (3, 'L3'), (4, 'L4')])),
                        ('values', models.JSONField()),
                        ('is_current', models.BooleanField(default=True)),
                        ('version', models.IntegerField(default=-1)),
                        ('rows', models.BigIntegerField(default=0)),
                        ('written_at', models.DateTimeField(null=True)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('forgotten_to', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Source',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('url', models.CharField(max_length=500)),
                        ('relation', models.CharField(max_length=130)),
                        ('since', models.CharField(blank=True, max_length=63)),
                        ('cron', models.CharField(blank=True, max_length=100)),
                        ('position', models.JSONField(null=True)),
                        ('pending', models.JSONField(null=True)),
                        ('next_at', models.DateTimeField(db_index=True, null=True)),
                        ('last_at', models.DateTimeField(null=True)),
                        ('problem', models.JSONField(null=True)),
                        ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='platforms_warehouse.warehousetable')),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('append', 'Rows added'), ('upsert', 'Rows written by key'), ('forget', 'Old rows forgotten'), ('compact', 'Files joined'), ('alter', 'Columns changed')], max_length=8)),
                        ('load', models.CharField(blank=True, max_length=200)),
                        ('source', models.CharField(max_length=200)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('version', models.IntegerField()),
                        ('is_written', models.BooleanField()),
                        ('read', models.BigIntegerField(default=0)),
                        ('accepted', models.BigIntegerField(default=0)),
                        ('refused', models.BigIntegerField(default=0)),
                        ('changed', models.BigIntegerField(default=0)),
                        ('touched', models.JSONField(null=True)),
                        ('refused_file', models.CharField(blank=True, max_length=16)),
                        ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='platforms_warehouse.warehousetable')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['table', '-id'], name='warehouse_receipts'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('load', ''), _negated=True), fields=('table', 'load'), name='warehouse_load_once'),
                            models.UniqueConstraint(condition=models.Q(('is_written', True)), fields=('table', 'version'), name='warehouse_version_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CheckResult',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('check_key', models.CharField(max_length=300)),
                        ('at', models.DateTimeField()),
                        ('version', models.IntegerField()),
                        ('failed', models.BigIntegerField()),
                        ('problem', models.JSONField(null=True)),
                        ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='results', to='platforms_warehouse.receipt')),
                        ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='platforms_warehouse.warehousetable')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['table', 'check_key', '-id'], name='warehouse_results'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Question',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('title', models.CharField(max_length=120)),
                        ('sql', models.TextField()),
                        ('keeper', models.CharField(max_length=120)),
                        ('keeper_name', models.CharField(blank=True, max_length=120)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('changed_at', models.DateTimeField()),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.body')),
                        ('chart', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ['title'],
                        'indexes': [
                            models.Index(fields=['is_shared', 'body'], name='question_shared'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('keeper', 'title'), name='question_once'),
                        ],
                    },
                ),
            ],
        ),
    ]
