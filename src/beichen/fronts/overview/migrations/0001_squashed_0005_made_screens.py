"""What scenes and people put on the overview's screens, as 0001 to 0005 left it."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('fronts_overview', '0001_cards'),
        ('fronts_overview', '0002_things_and_charts'),
        ('fronts_overview', '0003_screens'),
        ('fronts_overview', '0004_spellings'),
        ('fronts_overview', '0005_made_screens'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Card',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.CharField(max_length=80)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('indicator', models.SlugField(max_length=80)),
                        ('title', models.CharField(blank=True, max_length=60)),
                        ('title_en', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['owner', 'position'],
                        'constraints': [
                            models.UniqueConstraint(fields=('owner', 'indicator'), name='card_once_a_scene'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Plot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.CharField(max_length=80)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('indicator', models.SlugField(max_length=80)),
                        ('every', models.CharField(max_length=10)),
                        ('form', models.CharField(max_length=10)),
                        ('title', models.CharField(blank=True, max_length=60)),
                        ('title_en', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['owner', 'position'],
                        'constraints': [
                            models.UniqueConstraint(fields=('owner', 'indicator', 'every'), name='plot_once_a_scene'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ThingLayer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.CharField(max_length=80)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('key', models.CharField(max_length=160, unique=True)),
                        ('type', models.CharField(max_length=80)),
                        ('shows', models.CharField(max_length=80)),
                        ('title', models.CharField(max_length=60)),
                        ('title_en', models.CharField(max_length=100)),
                        ('tones', models.JSONField(default=list)),
                    ],
                    options={
                        'ordering': ['owner', 'position'],
                    },
                ),
                migrations.CreateModel(
                    name='Screen',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.CharField(max_length=80)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('key', models.CharField(max_length=130, unique=True)),
                        ('name', models.CharField(max_length=60)),
                        ('name_en', models.CharField(max_length=100)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('theme', models.CharField(default='auto', max_length=5)),
                        ('widgets', models.JSONField(default=list)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.body')),
                    ],
                    options={
                        'ordering': ['owner', 'position'],
                    },
                ),
                migrations.CreateModel(
                    name='Spelling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=200, unique=True)),
                        ('keys', models.CharField(max_length=1300)),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='MadeScreen',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('published_at', models.DateTimeField(null=True)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.region')),
                        ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fronts_overview.screenversion')),
                        ('published', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fronts_overview.screenversion')),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='ScreenVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('name', models.CharField(max_length=60)),
                        ('name_en', models.CharField(max_length=100)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('theme', models.CharField(default='auto', max_length=5)),
                        ('widgets', models.JSONField(default=list)),
                        ('note', models.CharField(blank=True, max_length=200)),
                        ('made_at', models.DateTimeField()),
                        ('made_by', models.CharField(max_length=80)),
                        ('made_by_name', models.CharField(max_length=120)),
                        ('screen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='fronts_overview.madescreen')),
                    ],
                    options={
                        'ordering': ['screen', '-number'],
                        'constraints': [
                            models.UniqueConstraint(fields=('screen', 'number'), name='screen_version_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='VideoSource',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.CharField(max_length=80)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('key', models.CharField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=60)),
                        ('name_en', models.CharField(max_length=100)),
                        ('form', models.CharField(max_length=10)),
                        ('address', models.CharField(max_length=500)),
                        ('text', models.TextField()),
                        ('text_en', models.TextField()),
                        ('source', models.CharField(max_length=200)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['owner', 'position'],
                    },
                ),
            ],
        ),
    ]
