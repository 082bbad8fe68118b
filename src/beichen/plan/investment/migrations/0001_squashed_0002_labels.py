"""The register of projects and yearly plans, as 0001 and 0002 left it."""

import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('plan_investment', '0001_register'),
        ('plan_investment', '0002_labels'),
    ]

    initial = True

    dependencies = [
        ('kernel_files', '0001_initial'),
        ('kernel_org', '0001_initial'),
        ('plan', '0001_squashed_0003_measure_by_statistic'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Investment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(blank=True, max_length=12)),
                        ('key', models.CharField(max_length=40)),
                        ('position', models.PositiveIntegerField()),
                        ('is_stated', models.BooleanField(default=True)),
                        ('name', models.CharField(max_length=500)),
                        ('part', models.CharField(blank=True, max_length=10)),
                        ('box', models.CharField(blank=True, max_length=40)),
                        ('box_title', models.CharField(blank=True, max_length=200)),
                        ('builder', models.CharField(blank=True, max_length=200)),
                        ('nature', models.CharField(blank=True, choices=[('new', 'New construction'), ('extension', 'Extension'), ('rebuilding', 'Rebuilding'), ('moving', 'Removal and rebuilding'), ('upgrade', 'Technical upgrade')], max_length=12)),
                        ('content', models.TextField(blank=True)),
                        ('lead_name', models.CharField(blank=True, max_length=200)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('geometry', models.JSONField(null=True)),
                        ('starts', models.CharField(blank=True, max_length=7)),
                        ('ends', models.CharField(blank=True, max_length=7)),
                        ('quote', models.CharField(blank=True, max_length=300)),
                        ('stage', models.CharField(blank=True, choices=[('planned', 'Proposed'), ('preparing', 'In preparation'), ('started', 'Started'), ('building', 'Under construction'), ('completed', 'Completed'), ('operating', 'In operation'), ('paused', 'Paused'), ('ended', 'Ended')], max_length=12)),
                        ('stage_on', models.DateField(null=True)),
                        ('progress', models.CharField(blank=True, max_length=500)),
                        ('total', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('done_total', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('done_until', models.CharField(blank=True, max_length=7)),
                        ('land_state', models.CharField(blank=True, choices=[('needed', 'Needed, not yet allotted'), ('allotted', 'Allotted'), ('none', 'No land needed')], max_length=10)),
                        ('land_kind', models.CharField(blank=True, choices=[('state', 'State-owned construction land'), ('collective', 'Collective construction land'), ('farm', 'Farmland to be converted'), ('existing', 'Land already in use')], max_length=12)),
                        ('land_area', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='investments', to='kernel_org.body')),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='plan_investment.investment')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='investments', to='plan.plan')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='investments', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['plan', 'position'],
                        'indexes': [
                            models.Index(fields=['plan', 'position'], name='investment_order'),
                            models.Index(fields=['plan', 'stage'], name='investment_stage'),
                            models.Index(fields=['plan', 'name'], name='investment_name'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'key'), name='investment_once_a_plan'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FundLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(choices=[('central', 'Central budget'), ('provincial', 'Provincial funds'), ('city', 'City funds'), ('bonds', 'Special bonds'), ('loans', 'Bank loans'), ('enterprise', 'Enterprise funds'), ('other', 'Other funds')], max_length=12)),
                        ('planned', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('allotted', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='funds', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('investment', 'source'), name='fund_line_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Element',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('energy', 'Energy quota'), ('power', 'Power supply'), ('water', 'Water supply'), ('emission', 'Emission quota'), ('labour', 'Labour'), ('other', 'Other element')], max_length=12)),
                        ('state', models.CharField(choices=[('needed', 'Needed'), ('secured', 'Secured')], max_length=10)),
                        ('amount', models.CharField(blank=True, max_length=120)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='elements', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('investment', 'kind'), name='element_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Change',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('what', models.CharField(max_length=30)),
                        ('values', models.JSONField()),
                        ('reason', models.CharField(blank=True, max_length=300)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='Approval',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=20)),
                        ('state', models.CharField(choices=[('applied', 'Applied for'), ('granted', 'Granted'), ('not-needed', 'Not needed')], max_length=12)),
                        ('number', models.CharField(blank=True, max_length=100)),
                        ('on', models.DateField(null=True)),
                        ('body', models.CharField(blank=True, max_length=200)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('investment', 'kind'), name='approval_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InvestmentPlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField()),
                        ('version', models.PositiveSmallIntegerField()),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('adopted', 'Issued'), ('replaced', 'Replaced')], max_length=10)),
                        ('number', models.CharField(blank=True, max_length=100)),
                        ('adopted_on', models.DateField(null=True)),
                        ('reason', models.CharField(blank=True, max_length=300)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='investment_plans', to='plan.plan')),
                    ],
                    options={
                        'ordering': ['plan', 'year', 'version'],
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'year', 'version'), name='investment_plan_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PartMoney',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField()),
                        ('period', models.CharField(max_length=7)),
                        ('done', models.DecimalField(decimal_places=4, max_digits=18)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'period'],
                        'constraints': [
                            models.UniqueConstraint(fields=('investment', 'period'), name='part_money_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PlanBudget',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(choices=[('central', 'Central budget'), ('provincial', 'Provincial funds'), ('city', 'City funds'), ('bonds', 'Special bonds'), ('loans', 'Bank loans'), ('enterprise', 'Enterprise funds'), ('other', 'Other funds')], max_length=12)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=18)),
                        ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budgets', to='plan_investment.investmentplan')),
                    ],
                    options={
                        'ordering': ['of', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('of', 'source'), name='budget_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PlanLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(choices=[('central', 'Central budget'), ('provincial', 'Provincial funds'), ('city', 'City funds'), ('bonds', 'Special bonds'), ('loans', 'Bank loans'), ('enterprise', 'Enterprise funds'), ('other', 'Other funds')], max_length=12)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=18)),
                        ('allotted', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='plan_investment.investment')),
                        ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='plan_investment.investmentplan')),
                    ],
                    options={
                        'ordering': ['of', 'id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('of', 'investment', 'source'), name='plan_line_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='StageChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('before', models.CharField(blank=True, max_length=12)),
                        ('stage', models.CharField(choices=[('planned', 'Proposed'), ('preparing', 'In preparation'), ('started', 'Started'), ('building', 'Under construction'), ('completed', 'Completed'), ('operating', 'In operation'), ('paused', 'Paused'), ('ended', 'Ended')], max_length=12)),
                        ('on', models.DateField()),
                        ('reason', models.CharField(blank=True, max_length=300)),
                        ('evidence', models.CharField(blank=True, max_length=300)),
                        ('waived', models.JSONField(default=list)),
                        ('by', models.CharField(max_length=120)),
                        ('at', models.DateTimeField()),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel_files.storedfile')),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='YearMoney',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField()),
                        ('planned', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('done', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                        ('investment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='years', to='plan_investment.investment')),
                    ],
                    options={
                        'ordering': ['investment', 'year'],
                        'indexes': [
                            models.Index(fields=['year', 'investment'], name='year_money_year'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('investment', 'year'), name='year_money_once'),
                        ],
                    },
                ),
            ],
        ),
    ]
