"""Contact data, the important note, relations, and each employee's arrangement of the card."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0007_all_clinics"),
        ("patients", "0004_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardLayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("basis", "Basis"),
                                ("post", "Post"),
                                ("appointments", "Timebok"),
                                ("journal", "Journal"),
                                ("relations", "Relasjon"),
                                ("consents", "Samtykkeliste"),
                                ("reservation", "Reservasjon"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "hidden",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("basis", "Basis"),
                                ("post", "Post"),
                                ("appointments", "Timebok"),
                                ("journal", "Journal"),
                                ("relations", "Relasjon"),
                                ("consents", "Samtykkeliste"),
                                ("reservation", "Reservasjon"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("national_id", models.CharField(max_length=11)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mother", "Mor"),
                            ("father", "Far"),
                            ("foster_parent", "Fosterforelder"),
                            ("guardian", "Verge"),
                            ("spouse", "Ektefelle eller samboer"),
                            ("child", "Barn"),
                            ("sibling", "Søsken"),
                            ("other", "Annen"),
                        ],
                        max_length=20,
                    ),
                ),
                ("access", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("created_by_name", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, default="", max_length=200)),
                ("revoked", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="patient",
            name="address_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="address_line",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="patient",
            name="address_source",
            field=models.CharField(
                blank=True,
                choices=[("patient", "Pasienten"), ("relative", "Pårørende"), ("document", "Et dokument")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="city",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="patient",
            name="confidentiality",
            field=models.CharField(
                blank=True,
                choices=[("", "Ikke sperret"), ("6", "Strengt fortrolig (kode 6)"), ("7", "Fortrolig (kode 7)")],
                default="",
                max_length=1,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="note",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="patient",
            name="note_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="note_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="patient",
            name="postal_code",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="patient",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidentiality", ""),
                    models.Q(("address_line", ""), ("address_source", ""), ("city", ""), ("postal_code", "")),
                    _connector="OR",
                ),
                name="patient_confidential_has_no_address",
            ),
        ),
        migrations.AddField(
            model_name="cardlayout",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinics.employee"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="relations", to="patients.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardlayout",
            constraint=models.UniqueConstraint(fields=("employee",), name="card_layout_once"),
        ),
        migrations.AddIndex(
            model_name="relation",
            index=models.Index(fields=["clinic_id", "national_id"], name="relation_relative"),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("patient", "national_id"), name="relation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("national_id__regex", "^[0-9]{11}$")), name="relation_national_id_is_complete"
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", True), ("access", False), _connector="OR"),
                name="relation_ended_gives_no_access",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked", False), ("ended_at__isnull", False), _connector="OR"),
                name="relation_revoked_is_ended",
            ),
        ),
        protect("patients_cardlayout"),
        protect("patients_relation"),
        same_clinic("patients_cardlayout", "employee_id", "clinics_employee"),
        same_clinic("patients_relation", "patient_id", "patients_patient"),
    ]
