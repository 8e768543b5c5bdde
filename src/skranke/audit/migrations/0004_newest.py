from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain")]

    operations = [
        migrations.RemoveIndex(model_name="auditevent", name="audit_at"),
        migrations.AddIndex(
            model_name="auditevent", index=models.Index(fields=["clinic_id", "-at", "-id"], name="audit_newest")
        ),
    ]
