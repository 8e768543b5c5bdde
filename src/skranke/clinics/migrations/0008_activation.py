from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import skranke.clinics.models
import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, same_clinic


def go_on(apps: Any, _editor: Any) -> None:
    """A clinic that exchanged messages before this goes on doing so, with the parties that offered something."""
    clinics, profiles = apps.get_model("clinics", "Clinic"), apps.get_model("clinics", "CommunicationProfile")
    connected = list(profiles.objects.filter(active=True).values_list("clinic_id", flat=True))
    for clinic in clinics.objects.filter(id__in=connected):
        clinic.nhn_member = True
        clinic.ordered_on = clinic.created_at.date()
        clinic.live_since = clinic.created_at
        clinic.save(update_fields=["nhn_member", "ordered_on", "live_since"])
        parties = apps.get_model("clinics", "CommunicationParty").objects.filter(clinic_id=clinic.id, active=True)
        parties.exclude(services=[]).update(live_since=clinic.created_at)


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0007_all_clinics"),
    ]

    operations = [
        migrations.CreateModel(
            name="OnboardingAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("who_handles", "Who Handles"),
                            ("how_often", "How Often"),
                            ("planned_absence", "Planned Absence"),
                            ("sudden_absence", "Sudden Absence"),
                            ("open_slots", "Open Slots"),
                            ("renewals", "Renewals"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
                ("author_name", models.CharField(max_length=200)),
                ("answered_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name="clinic",
            name="activation_version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="clinic",
            name="gp_agreement",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="clinic",
            name="live_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clinic",
            name="nhn_member",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="clinic",
            name="offers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("e_contact", "E Contact"),
                        ("e_consultation", "E Consultation"),
                        ("prescription_renewal", "Prescription Renewal"),
                        ("booking", "Booking"),
                        ("appointment_wish", "Appointment Wish"),
                        ("appointment_cancellation", "Appointment Cancellation"),
                    ],
                    max_length=30,
                ),
                default=skranke.clinics.models.everything,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="ordered_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="communicationparty",
            name="live_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="communicationparty",
            name="services_read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="clinic",
            name="her_id",
            field=models.CharField(max_length=10, null=True, unique=True),
        ),
        migrations.RunPython(go_on, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("live_since", None),
                    models.Q(
                        ("gp_agreement", True),
                        ("her_id__isnull", False),
                        ("nhn_member", True),
                        ("ordered_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="clinic_live_is_ready",
            ),
        ),
        migrations.AddField(
            model_name="onboardinganswer",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
            ),
        ),
        migrations.AddConstraint(
            model_name="onboardinganswer",
            constraint=models.UniqueConstraint(fields=("clinic_id", "question"), name="onboarding_one_answer"),
        ),
        migrations.AddConstraint(
            model_name="onboardinganswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="onboarding_answer_says_something"
            ),
        ),
        protect("clinics_onboardinganswer"),
        same_clinic("clinics_onboardinganswer", "employee_id", "clinics_employee"),
    ]
