"""Who acts for whom; reversible."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel_access', '0001_initial'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Representation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_code', models.CharField(max_length=64)),
                ('subject_name', models.CharField(max_length=200)),
                ('subject_kind', models.CharField(choices=[('person', '自然人'), ('firm', '法人')], max_length=8)),
                ('kind', models.CharField(choices=[('legal', '法定代表人'), ('staff', '经办人'), ('agent', '代理人'), ('parent', '监护人')], max_length=8)),
                ('affairs', models.JSONField(default=list)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(null=True)),
                ('evidence', models.CharField(blank=True, max_length=200)),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('granted_by', models.CharField(max_length=100)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_by', models.CharField(blank=True, max_length=100)),
                ('representative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='representations', to='kernel_org.person')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['subject_code', 'id'], name='representation_of_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('representative', 'subject_code', 'kind'), name='representation_once_at_a_time')],
            },
        ),
    ]
