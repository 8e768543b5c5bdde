from django.db import migrations

from skranke.tenancy.operations import definer_function, protect, referable, same_clinic


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]

    operations = [
        protect("clinics_clinic", column="id"),
        protect("clinics_employee"),
        protect("clinics_communicationparty"),
        protect("clinics_communicationprofile"),
        protect("clinics_counterpart"),
        definer_function("clinic_of_slug(wanted text)", "uuid", "SELECT id FROM clinics_clinic WHERE slug = wanted"),
        definer_function(
            "positions_of_account(account uuid)",
            "TABLE (clinic_id uuid, employee_id uuid)",
            "SELECT clinic_id, id FROM clinics_employee WHERE account_id = account AND active",
        ),
        definer_function(
            "clinic_of_her_id(wanted text)",
            "uuid",
            "SELECT clinic_id FROM clinics_communicationparty WHERE her_id = wanted AND active "
            "UNION SELECT id FROM clinics_clinic WHERE her_id = wanted LIMIT 1",
        ),
        definer_function(
            "clinics_on_the_bus()",
            "SETOF uuid",
            "SELECT clinic_id FROM clinics_communicationprofile WHERE active",
        ),
        referable("clinics_employee"),
        referable("clinics_communicationparty"),
        same_clinic("clinics_communicationparty", "employee_id", "clinics_employee"),
    ]
