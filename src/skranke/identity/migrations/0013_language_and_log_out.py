from django.db import migrations, models

from skranke.tenancy.operations import WEB_ROLE, grant

# Until now every account had it, chosen by nobody.
_NOT_CHOSEN = "UPDATE identity_account SET language = '' WHERE language = 'nb'"


class Migration(migrations.Migration):
    dependencies = [("identity", "0012_old_sessions")]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="language",
            field=models.CharField(blank=True, default="", max_length=5),
        ),
        migrations.RunSQL(_NOT_CHOSEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["", "nb", "nn", "en"])), name="account_language_is_one"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="id_token",
            field=models.TextField(blank=True, default=""),
        ),
        grant("identity_session", rights="UPDATE (id_token)", role=WEB_ROLE),
    ]
