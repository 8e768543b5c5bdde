from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blobs", "0002_protect")]

    operations = [
        migrations.RemoveConstraint(model_name="blob", name="blob_content_once"),
        migrations.AddField(model_name="blob", name="stored_by_patient", field=models.UUIDField(null=True)),
        migrations.AddConstraint(
            model_name="blob",
            constraint=models.UniqueConstraint(
                condition=models.Q(stored_by_patient=None),
                fields=("clinic_id", "sha256", "media_type"),
                name="blob_content_once",
            ),
        ),
    ]
