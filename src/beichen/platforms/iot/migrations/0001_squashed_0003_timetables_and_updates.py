"""Devices, what they measure and do, rules, timetables and updates, as 0001 to 0003 left them."""

import beichen.kernel.org.models
import django.db.models.deletion
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('platforms_iot', '0001_devices'),
        ('platforms_iot', '0002_what_rules_raised'),
        ('platforms_iot', '0003_timetables_and_updates'),
    ]

    initial = True

    dependencies = [
        ('kernel_org', '0001_initial'),
        ('registry', '0001_squashed_0005_living_twin'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='DeviceGroup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=100)),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Fleet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stamp', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Intake',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stream', models.CharField(max_length=40, unique=True)),
                        ('position', models.BigIntegerField(default=0)),
                        ('heard_at', models.BigIntegerField(default=0)),
                        ('trouble', models.CharField(blank=True, max_length=200)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Batch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stream', models.CharField(max_length=40)),
                        ('first', models.BigIntegerField()),
                        ('last', models.BigIntegerField()),
                        ('mark', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16)),
                    ],
                    options={
                        'ordering': ['first'],
                        'constraints': [
                            models.UniqueConstraint(fields=('stream', 'first'), name='iot_batch_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Device',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=64, unique=True)),
                        ('name', models.CharField(blank=True, max_length=200)),
                        ('level', models.PositiveSmallIntegerField(default=2)),
                        ('state', models.CharField(choices=[('registered', '已登记'), ('active', '在用'), ('disabled', '停用'), ('lost', '遗失')], default='registered', max_length=12)),
                        ('every', models.PositiveIntegerField(default=0)),
                        ('rate', models.PositiveIntegerField(default=0)),
                        ('firmware', models.CharField(blank=True, max_length=100)),
                        ('config_version', models.CharField(blank=True, max_length=100)),
                        ('attributes', models.JSONField(default=dict)),
                        ('is_online', models.BooleanField(default=False)),
                        ('last_seen_at', models.DateTimeField(null=True)),
                        ('last_seq', models.BigIntegerField(null=True)),
                        ('silent_at', models.DateTimeField(null=True)),
                        ('claim_digest', models.CharField(blank=True, max_length=64)),
                        ('registered_at', models.DateTimeField()),
                        ('is_demo', models.BooleanField(default=False)),
                        ('stamp', models.BigIntegerField(default=0)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='kernel_org.region')),
                        ('thing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='registry.object')),
                        ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='platforms_iot.devicegroup')),
                    ],
                    options={
                        'ordering': ['code'],
                        'indexes': [
                            models.Index(fields=['state', 'code'], name='device_state'),
                            models.Index(fields=['name'], name='device_name'),
                            models.Index(fields=['last_seen_at'], name='device_seen'),
                            models.Index(condition=models.Q(('is_online', True)), fields=['silent_at'], name='device_silent'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Credential',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('token', '令牌'), ('password', '口令'), ('certificate', '证书')], max_length=12)),
                        ('digest', models.CharField(max_length=200)),
                        ('hint', models.CharField(blank=True, max_length=20)),
                        ('created_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='platforms_iot.device')),
                    ],
                    options={
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='Rule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=130, unique=True)),
                        ('scene', models.CharField(max_length=60)),
                        ('name', models.CharField(blank=True, max_length=2000)),
                        ('name_en', models.CharField(blank=True, max_length=2000)),
                        ('type', models.CharField(max_length=60)),
                        ('measure', models.CharField(max_length=60)),
                        ('raises', models.CharField(max_length=120)),
                        ('declared', models.JSONField(default=dict)),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('revision', models.PositiveIntegerField(default=1)),
                        ('is_current', models.BooleanField(default=True)),
                        ('is_on', models.BooleanField(default=True)),
                        ('reason', models.CharField(blank=True, max_length=300)),
                        ('trouble', models.CharField(blank=True, max_length=300)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['key'],
                        'indexes': [
                            models.Index(fields=['scene', 'key'], name='iot_rule_scene'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Firing',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField()),
                        ('level', models.PositiveSmallIntegerField(default=1)),
                        ('since', models.DateTimeField()),
                        ('fired_at', models.DateTimeField()),
                        ('cleared_at', models.DateTimeField(null=True)),
                        ('values', models.JSONField(default=dict)),
                        ('event', models.CharField(max_length=120)),
                        ('thing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='firings', to='registry.object')),
                        ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='firings', to='platforms_iot.rule')),
                        ('is_demo', models.BooleanField(default=False)),
                    ],
                    options={
                        'ordering': ['-fired_at', '-id'],
                        'indexes': [
                            models.Index(fields=['rule', '-fired_at'], name='iot_firing_rule'),
                            models.Index(condition=models.Q(('cleared_at__isnull', True)), fields=['rule', 'thing'], name='iot_firing_open'),
                            models.Index(fields=['cleared_at'], name='iot_firing_over'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='RuleState',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('since', models.DateTimeField(null=True)),
                        ('fired_at', models.DateTimeField(null=True)),
                        ('at', models.DateTimeField()),
                        ('values', models.JSONField(default=dict)),
                        ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='states', to='platforms_iot.rule')),
                        ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rule_states', to='registry.object')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(condition=models.Q(('since__isnull', False)), fields=['rule', 'id'], name='iot_rule_state_held'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('rule', 'thing'), name='iot_rule_state_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('device', models.CharField(blank=True, max_length=64)),
                        ('day', models.DateField()),
                        ('treatment', models.CharField(choices=[('accepted', '已接收'), ('late', '迟到'), ('out-of-order', '乱序'), ('skewed', '时钟偏差'), ('duplicate', '重复'), ('out-of-range', '超出量程'), ('wrong-type', '类型不符'), ('unknown-measure', '未知测项'), ('unknown-device', '未知设备'), ('not-speaking', '设备停用'), ('wrong-time', '时间有误'), ('too-fast', '超过频率'), ('malformed', '无法解析')], max_length=16)),
                        ('number', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['-day', 'device', 'treatment'],
                        'indexes': [
                            models.Index(fields=['day', 'treatment'], name='iot_tally_day'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('device', 'day', 'treatment'), name='iot_tally_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Command',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('name', models.CharField(max_length=60)),
                        ('parameters', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('waiting', '等待发送'), ('sent', '已发送'), ('done', '已执行'), ('failed', '执行失败'), ('timed-out', '超时')], default='waiting', max_length=12)),
                        ('sender', models.CharField(max_length=120)),
                        ('created_at', models.DateTimeField()),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('due_at', models.DateTimeField()),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('answer', models.JSONField(null=True)),
                        ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commands', to='platforms_iot.device')),
                        ('update', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commands', to='platforms_iot.update')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['device', '-id'], name='command_device'),
                            models.Index(condition=models.Q(('state__in', ('waiting', 'sent'))), fields=['due_at'], name='command_due'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Channel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100)),
                        ('measure', models.CharField(max_length=100)),
                        ('factor', models.FloatField(default=1.0)),
                        ('offset', models.FloatField(default=0.0)),
                        ('thing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='registry.object')),
                        ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='platforms_iot.device')),
                    ],
                    options={
                        'ordering': ['device', 'name'],
                        'constraints': [
                            models.UniqueConstraint(fields=('device', 'name'), name='device_channel_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Timetable',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=130, unique=True)),
                        ('scene', models.CharField(max_length=60)),
                        ('name', models.CharField(blank=True, max_length=2000)),
                        ('name_en', models.CharField(blank=True, max_length=2000)),
                        ('type', models.CharField(max_length=60)),
                        ('entries', models.JSONField(default=list)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('is_current', models.BooleanField(default=True)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['key'],
                        'indexes': [
                            models.Index(fields=['scene', 'key'], name='iot_timetable_scene'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Update',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(default=beichen.kernel.org.models.random_code, max_length=16, unique=True)),
                        ('version', models.CharField(max_length=100)),
                        ('url', models.CharField(max_length=500)),
                        ('sha256', models.CharField(max_length=64)),
                        ('offered_by', models.CharField(max_length=120)),
                        ('offered_at', models.DateTimeField()),
                        ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='platforms_iot.devicegroup')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(fields=['group', '-id'], name='iot_update_group'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Following',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entries', models.JSONField(null=True)),
                        ('is_on', models.BooleanField(default=True)),
                        ('place', models.JSONField(default=list)),
                        ('next_at', models.DateTimeField(null=True)),
                        ('told_at', models.DateTimeField(null=True)),
                        ('outcome', models.JSONField(default=dict)),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by', models.CharField(max_length=120)),
                        ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='following', to='platforms_iot.devicegroup')),
                        ('timetable', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followings', to='platforms_iot.timetable')),
                    ],
                    options={
                        'ordering': ['group'],
                        'indexes': [
                            models.Index(condition=models.Q(('is_on', True)), fields=['next_at'], name='iot_following_due'),
                        ],
                    },
                ),
            ],
        ),
    ]
