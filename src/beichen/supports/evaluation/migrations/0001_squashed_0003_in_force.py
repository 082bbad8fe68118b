"""Schemes, rounds, evidence and appeals, as 0001 to 0003 left them."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('supports_evaluation', '0001_evaluation'),
        ('supports_evaluation', '0002_words'),
        ('supports_evaluation', '0003_in_force'),
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
                    name='Round',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('title_en', models.CharField(blank=True, max_length=300)),
                        ('period', models.CharField(max_length=9)),
                        ('starts', models.DateField()),
                        ('ends', models.DateField()),
                        ('stage', models.CharField(choices=[('reporting', 'Self-reports'), ('assessing', 'Third party and surveys'), ('review', 'Draft under review'), ('published', 'Results published')], default='reporting', max_length=10)),
                        ('opened_at', models.DateTimeField()),
                        ('opened_by', models.CharField(max_length=120)),
                        ('reports_due', models.DateTimeField()),
                        ('inputs_due', models.DateTimeField()),
                        ('appeal_days', models.PositiveSmallIntegerField(default=10)),
                        ('published_at', models.DateTimeField(null=True)),
                        ('appeals_due', models.DateTimeField(null=True)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='supports_evaluation.scheme')),
                    ],
                    options={
                        'ordering': ['-ends', '-opened_at'],
                        'indexes': [
                            models.Index(fields=['-ends', '-opened_at'], name='round_by_period'),
                            models.Index(fields=['stage', '-ends'], name='round_by_stage'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Result',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveSmallIntegerField()),
                        ('is_published', models.BooleanField(default=False)),
                        ('reason', models.CharField(blank=True, max_length=500)),
                        ('at', models.DateTimeField()),
                        ('by', models.CharField(max_length=120)),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='supports_evaluation.round')),
                    ],
                    options={
                        'ordering': ['round', '-version'],
                        'constraints': [
                            models.UniqueConstraint(fields=('round', 'version'), name='result_version_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Scheme',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60)),
                        ('version', models.PositiveSmallIntegerField()),
                        ('status', models.CharField(choices=[('draft', 'Not adopted yet'), ('adopted', 'In force')], default='draft', max_length=8)),
                        ('kind', models.CharField(choices=[('mid-term', 'Mid-term evaluation'), ('final', 'Final evaluation'), ('yearly', 'Yearly performance')], max_length=8)),
                        ('subject_kind', models.CharField(choices=[('body', 'body'), ('region', 'region')], max_length=6)),
                        ('name', models.CharField(max_length=200)),
                        ('name_en', models.CharField(blank=True, max_length=300)),
                        ('about', models.TextField(blank=True)),
                        ('about_en', models.TextField(blank=True)),
                        ('origin', models.TextField(blank=True)),
                        ('origin_en', models.TextField(blank=True)),
                        ('is_proposal', models.BooleanField(default=False)),
                        ('groups', models.JSONField(default=list)),
                        ('grades', models.JSONField(default=list)),
                        ('owner', models.CharField(blank=True, max_length=80)),
                        ('stated', models.CharField(blank=True, max_length=64)),
                        ('adopted_at', models.DateTimeField(null=True)),
                        ('adopted_by', models.CharField(blank=True, max_length=120)),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['key', '-version'],
                        'indexes': [
                            models.Index(fields=['status', 'key'], name='scheme_by_status'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('key', 'version'), name='scheme_version_once'),
                            models.CheckConstraint(condition=models.Q(('subject_kind__in', ['body', 'region'])), name='scheme_scores_no_people'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Criterion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('name', models.CharField(max_length=200)),
                        ('name_en', models.CharField(blank=True, max_length=300)),
                        ('about', models.TextField(blank=True)),
                        ('about_en', models.TextField(blank=True)),
                        ('source', models.CharField(choices=[('group', 'Group of criteria'), ('evidence', 'Computed from evidence'), ('self-report', 'Self-report'), ('third-party', 'Third party'), ('survey', 'Public opinion survey'), ('bonus', 'Bonus'), ('deduction', 'Deduction')], max_length=12)),
                        ('weight', models.DecimalField(decimal_places=3, max_digits=7, null=True)),
                        ('evidence', models.CharField(blank=True, max_length=100)),
                        ('rule', models.CharField(blank=True, choices=[('linear', 'Linear between floor and ceiling'), ('steps', 'By steps'), ('rank', 'Rank among peers'), ('min-max', 'Between the worst and the best of the peers'), ('met', 'Met or not met'), ('direct', 'The value is the score')], max_length=8)),
                        ('parameters', models.JSONField(default=dict)),
                        ('missing', models.CharField(choices=[('redistribute', 'No score; its weight goes to its neighbours'), ('zero', 'Zero'), ('peers', 'The mean of its peers')], default='redistribute', max_length=12)),
                        ('limit', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='supports_evaluation.criterion')),
                        ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='supports_evaluation.scheme')),
                    ],
                    options={
                        'verbose_name_plural': 'criteria',
                        'ordering': ['scheme', 'position'],
                        'constraints': [
                            models.UniqueConstraint(fields=('scheme', 'key'), name='criterion_once_a_scheme'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Subject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=80)),
                        ('group', models.CharField(max_length=60)),
                        ('name', models.CharField(max_length=200)),
                        ('name_en', models.CharField(blank=True, max_length=300)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_org.region')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subjects', to='supports_evaluation.round')),
                    ],
                    options={
                        'ordering': ['round', 'group', 'key'],
                        'indexes': [
                            models.Index(fields=['key'], name='subject_history'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('round', 'key'), name='subject_once_a_round'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SelfReport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(blank=True)),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('score', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_files.storedfile')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('subject', 'criterion'), name='self_report_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Score',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('total', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                        ('rank', models.PositiveSmallIntegerField(null=True)),
                        ('peers', models.PositiveSmallIntegerField()),
                        ('grade', models.CharField(blank=True, max_length=60)),
                        ('grade_en', models.CharField(blank=True, max_length=100)),
                        ('lines', models.JSONField()),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='supports_evaluation.result')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['result', 'subject__group', 'rank'],
                        'constraints': [
                            models.UniqueConstraint(fields=('result', 'subject'), name='score_once_a_result'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Points',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(blank=True)),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('points', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='supports_evaluation.subject')),
                    ],
                    options={
                        'verbose_name_plural': 'points',
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['subject', 'criterion'], name='points_of_subject'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Correction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(blank=True)),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('score', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['subject', 'criterion'], name='correction_of_subject'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Comment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField()),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='supports_evaluation.round')),
                        ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Assessment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(blank=True)),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('score', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('subject', 'criterion', 'by'), name='assessment_once_an_evaluator'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Appeal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.TextField()),
                        ('status', models.CharField(choices=[('open', 'Waiting for a decision'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed')], default='open', max_length=9)),
                        ('filed_by', models.CharField(max_length=120)),
                        ('filed_at', models.DateTimeField()),
                        ('decision', models.TextField(blank=True)),
                        ('score', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                        ('decided_by', models.CharField(blank=True, max_length=120)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_files.storedfile')),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='supports_evaluation.result')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['-filed_at', '-id'],
                        'indexes': [
                            models.Index(fields=['status', '-filed_at'], name='appeal_by_status'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('subject', 'criterion'), name='appeal_open_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SurveyResult',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(blank=True)),
                        ('by', models.CharField(max_length=120)),
                        ('by_name', models.CharField(max_length=200)),
                        ('at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('question', models.CharField(max_length=500)),
                        ('mean', models.DecimalField(decimal_places=4, max_digits=10)),
                        ('n', models.PositiveIntegerField()),
                        ('method', models.CharField(max_length=200)),
                        ('starts', models.DateField()),
                        ('ends', models.DateField()),
                        ('margin', models.DecimalField(decimal_places=4, max_digits=10, null=True)),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supports_evaluation.criterion')),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_files.storedfile')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='supports_evaluation.subject')),
                    ],
                    options={
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('subject', 'criterion'), name='survey_result_once'),
                        ],
                    },
                ),
            ],
        ),
    ]
