from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_awaiting_receipt")]

    operations = [
        migrations.AddField(model_name="outboxitem", name="earlier_message_ids", field=models.JSONField(default=list)),
    ]
