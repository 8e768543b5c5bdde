from django.db import migrations, models

from skranke.tenancy.operations import definer_function, grant


class Migration(migrations.Migration):
    initial = True

    dependencies = [("clinics", "0002_protect")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=60)),
                ("on_behalf_of", models.UUIDField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "on_behalf_of"), name="job_run_once", nulls_distinct=False)
                ],
            },
        ),
        grant("worker_jobrun", rights="SELECT, INSERT, UPDATE", role="skranke_worker"),
        definer_function("every_clinic()", "SETOF uuid", "SELECT id FROM clinics_clinic"),
    ]
