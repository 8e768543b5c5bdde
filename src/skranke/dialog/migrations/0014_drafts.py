"""Whatever is written and not sent is kept, also answers (MSG-20)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
from skranke.tenancy.operations import same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0012_opening_hours"),
        ("dialog", "0013_internal"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="keptdraft",
            name="kept_draft_of",
        ),
        migrations.RemoveIndex(
            model_name="keptdraft",
            name="kept_draft_waits",
        ),
        migrations.AddField(
            model_name="keptdraft",
            name="asked",
            # Those kept so far wait for HelseNorge (PAT-10).
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(model_name="keptdraft", name="asked", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="keptdraft",
            name="changed_at",
            field=models.DateTimeField(default=skranke.kernel.clock.now),
        ),
        migrations.AddField(
            model_name="keptdraft",
            name="outcome",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name="keptdraft",
            name="thread",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="dialog.thread"
            ),
        ),
        migrations.AddField(
            model_name="keptdraft",
            name="to",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="keptdraft",
            name="to_patient",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="keptdraft",
            name="patient",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="patients.patient"
            ),
        ),
        migrations.AddIndex(
            model_name="keptdraft",
            index=models.Index(fields=["clinic_id", "employee", "-changed_at"], name="kept_draft_of"),
        ),
        migrations.AddIndex(
            model_name="keptdraft",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("asked", True)),
                fields=["clinic_id", "patient"],
                name="kept_draft_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptdraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("thread__isnull", False)),
                fields=("employee", "thread"),
                name="kept_draft_one_a_thread",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked", False), ("patient__isnull", False), _connector="OR"),
                name="kept_draft_asks_of_one",
            ),
        ),
        same_clinic("dialog_keptdraft", "thread_id", "dialog_thread"),
    ]
