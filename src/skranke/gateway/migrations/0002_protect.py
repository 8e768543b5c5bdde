from django.db import migrations

from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_initial")]

    operations = [
        protect("gateway_receivedmessage"),
        protect("gateway_deliverytry"),
    ]
