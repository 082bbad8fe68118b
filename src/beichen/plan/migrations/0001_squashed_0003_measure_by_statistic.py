"""The plan's facts and the planning system, as 0001 to 0003 left them."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('plan', '0001_facts'),
        ('plan', '0002_planning_system'),
        ('plan', '0003_measure_by_statistic'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='PlanText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sha256', models.CharField(max_length=64, unique=True)),
                        ('text', models.TextField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Plan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('title_en', models.CharField(blank=True, max_length=300)),
                        ('start_year', models.PositiveSmallIntegerField()),
                        ('end_year', models.PositiveSmallIntegerField()),
                        ('source', models.CharField(max_length=200)),
                        ('english', models.JSONField(default=dict)),
                        ('imported_at', models.DateTimeField()),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='kernel_org.region')),
                        ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='plan.plantext')),
                        ('kind', models.CharField(choices=[('development', '发展规划'), ('spatial', '空间规划'), ('special', '专项规划'), ('regional', '区域规划')], default='development', max_length=12)),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='plan.plan')),
                        ('state', models.CharField(choices=[('draft', '未生效'), ('in-force', '有效'), ('superseded', '已替代')], default='in-force', max_length=10)),
                    ],
                    options={
                        'ordering': ['-start_year', 'key'],
                        'indexes': [
                            models.Index(fields=['-start_year', 'key'], name='plan_by_year'),
                            models.Index(fields=['kind', 'parent', 'state', '-start_year', 'key'], name='plan_outline'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='NamedBody',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('imported', models.JSONField()),
                        ('checked_by', models.CharField(blank=True, max_length=120)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('name', models.CharField(max_length=200)),
                        ('kind', models.CharField(blank=True, max_length=40)),
                        ('mentions', models.JSONField(default=list)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='plan.plan')),
                    ],
                    options={
                        'verbose_name_plural': 'named bodies',
                        'ordering': ['plan', 'position'],
                        'abstract': False,
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='namedbody_order'),
                            models.Index(fields=['plan', 'start'], name='namedbody_place'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='namedbody_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Measure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveSmallIntegerField()),
                        ('part', models.CharField(max_length=200)),
                        ('statistic', models.CharField(blank=True, max_length=80)),
                        ('factor', models.FloatField(default=1)),
                        ('direction', models.CharField(max_length=8)),
                        ('note', models.TextField(blank=True)),
                        ('note_en', models.TextField(blank=True)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'number', 'position'],
                        'indexes': [
                            models.Index(fields=['statistic'], name='measure_statistic'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'position'), name='measure_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Correction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=12)),
                        ('key', models.CharField(max_length=40)),
                        ('field', models.CharField(max_length=30)),
                        ('old', models.JSONField(null=True)),
                        ('new', models.JSONField(null=True)),
                        ('reason', models.CharField(max_length=300)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['plan', 'kind', 'key'], name='correction_fact'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='BodyMention',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('body', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='plan.namedbody')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['start'],
                        'indexes': [
                            models.Index(fields=['plan', 'start'], name='mention_place'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PlanIndicator',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('imported', models.JSONField()),
                        ('checked_by', models.CharField(blank=True, max_length=120)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('group', models.CharField(blank=True, max_length=60)),
                        ('name', models.CharField(max_length=200)),
                        ('unit', models.CharField(blank=True, max_length=40)),
                        ('base_value', models.FloatField(null=True)),
                        ('base_raw', models.CharField(blank=True, max_length=60)),
                        ('base_year', models.PositiveSmallIntegerField(null=True)),
                        ('target_value', models.FloatField(null=True)),
                        ('target_raw', models.CharField(blank=True, max_length=60)),
                        ('target_year', models.PositiveSmallIntegerField(null=True)),
                        ('comparator', models.CharField(blank=True, max_length=2)),
                        ('period', models.CharField(max_length=16)),
                        ('growth_value', models.FloatField(null=True)),
                        ('growth_raw', models.CharField(blank=True, max_length=60)),
                        ('attribute', models.CharField(blank=True, max_length=10)),
                        ('parts', models.JSONField(default=list)),
                        ('raw', models.TextField(blank=True)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'position'],
                        'abstract': False,
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='planindicator_order'),
                            models.Index(fields=['plan', 'start'], name='planindicator_place'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='planindicator_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Project',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('imported', models.JSONField()),
                        ('checked_by', models.CharField(blank=True, max_length=120)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('box', models.CharField(max_length=40)),
                        ('box_title', models.CharField(max_length=200)),
                        ('group', models.CharField(blank=True, max_length=200)),
                        ('name', models.CharField(max_length=500)),
                        ('description', models.TextField(blank=True)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'position'],
                        'abstract': False,
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='project_order'),
                            models.Index(fields=['plan', 'start'], name='project_place'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='project_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Target',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('imported', models.JSONField()),
                        ('checked_by', models.CharField(blank=True, max_length=120)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('subject', models.CharField(blank=True, max_length=300)),
                        ('metric', models.CharField(max_length=300)),
                        ('comparator', models.CharField(max_length=2)),
                        ('value', models.FloatField()),
                        ('upper', models.FloatField(null=True)),
                        ('unit', models.CharField(blank=True, max_length=40)),
                        ('period', models.CharField(max_length=16)),
                        ('target_year', models.PositiveSmallIntegerField()),
                        ('quote', models.TextField(blank=True)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'position'],
                        'abstract': False,
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='target_order'),
                            models.Index(fields=['plan', 'start'], name='target_place'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='target_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Node',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('location', models.CharField(max_length=60)),
                        ('start', models.PositiveIntegerField()),
                        ('end', models.PositiveIntegerField()),
                        ('imported', models.JSONField()),
                        ('checked_by', models.CharField(blank=True, max_length=120)),
                        ('checked_at', models.DateTimeField(null=True)),
                        ('level', models.CharField(max_length=10)),
                        ('number', models.PositiveSmallIntegerField()),
                        ('title', models.CharField(max_length=300)),
                        ('parent', models.CharField(blank=True, max_length=60)),
                        ('body_end', models.PositiveIntegerField()),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'position'],
                        'abstract': False,
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='node_order'),
                            models.Index(fields=['plan', 'start'], name='node_place'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='node_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Amendment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=12)),
                        ('key', models.CharField(max_length=40)),
                        ('field', models.CharField(blank=True, max_length=30)),
                        ('old', models.JSONField(null=True)),
                        ('new', models.JSONField(null=True)),
                        ('document', models.CharField(max_length=200)),
                        ('reason', models.CharField(max_length=300)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['plan', 'kind', 'key'], name='amendment_fact'),
                        ],
                    },
                ),
            ],
        ),
    ]
