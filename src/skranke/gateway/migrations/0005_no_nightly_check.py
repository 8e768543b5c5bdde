from django.db import migrations


class Migration(migrations.Migration):
    """The worker's own rows say when the clinic last asked about its lists."""

    dependencies = [("gateway", "0004_sync_question")]

    operations = [
        migrations.DeleteModel(name="NightlyCheck"),
    ]
