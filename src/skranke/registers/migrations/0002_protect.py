from django.db import migrations

from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [
        protect("registers_addressentry"),
    ]
