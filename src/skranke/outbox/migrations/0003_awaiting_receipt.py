from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_protect")]

    operations = [
        migrations.AddIndex(
            model_name="outboxitem",
            index=models.Index(
                fields=["clinic_id", "sent_at"],
                name="outbox_awaiting_receipt",
                condition=Q(state="sent") & ~Q(intent__in=["apprec", "error_report"]),
            ),
        ),
    ]
