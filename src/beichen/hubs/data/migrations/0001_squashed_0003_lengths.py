"""Indicators, their values, targets and computations, as 0001 to 0003 left them."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('hubs_data', '0001_indicators'),
        ('hubs_data', '0002_computations'),
        ('hubs_data', '0003_lengths'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Indicator',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=80, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('name_en', models.CharField(max_length=300)),
                        ('unit', models.CharField(blank=True, max_length=30)),
                        ('direction', models.CharField(choices=[('higher', '越高越好'), ('lower', '越低越好'), ('neutral', '无方向')], max_length=8)),
                        ('period', models.CharField(blank=True, max_length=10)),
                        ('aggregation', models.CharField(choices=[('sum', '求和'), ('mean', '平均'), ('last', '期末值'), ('none', '不可汇总')], max_length=6)),
                        ('definition', models.TextField(blank=True)),
                        ('definition_en', models.TextField(blank=True)),
                        ('source', models.CharField(blank=True, max_length=300)),
                        ('owner', models.CharField(max_length=80)),
                        ('is_current', models.BooleanField(default=True)),
                    ],
                    options={
                        'ordering': ['key'],
                        'indexes': [
                            models.Index(fields=['is_current', 'key'], name='indicator_current'),
                            models.Index(fields=['owner'], name='indicator_owner'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AnnualTarget',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period', models.CharField(max_length=24)),
                        ('starts', models.DateField()),
                        ('ends', models.DateField()),
                        ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                        ('relation', models.CharField(default='exact', max_length=10)),
                        ('confidence', models.CharField(default='high', max_length=8)),
                        ('source_title', models.CharField(max_length=300)),
                        ('source_url', models.URLField(blank=True, max_length=500)),
                        ('quote', models.TextField(blank=True)),
                        ('owner', models.CharField(max_length=80)),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to='kernel_org.region')),
                        ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)s_set', to='hubs_data.indicator')),
                    ],
                    options={
                        'ordering': ['starts', 'id'],
                        'indexes': [
                            models.Index(fields=['owner'], name='target_owner'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('indicator', 'region', 'period'), name='one_target_a_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='IndicatorValue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period', models.CharField(max_length=24)),
                        ('starts', models.DateField()),
                        ('ends', models.DateField()),
                        ('value', models.DecimalField(decimal_places=6, max_digits=24)),
                        ('relation', models.CharField(default='exact', max_length=10)),
                        ('confidence', models.CharField(default='high', max_length=8)),
                        ('source_title', models.CharField(max_length=300)),
                        ('source_url', models.URLField(blank=True, max_length=500)),
                        ('quote', models.TextField(blank=True)),
                        ('owner', models.CharField(max_length=80)),
                        ('status', models.CharField(default='published', max_length=12)),
                        ('kind', models.CharField(choices=[('real', '真实'), ('demo', '演示')], default='real', max_length=4)),
                        ('note', models.TextField(blank=True)),
                        ('note_en', models.TextField(blank=True)),
                        ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)s_set', to='hubs_data.indicator')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to='kernel_org.region')),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('dimension', models.CharField(blank=True, max_length=80)),
                        ('length', models.CharField(blank=True, editable=False, max_length=7)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('member', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'ordering': ['starts', 'ends', 'id'],
                        'indexes': [
                            models.Index(fields=['indicator', 'region', 'kind', 'starts'], name='value_series'),
                            models.Index(fields=['owner'], name='value_owner'),
                            models.Index(fields=['indicator', 'dimension', 'length', 'starts'], name='value_parts'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('indicator', 'region', 'period', 'kind', 'dimension', 'member'), name='one_value_a_period_and_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Computation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sql', models.TextField()),
                        ('digest', models.CharField(max_length=64)),
                        ('every', models.JSONField()),
                        ('by', models.JSONField()),
                        ('target', models.CharField(blank=True, max_length=40)),
                        ('decimals', models.PositiveSmallIntegerField()),
                        ('level', models.PositiveSmallIntegerField()),
                        ('sources', models.JSONField()),
                        ('package', models.CharField(max_length=300)),
                        ('basis', models.CharField(blank=True, max_length=64)),
                        ('versions', models.JSONField(default=dict)),
                        ('computed_at', models.DateTimeField(null=True)),
                        ('problem', models.JSONField(null=True)),
                        ('indicator', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='computation', to='hubs_data.indicator')),
                    ],
                    options={
                        'ordering': ['indicator__key'],
                    },
                ),
                migrations.CreateModel(
                    name='ComputationRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('seconds', models.FloatField()),
                        ('versions', models.JSONField()),
                        ('is_whole', models.BooleanField()),
                        ('computed', models.IntegerField(default=0)),
                        ('written', models.IntegerField(default=0)),
                        ('removed', models.IntegerField(default=0)),
                        ('problem', models.JSONField(null=True)),
                        ('computation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='hubs_data.computation')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['computation', '-id'], name='computation_runs'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='BodyValue',
                    fields=[
                    ],
                    options={
                        'proxy': True,
                    },
                    bases=('hubs_data.indicatorvalue',),
                ),
            ],
        ),
    ]
