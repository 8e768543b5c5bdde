"""Drafts of invoice cards, their lines, and the codes that come by themselves."""

import django.db.models.deletion
from django.db import migrations, models

import skranke.kernel.clock
import skranke.kernel.ids
from skranke.tenancy.operations import protect, referable, same_clinic


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("dialog", "0035_undo"),
        ("patients", "0014_exemption"),
        ("scheduling", "0010_automatic_dialog"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("patient", "Pasienten"),
                            ("appointment", "Time"),
                            ("e_consultation", "eKonsultasjon"),
                            ("no_show", "Ikke møtt"),
                            ("late_cancel", "Avbestilt for sent"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Utkast"), ("ready", "Klart"), ("discarded", "Forkastet")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                (
                    "free",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Betaler egenandel"),
                            ("under_age", "Under 16 år"),
                            ("exemption_card", "Frikort"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("tariff", models.DateField()),
                ("created_at", models.DateTimeField(default=skranke.kernel.clock.now)),
                ("created_by_name", models.CharField(max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "appointment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_cards",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoice_cards", to="patients.patient"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dialog.thread"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("code", models.CharField(max_length=10)),
                ("text", models.CharField(max_length=200)),
                ("fee", models.DecimalField(decimal_places=2, max_digits=8)),
                ("user_fee", models.DecimalField(decimal_places=2, max_digits=8)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.invoicecard"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PriceCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=skranke.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clinic_id", models.UUIDField(editable=False)),
                ("code", models.CharField(max_length=10)),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.schedule"
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scheduling.appointmenttype"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="invoicecard",
            index=models.Index(fields=["clinic_id", "patient", "starts"], name="invoice_card_patient"),
        ),
        migrations.AddConstraint(
            model_name="invoicecard",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="invoice_card_takes_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "discarded"), _negated=True),
                fields=("appointment",),
                name="invoice_card_once_an_appointment",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(fields=("card", "code"), name="invoice_line_once"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", models.F("user_fee")), ("user_fee__gte", 0)),
                name="invoice_line_fee_covers_the_users",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricecode",
            constraint=models.UniqueConstraint(fields=("schedule", "type", "code"), name="price_code_once"),
        ),
        referable("billing_invoicecard"),
        *(referable(f"scheduling_{table}") for table in ("appointment", "appointmenttype", "schedule")),
        *(protect(f"billing_{table}") for table in ("invoicecard", "invoiceline", "pricecode")),
        same_clinic("billing_invoicecard", "patient_id", "patients_patient"),
        same_clinic("billing_invoicecard", "appointment_id", "scheduling_appointment"),
        same_clinic("billing_invoicecard", "thread_id", "dialog_thread"),
        same_clinic("billing_invoiceline", "card_id", "billing_invoicecard"),
        same_clinic("billing_pricecode", "schedule_id", "scheduling_schedule"),
        same_clinic("billing_pricecode", "type_id", "scheduling_appointmenttype"),
    ]
