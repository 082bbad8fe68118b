"""Accounts, roles, clients, representation, contacts, and who signs in elsewhere, as 0001 to 0006 left them."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from beichen.kernel.creation import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('kernel_access', '0001_initial'),
        ('kernel_access', '0002_representation'),
        ('kernel_access', '0003_citizens'),
        ('kernel_access', '0005_shipped'),
        ('kernel_access', '0006_openid'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('kernel_org', '0001_initial'),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name='Role',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=100)),
                        ('name_en', models.CharField(blank=True, max_length=100)),
                        ('permissions', models.JSONField(default=list)),
                        ('clearance', models.PositiveSmallIntegerField(choices=[(1, 'L1'), (2, 'L2'), (3, 'L3'), (4, 'L4')], default=1)),
                        ('shipped', models.JSONField(default=list)),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('is_demo', models.BooleanField(default=False)),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('person', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='account', to='kernel_org.person')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'ordering': ['username'],
                        'indexes': [
                            models.Index(django.db.models.functions.text.Lower('username'), name='account_username_low'),
                        ],
                    },
                    managers=[('objects', django.contrib.auth.models.UserManager())],
                ),
                migrations.CreateModel(
                    name='Client',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=100)),
                        ('role', models.CharField(max_length=60)),
                        ('fingerprint', models.CharField(max_length=64, unique=True)),
                        ('is_active', models.BooleanField(default=True)),
                        ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='kernel_org.body')),
                        ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='kernel_org.region')),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
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
                        'indexes': [
                            models.Index(fields=['subject_code', 'id'], name='representation_of_subject'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('representative', 'subject_code', 'kind'), name='representation_once_at_a_time'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AccountContact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('phone', '手机号码'), ('mail', '电子邮箱')], max_length=8)),
                        ('address', models.CharField(max_length=254, unique=True)),
                        ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to=settings.AUTH_USER_MODEL)),
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
                        'indexes': [
                            models.Index(fields=['address', 'created_at'], name='contact_code_of_address'),
                            models.Index(fields=['created_at'], name='contact_code_age'),
                        ],
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
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_checks', to='kernel_org.person')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='SigningKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kid', models.CharField(max_length=64, unique=True)),
                        ('public', models.JSONField()),
                        ('private', models.TextField()),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('until', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ['-id'],
                    },
                ),
                migrations.CreateModel(
                    name='RelyingParty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(max_length=60, unique=True)),
                        ('name', models.CharField(max_length=100)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('purpose', models.CharField(max_length=300)),
                        ('purpose_en', models.CharField(blank=True, max_length=300)),
                        ('is_public', models.BooleanField(default=False)),
                        ('fingerprint', models.CharField(blank=True, max_length=64)),
                        ('redirect_uris', models.JSONField(default=list)),
                        ('logout_uris', models.JSONField(default=list)),
                        ('backchannel_uri', models.CharField(blank=True, max_length=500)),
                        ('scopes', models.JSONField(default=list)),
                        ('needs_two_steps', models.BooleanField(default=False)),
                        ('is_trusted', models.BooleanField(default=False)),
                        ('is_active', models.BooleanField(default=True)),
                        ('is_demo', models.BooleanField(default=False)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relying_parties', to='kernel_org.body')),
                    ],
                    options={
                        'verbose_name_plural': 'relying parties',
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='SignOn',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(max_length=43)),
                        ('session', models.CharField(blank=True, max_length=64)),
                        ('sid', models.CharField(max_length=43, unique=True)),
                        ('scopes', models.JSONField(default=list)),
                        ('acting_for', models.CharField(blank=True, max_length=64)),
                        ('acr', models.CharField(max_length=60)),
                        ('amr', models.JSONField(default=list)),
                        ('auth_time', models.BigIntegerField()),
                        ('nonce', models.CharField(blank=True, max_length=500)),
                        ('code_hash', models.CharField(max_length=64, null=True, unique=True)),
                        ('code_until', models.DateTimeField(null=True)),
                        ('code_used_at', models.DateTimeField(null=True)),
                        ('redirect_uri', models.CharField(blank=True, max_length=2000)),
                        ('challenge', models.CharField(blank=True, max_length=128)),
                        ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('end_reason', models.CharField(blank=True, max_length=20)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ons', to=settings.AUTH_USER_MODEL)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ons', to='kernel_access.relyingparty')),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [
                            models.Index(condition=models.Q(('ended_at', None), models.Q(('session', ''), _negated=True)), fields=['session'], name='signon_session'),
                            models.Index(fields=['account', 'party'], name='signon_person'),
                            models.Index(fields=['began_at'], name='signon_age'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='LogoutNotice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('next_at', models.DateTimeField(default=django.utils.timezone.now, null=True)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('told_at', models.DateTimeField(null=True)),
                        ('failure', models.CharField(blank=True, max_length=200)),
                        ('sign_on', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='logout_notice', to='kernel_access.signon')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='logout_due'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='DeviceRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('device_hash', models.CharField(max_length=64, unique=True)),
                        ('user_code', models.CharField(max_length=8, unique=True)),
                        ('scopes', models.JSONField(default=list)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('until', models.DateTimeField()),
                        ('polled_at', models.DateTimeField(null=True)),
                        ('interval', models.PositiveSmallIntegerField(default=5)),
                        ('refused_at', models.DateTimeField(null=True)),
                        ('used_at', models.DateTimeField(null=True)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='device_requests', to='kernel_access.relyingparty')),
                        ('sign_on', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='device_request', to='kernel_access.signon')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['until'], name='device_until'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Token',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hash', models.CharField(max_length=64, unique=True)),
                        ('kind', models.CharField(choices=[('access', 'access'), ('refresh', 'refresh')], max_length=8)),
                        ('scopes', models.JSONField(default=list)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('until', models.DateTimeField()),
                        ('used_at', models.DateTimeField(null=True)),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='kernel_access.client')),
                        ('sign_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='kernel_access.signon')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['until'], name='token_until'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='UpstreamIdentity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('issuer', models.CharField(max_length=300)),
                        ('subject', models.CharField(max_length=255)),
                        ('linked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name_plural': 'upstream identities',
                        'ordering': ['id'],
                        'constraints': [
                            models.UniqueConstraint(fields=('issuer', 'subject'), name='identity_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Pseudonym',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=80)),
                        ('subject', models.CharField(max_length=43, unique=True)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pseudonyms', to='kernel_access.relyingparty')),
                    ],
                    options={
                        'ordering': ['id'],
                        'indexes': [
                            models.Index(fields=['code'], name='pseudonym_code'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('party', 'code'), name='pseudonym_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('scopes', models.JSONField(default=list)),
                        ('left_out', models.JSONField(default=list)),
                        ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('withdrawn_at', models.DateTimeField(null=True)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL)),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='kernel_access.relyingparty')),
                    ],
                    options={
                        'ordering': ['-given_at'],
                        'constraints': [
                            models.UniqueConstraint(fields=('party', 'account'), name='consent_once'),
                        ],
                    },
                ),
            ],
        ),
    ]
