from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0008_log_out")]

    operations = [migrations.AddField(model_name="message", name="archived_at", field=models.DateTimeField(null=True))]
