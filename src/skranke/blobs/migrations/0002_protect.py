from django.db import migrations

from skranke.tenancy.operations import KEEP_OR_DROP, protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [("blobs", "0001_initial")]

    operations = [
        protect("blobs_blob", rights=KEEP_OR_DROP),
        protect("blobs_blobpart", rights=KEEP_OR_DROP),
        referable("blobs_blob"),
        same_clinic("blobs_blobpart", "blob_id", "blobs_blob"),
    ]
