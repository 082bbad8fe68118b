"""News, and the index of their words: FTS5 on SQLite, an array under GIN on PostgreSQL. Reversible."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.grams import GramIndex

INDEX = GramIndex("fronts_citizen_news_text", "news_id")


def forward(_apps, editor):
    """Create the index; there is nothing to index yet."""
    with editor.connection.cursor() as cursor:
        for statement in INDEX.create():
            cursor.execute(statement)


def backward(_apps, editor):
    """Drop it."""
    with editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {INDEX.table}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField()),
                ('text_en', models.TextField(blank=True)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('is_published', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField(null=True)),
                ('published_by', models.CharField(blank=True, max_length=100)),
                ('written_by', models.CharField(max_length=100)),
                ('changed_at', models.DateTimeField()),
                ('is_demo', models.BooleanField(default=False)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
            ],
            options={
                'verbose_name_plural': 'news',
                'ordering': ['-since', '-id'],
                'indexes': [models.Index(fields=['is_published', '-since', '-id'], name='citizen_news_newest'), models.Index(fields=['body', '-since'], name='citizen_news_of_body')],
            },
        ),
        migrations.RunPython(forward, backward),
    ]
