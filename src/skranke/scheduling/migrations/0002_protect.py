from django.db import migrations

from skranke.tenancy.operations import protect


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        protect("scheduling_schedule"),
        protect("scheduling_appointmenttype"),
        protect("scheduling_weektemplate"),
        protect("scheduling_templateslot"),
        protect("scheduling_plannedweek"),
        protect("scheduling_slot"),
        protect("scheduling_appointment"),
        protect("scheduling_occupancy"),
        protect("scheduling_calendarevent"),
        protect("scheduling_appointmentevent"),
    ]
