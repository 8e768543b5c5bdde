from django.db import migrations

from skranke.tenancy.operations import APPEND_ONLY, protect


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        protect("audit_auditevent", rights=APPEND_ONLY),
    ]
