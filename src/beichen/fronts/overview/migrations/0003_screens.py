"""Screens that scenes and cities declare."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fronts_overview', '0002_things_and_charts'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
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
    ]
