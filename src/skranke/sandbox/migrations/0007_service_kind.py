from django.db import migrations, models

# Until now every service stood in the register as a list without a GP.
_AS_IT_WAS = "UPDATE sandbox_party SET service_kind = 'KX17' WHERE kind = 'service'"


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0006_log_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="service_kind",
            field=models.CharField(blank=True, choices=[("KX17", "KX17"), ("06", "06")], default="", max_length=10),
            preserve_default=False,
        ),
        migrations.RunSQL(_AS_IT_WAS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "gp"), ("service_kind", ""))
                | models.Q(("kind", "service"), models.Q(("service_kind", ""), _negated=True)),
                name="party_service_has_a_kind",
            ),
        ),
    ]
