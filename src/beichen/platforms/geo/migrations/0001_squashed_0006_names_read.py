"""Layers, revisions, addresses, places and the grid, as 0001 to 0006 left them, with the indexes of what is written in addresses
and of names of places, which no model says; reversible.
"""

import beichen.kernel.columns
import beichen.kernel.org.models
import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels
from beichen.kernel.grams import GramIndex


INDEXES = (
    GramIndex("platforms_geo_address_text", "address_id"),
    GramIndex("platforms_geo_place_text", "place_id"),
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
        ('platforms_geo', '0001_layers'),
        ('platforms_geo', '0002_revisions'),
        ('platforms_geo', '0003_addresses'),
        ('platforms_geo', '0004_texts'),
        ('platforms_geo', '0005_grid'),
        ('platforms_geo', '0006_names_read'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Layer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=100)),
                        ('name_en', models.CharField(max_length=200)),
                        ('kind', models.CharField(choices=[('point', '点'), ('line', '线'), ('polygon', '面')], max_length=10)),
                        ('source', models.CharField(max_length=300)),
                        ('licence', models.CharField(max_length=60)),
                        ('attribution', models.CharField(max_length=200)),
                        ('min_zoom', models.PositiveSmallIntegerField(default=0)),
                        ('max_zoom', models.PositiveSmallIntegerField(default=22)),
                        ('style', models.JSONField(default=dict)),
                        ('region_property', models.CharField(blank=True, max_length=60)),
                        ('replaceable', models.BooleanField(default=False)),
                        ('order', models.PositiveSmallIntegerField(default=0)),
                        ('owner', models.CharField(max_length=80)),
                        ('is_current', models.BooleanField(default=True)),
                        ('is_shown', models.BooleanField(default=True)),
                        ('sha256', models.CharField(max_length=64)),
                        ('feature_count', models.PositiveIntegerField()),
                        ('west', models.FloatField()),
                        ('south', models.FloatField()),
                        ('east', models.FloatField()),
                        ('north', models.FloatField()),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='layers', to='kernel_org.body')),
                        ('dimensions', models.JSONField(default=dict)),
                        ('edition', models.PositiveBigIntegerField(default=0)),
                        ('edits', models.PositiveIntegerField(default=0)),
                        ('group', models.CharField(blank=True, max_length=60)),
                        ('group_en', models.CharField(blank=True, max_length=120)),
                        ('legend', models.JSONField(default=dict)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('origin', models.CharField(choices=[('package', '数据包'), ('upload', '上传'), ('objects', '城市对象'), ('table', '数据表')], default='package', max_length=10)),
                        ('particulars', models.JSONField(default=dict)),
                        ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='platforms_geo.revision')),
                    ],
                    options={
                        'ordering': ['order', 'key'],
                        'indexes': [
                            models.Index(fields=['is_current', 'is_shown', 'order', 'key'], name='layer_in_order'),
                            models.Index(fields=['owner'], name='layer_owner'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='LayerContent',
                    fields=[
                        ('layer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='content', serialize=False, to='platforms_geo.layer')),
                        ('gzipped', models.BinaryField()),
                    ],
                    options={
                        'verbose_name_plural': 'layer contents',
                    },
                ),
                migrations.CreateModel(
                    name='Revision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('hash', models.CharField(db_index=True, max_length=64)),
                        ('size', models.BigIntegerField()),
                        ('feature_count', models.PositiveIntegerField()),
                        ('fields', models.JSONField(default=list)),
                        ('of', models.CharField(blank=True, max_length=100)),
                        ('made_at', models.DateTimeField(auto_now_add=True)),
                        ('made_by', models.CharField(max_length=100)),
                        ('layer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='platforms_geo.layer')),
                    ],
                    options={
                        'ordering': ['layer', '-number'],
                        'constraints': [
                            models.UniqueConstraint(fields=('layer', 'number'), name='revision_number_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Upload',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('hash', models.CharField(max_length=64)),
                        ('size', models.BigIntegerField()),
                        ('options', models.JSONField(default=dict)),
                        ('facts', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('waiting', '等待'), ('reading', '读取中'), ('done', '完成'), ('refused', '退回')], default='waiting', max_length=10)),
                        ('read', models.PositiveIntegerField(default=0)),
                        ('expected', models.PositiveIntegerField(default=0)),
                        ('kept', models.PositiveIntegerField(default=0)),
                        ('repaired', models.PositiveIntegerField(default=0)),
                        ('refused', models.PositiveIntegerField(default=0)),
                        ('problems', models.JSONField(default=list)),
                        ('report', models.CharField(blank=True, max_length=64)),
                        ('level', models.PositiveSmallIntegerField(default=2)),
                        ('brought_at', models.DateTimeField(auto_now_add=True)),
                        ('brought_by', models.CharField(max_length=100)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='layer_uploads', to='kernel_org.body')),
                        ('layer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to='platforms_geo.layer')),
                        ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to='platforms_geo.revision')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['layer', '-id'], name='upload_of_layer'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Edit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=200)),
                        ('document', models.TextField(blank=True)),
                        ('version', models.PositiveBigIntegerField()),
                        ('region', models.CharField(blank=True, max_length=140)),
                        ('west', models.FloatField(default=-180)),
                        ('south', models.FloatField(default=-90)),
                        ('east', models.FloatField(default=180)),
                        ('north', models.FloatField(default=90)),
                        ('edited_at', models.DateTimeField(auto_now=True)),
                        ('edited_by', models.CharField(max_length=100)),
                        ('layer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edited', to='platforms_geo.layer')),
                    ],
                    options={
                        'ordering': ['layer', 'key'],
                        'constraints': [
                            models.UniqueConstraint(fields=('layer', 'key'), name='edit_once_a_feature'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Gazetteer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stamp', models.PositiveBigIntegerField(default=0)),
                        ('read_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'verbose_name_plural': 'gazetteers',
                    },
                ),
                migrations.CreateModel(
                    name='Address',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=60, unique=True)),
                        ('text', models.CharField(max_length=200)),
                        ('kind', models.CharField(choices=[('door', 'House number'), ('building', 'Building'), ('place', 'Named place'), ('junction', 'Junction of roads')], default='door', max_length=10)),
                        ('name', models.CharField(blank=True, max_length=100)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('road', models.CharField(blank=True, max_length=60)),
                        ('number', models.CharField(blank=True, max_length=30)),
                        ('first_number', models.PositiveIntegerField(null=True)),
                        ('estate', models.CharField(blank=True, max_length=60)),
                        ('building', models.CharField(blank=True, max_length=30)),
                        ('unit', models.CharField(blank=True, max_length=20)),
                        ('room', models.CharField(blank=True, max_length=20)),
                        ('door', models.CharField(blank=True, max_length=130)),
                        ('block', models.CharField(blank=True, max_length=100)),
                        ('longitude', models.FloatField()),
                        ('latitude', models.FloatField()),
                        ('cell', models.BigIntegerField()),
                        ('source', models.CharField(max_length=200)),
                        ('licence', models.CharField(max_length=60)),
                        ('standing', models.CharField(choices=[('current', 'In use'), ('planned', 'Planned'), ('retired', 'Out of use')], default='current', max_length=10)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('owner', models.CharField(blank=True, max_length=80)),
                        ('is_corrected', models.BooleanField(default=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('updated_at', models.DateTimeField()),
                        ('region', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'verbose_name_plural': 'addresses',
                        'ordering': ['code'],
                        'indexes': [
                            models.Index(fields=['door'], name='address_door'),
                            models.Index(fields=['block'], name='address_block'),
                            models.Index(fields=['estate'], name='address_estate'),
                            models.Index(fields=['name'], name='address_name'),
                            models.Index(fields=['road', 'first_number'], name='address_along_road'),
                            models.Index(fields=['cell'], name='address_cell'),
                            models.Index(fields=['owner', 'code'], name='address_owner'),
                            models.Index(fields=['region', 'code'], name='address_region'),
                            models.Index(fields=['kind', 'code'], name='address_kind'),
                            models.Index(fields=['standing', 'code'], name='address_standing'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AddressSheet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('owner', models.CharField(max_length=100)),
                        ('name', models.CharField(max_length=200)),
                        ('headings', models.JSONField(default=list)),
                        ('column', models.PositiveSmallIntegerField()),
                        ('state', models.CharField(choices=[('running', 'Is being matched'), ('done', 'Matched'), ('stopped', 'Stopped')], default='running', max_length=8)),
                        ('total', models.PositiveIntegerField()),
                        ('matched', models.PositiveIntegerField(default=0)),
                        ('refused', models.PositiveIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('touched_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['owner', '-id'], name='address_sheet_own'),
                            models.Index(fields=['state', 'touched_at'], name='address_sheet_state'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AddressRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('cells', models.JSONField(default=list)),
                        ('found', models.JSONField(default=dict)),
                        ('is_done', models.BooleanField(default=False)),
                        ('sheet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='platforms_geo.addresssheet')),
                    ],
                    options={
                        'ordering': ['sheet', 'number'],
                        'indexes': [
                            models.Index(fields=['sheet', 'is_done', 'number'], name='address_row_waiting'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('sheet', 'number'), name='address_row_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AddressVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('values', models.JSONField()),
                        ('until', models.DateTimeField()),
                        ('changed_by', models.CharField(max_length=100)),
                        ('reason', models.CharField(blank=True, max_length=200)),
                        ('address', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='platforms_geo.address')),
                    ],
                    options={
                        'ordering': ['-version'],
                        'constraints': [
                            models.UniqueConstraint(fields=('address', 'version'), name='address_version_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Place',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ref', models.CharField(max_length=200, unique=True)),
                        ('kind', models.CharField(choices=[('address', 'Address'), ('road', 'Road'), ('region', 'Region'), ('object', 'Thing or facility'), ('feature', 'Feature of the map')], max_length=10)),
                        ('name', models.CharField(max_length=120)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('about', models.CharField(blank=True, max_length=200)),
                        ('text', models.CharField(max_length=500)),
                        ('longitude', models.FloatField(null=True)),
                        ('latitude', models.FloatField(null=True)),
                        ('weight', models.PositiveSmallIntegerField(default=0)),
                        ('region', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['-weight', 'id'],
                        'indexes': [
                            models.Index(fields=['name'], name='place_name'),
                            models.Index(fields=['kind', 'id'], name='place_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PlaceKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', beichen.kernel.columns.PlainText(max_length=60)),
                        ('weight', models.PositiveSmallIntegerField(default=0)),
                        ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='platforms_geo.place')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['key', 'place'], name='place_key'),
                            models.Index(fields=['-weight', 'key', 'place'], name='place_key_weight'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='GridCell',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('shape', models.BinaryField()),
                        ('area_m2', models.FloatField()),
                        ('longitude', models.FloatField()),
                        ('latitude', models.FloatField()),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('region', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='GridCover',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('cell', models.BigIntegerField()),
                        ('grid', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='covers', to='platforms_geo.gridcell')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['cell'], name='grid_cover_cell'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('grid', 'cell'), name='grid_cover_once'),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(create_indexes, drop_indexes),
    ]
