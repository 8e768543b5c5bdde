"""Which columns each employee has chosen for the lists of Post (MSG-6)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic

_COLUMNS = [
    ("participants", "Deltakere, og hvem som har lest"),
    ("responsible", "Ansvarlig"),
    ("author", "Hvem som skrev sist"),
    ("important", "Viktig"),
    ("task", "Oppgave"),
    ("reply_due", "Svar krevd innen"),
    ("read", "Om klinikken har lest den"),
    ("attachments", "Vedlegg"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0015_limits"),
        ("dialog", "0025_issued_prescription"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListLayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=_COLUMNS, max_length=20), default=list, size=None
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("employee",), name="list_layout_once")],
            },
        ),
        protect("dialog_listlayout"),
        same_clinic("dialog_listlayout", "employee_id", "clinics_employee"),
    ]
