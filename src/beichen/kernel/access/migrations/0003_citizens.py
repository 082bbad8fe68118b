"""Confirmed addresses, codes on their way, checks of identities; an index for signing in. Reversible."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('kernel_access', '0002_representation'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('phone', '手机号码'), ('mail', '电子邮箱')], max_length=8)),
                ('address', models.CharField(max_length=254, unique=True)),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ContactCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(max_length=43, unique=True)),
                ('kind', models.CharField(choices=[('phone', '手机号码'), ('mail', '电子邮箱')], max_length=8)),
                ('address', models.CharField(max_length=254)),
                ('digest', models.CharField(max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('self-stated', '自报身份'), ('window', '窗口核验'), ('upstream', '统一身份认证')], max_length=12)),
                ('evidence', models.CharField(max_length=200)),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked_by', models.CharField(max_length=100)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(django.db.models.functions.text.Lower('username'), name='account_username_low'),
        ),
        migrations.AddField(
            model_name='accountcontact',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='contactcode',
            index=models.Index(fields=['address', 'created_at'], name='contact_code_of_address'),
        ),
        migrations.AddIndex(
            model_name='contactcode',
            index=models.Index(fields=['created_at'], name='contact_code_age'),
        ),
        migrations.AddField(
            model_name='identitycheck',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_checks', to='kernel_org.person'),
        ),
    ]
