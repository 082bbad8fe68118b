"""Entities of SensorThings that clients make, as 0001 to 0004 left them."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('platforms_iot_sensorthings', '0001_entities'),
        ('platforms_iot_sensorthings', '0002_what_intervals_are'),
        ('platforms_iot_sensorthings', '0003_when_intervals_began'),
        ('platforms_iot_sensorthings', '0004_multidatastreams'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
        ('platforms_iot', '0001_squashed_0003_timetables_and_updates'),
        ('registry', '0001_squashed_0005_living_twin'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Location',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('is_ours', models.BooleanField(default=False)),
                        ('encoding', models.CharField(default='application/geo+json', max_length=100)),
                        ('shape', models.JSONField(default=dict)),
                        ('west', models.FloatField(null=True)),
                        ('south', models.FloatField(null=True)),
                        ('east', models.FloatField(null=True)),
                        ('north', models.FloatField(null=True)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('properties', models.JSONField(default=dict)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('object', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sta_location', to='registry.object')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['west', 'east'], name='sta_location_west'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ObservedProperty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(blank=True, max_length=300)),
                        ('measure', models.CharField(blank=True, max_length=100)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('definition', models.TextField(blank=True)),
                        ('description', models.TextField(blank=True)),
                        ('properties', models.JSONField(default=dict)),
                        ('is_ours', models.BooleanField(default=False)),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('is_ours', False)), fields=('kind', 'measure'), name='sta_property_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Sensor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('is_ours', models.BooleanField(default=False)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('encoding', models.CharField(max_length=100)),
                        ('metadata', models.JSONField(default=str)),
                        ('properties', models.JSONField(default=dict)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('device', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sta_sensor', to='platforms_iot.device')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Thing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('is_ours', models.BooleanField(default=False)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('properties', models.JSONField(default=dict)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('locations', models.ManyToManyField(related_name='things', to='platforms_iot_sensorthings.location')),
                        ('object', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sta_thing', to='registry.object')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalLocation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('time', models.DateTimeField()),
                        ('is_ours', models.BooleanField(default=False)),
                        ('locations', models.ManyToManyField(related_name='historicals', to='platforms_iot_sensorthings.location')),
                        ('thing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='historicals', to='platforms_iot_sensorthings.thing')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['thing', 'time'], name='sta_historical_time'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Feature',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('is_ours', models.BooleanField(default=False)),
                        ('encoding', models.CharField(default='application/geo+json', max_length=100)),
                        ('shape', models.JSONField(default=dict)),
                        ('west', models.FloatField(null=True)),
                        ('south', models.FloatField(null=True)),
                        ('east', models.FloatField(null=True)),
                        ('north', models.FloatField(null=True)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('properties', models.JSONField(default=dict)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('thing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feature', to='platforms_iot_sensorthings.thing')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['west', 'east'], name='sta_feature_west'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Datastream',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('measure', models.CharField(max_length=100)),
                        ('form', models.CharField(max_length=8)),
                        ('entry', models.CharField(blank=True, max_length=100)),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('observation_type', models.CharField(max_length=200)),
                        ('unit', models.JSONField(default=dict)),
                        ('properties', models.JSONField(default=dict)),
                        ('is_ours', models.BooleanField(default=False)),
                        ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sta_datastreams', to='platforms_iot.device')),
                        ('observed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datastreams', to='platforms_iot_sensorthings.observedproperty')),
                        ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datastreams', to='platforms_iot_sensorthings.sensor')),
                        ('thing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='datastreams', to='platforms_iot_sensorthings.thing')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('thing', 'measure'), name='sta_datastream_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Told',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=80, unique=True)),
                        ('until', models.DateTimeField(null=True)),
                        ('result_time', models.DateTimeField(null=True)),
                        ('valid', models.CharField(blank=True, max_length=80)),
                        ('quality', models.JSONField(null=True)),
                        ('parameters', models.JSONField(null=True)),
                        ('datastream', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='told', to='platforms_iot_sensorthings.datastream')),
                        ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='told', to='platforms_iot_sensorthings.feature')),
                        ('since', models.DateTimeField(null=True)),
                        ('multi', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='told', to='platforms_iot_sensorthings.multidatastream')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['datastream', 'result_time'], name='sta_told_result'),
                            models.Index(condition=models.Q(('until__isnull', False)), fields=['datastream', 'until'], name='sta_told_until'),
                            models.Index(fields=['multi', 'result_time'], name='sta_told_multi_result'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Part',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('measure', models.CharField(max_length=100)),
                        ('form', models.CharField(max_length=8)),
                        ('entry', models.CharField(max_length=100)),
                        ('multi', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='platforms_iot_sensorthings.multidatastream')),
                        ('observed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='platforms_iot_sensorthings.observedproperty')),
                    ],
                    options={
                        'ordering': ['multi', 'place'],
                        'constraints': [
                            models.UniqueConstraint(fields=('multi', 'place'), name='sta_part_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MultiDatastream',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(db_index=True, max_length=255)),
                        ('description', models.TextField(blank=True)),
                        ('observation_type', models.CharField(max_length=200)),
                        ('types', models.JSONField(default=list)),
                        ('units', models.JSONField(default=list)),
                        ('properties', models.JSONField(default=dict)),
                        ('is_ours', models.BooleanField(default=True)),
                        ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sta_multidatastreams', to='platforms_iot.device')),
                        ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='multidatastreams', to='platforms_iot_sensorthings.sensor')),
                        ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='multidatastreams', to='platforms_iot_sensorthings.thing')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
            ],
        ),
    ]
