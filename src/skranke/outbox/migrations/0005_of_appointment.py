from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_sent_again")]

    operations = [
        migrations.AddIndex(
            model_name="outboxitem",
            index=models.Index(
                condition=models.Q(("stream__startswith", "appointment:")),
                fields=["clinic_id", "stream", "sequence"],
                name="outbox_of_appointment",
            ),
        ),
    ]
