from django.db import migrations

from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("web_api", "0001_initial")]

    operations = [protect("web_api_idempotentwrite")]
