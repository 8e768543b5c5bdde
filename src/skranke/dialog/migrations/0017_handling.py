"""How a thread is treated: private, a task, an answer demanded (MSG-11 to MSG-16)."""

import django.db.models.deletion
from django.db import migrations, models

from skranke.tenancy.operations import same_clinic


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0012_opening_hours"),
        ("dialog", "0016_words_kept"),
        ("patients", "0011_represented"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="personal",
            # Of those so far nobody can tell who was given it by name: none of them may leave.
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(model_name="participant", name="personal", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="thread",
            name="is_task",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="thread",
            name="private",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="thread",
            name="reply_due",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="task_done_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="task_due",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="task_employee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinics.employee"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="task_text",
            field=models.TextField(blank=True),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("is_task", True), ("task_done_at", None)),
                fields=["clinic_id", "task_employee"],
                name="thread_tasks",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_task", True),
                    models.Q(("task_done_at", None), ("task_due", None), ("task_employee", None), ("task_text", "")),
                    _connector="OR",
                ),
                name="thread_task_or_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_task", False), ("task_employee__isnull", False), ("patient__isnull", False), _connector="OR"
                ),
                name="thread_task_is_somebodys",
            ),
        ),
        same_clinic("dialog_thread", "task_employee_id", "clinics_employee"),
    ]
