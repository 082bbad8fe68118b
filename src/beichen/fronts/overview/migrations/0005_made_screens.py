"""Screens that people make, their versions, and sources of video."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fronts_overview', '0004_spellings'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MadeScreen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('level', models.PositiveSmallIntegerField(default=1)),
                ('published_at', models.DateTimeField(null=True)),
                ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.body')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel_org.region')),
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
                'constraints': [models.UniqueConstraint(fields=('screen', 'number'), name='screen_version_once')],
            },
        ),
        migrations.AddField(
            model_name='madescreen',
            name='draft',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fronts_overview.screenversion'),
        ),
        migrations.AddField(
            model_name='madescreen',
            name='published',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fronts_overview.screenversion'),
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
    ]
