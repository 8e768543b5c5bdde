from typing import Any

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.kernel.ids import new_id
from skranke.tenancy.operations import definer_function, protect, referable, same_clinic

RECEPTION = "reception"
# What each kind of position does until an administrator says otherwise; frozen as it was when this ran.
FUNCTIONS = {
    "gp": ["messages", "prescriptions"],
    "substitute": ["messages", "prescriptions"],
    "intern": ["messages", "prescriptions"],
    "nurse": ["laboratory", "telephone"],
    "secretary": [RECEPTION, "telephone", "messages"],
    "lab": ["laboratory"],
}


def organise(apps: Any, _editor: Any) -> None:
    clinics, departments, roles, employees, groups = (
        apps.get_model("clinics", name) for name in ("Clinic", "Department", "Role", "Employee", "Group")
    )
    for clinic in clinics.objects.all():
        department = departments.objects.create(id=new_id(), clinic_id=clinic.id, name=clinic.name[:100])
        groups.objects.create(id=new_id(), clinic_id=clinic.id, name="Resepsjon", kind="dynamic", functions=[RECEPTION])
        everybody = employees.objects.filter(clinic_id=clinic.id)
        for kind in sorted(set(everybody.values_list("role", flat=True))):
            role = roles.objects.create(
                id=new_id(),
                clinic_id=clinic.id,
                department=department,
                position_type=kind,
                functions=FUNCTIONS[kind],
            )
            everybody.filter(role=kind).update(department=department, held_role=role, functions=FUNCTIONS[kind])


class Migration(migrations.Migration):
    dependencies = [("clinics", "0009_organisation")]

    operations = [
        *(
            protect(f"clinics_{table}")
            for table in (
                "department",
                "role",
                "group",
                "grouprole",
                "groupmember",
                "signedout",
                "servicerecipient",
                "alert",
            )
        ),
        *(referable(f"clinics_{table}") for table in ("department", "role", "group")),
        *(
            same_clinic(f"clinics_{table}", f"{column}_id", f"clinics_{target}")
            for table, column, target in (
                ("role", "department", "department"),
                ("employee", "department", "department"),
                ("group", "department", "department"),
                ("grouprole", "group", "group"),
                ("grouprole", "role", "role"),
                ("groupmember", "group", "group"),
                ("groupmember", "employee", "employee"),
                ("signedout", "group", "group"),
                ("signedout", "employee", "employee"),
                ("servicerecipient", "party", "communicationparty"),
                ("servicerecipient", "employee", "employee"),
                ("servicerecipient", "group", "group"),
                ("servicerecipient", "role", "role"),
                ("alert", "seen_by", "employee"),
            )
        ),
        RunSQL(
            sql=[
                "ALTER TABLE clinics_role ADD CONSTRAINT clinics_role_of_type UNIQUE (clinic_id, id, position_type)",
                # An employee's position type is that of the role held, at the employee's own clinic.
                (
                    "ALTER TABLE clinics_employee ADD CONSTRAINT clinics_employee_held_role_same_type "
                    "FOREIGN KEY (clinic_id, held_role_id, role) "
                    "REFERENCES clinics_role (clinic_id, id, position_type) DEFERRABLE INITIALLY DEFERRED"
                ),
            ],
            reverse_sql=[
                "ALTER TABLE clinics_employee DROP CONSTRAINT clinics_employee_held_role_same_type",
                "ALTER TABLE clinics_role DROP CONSTRAINT clinics_role_of_type",
            ],
        ),
        definer_function(
            "workplaces_of(person uuid)",
            "TABLE (slug varchar, name varchar)",
            "SELECT clinic.slug, clinic.name FROM clinics_employee me "
            "JOIN clinics_employee other ON other.account_id = me.account_id AND other.active "
            "JOIN clinics_clinic clinic ON clinic.id = other.clinic_id "
            "WHERE me.id = person AND me.active AND me.clinic_id = "
            "NULLIF(current_setting('skranke.clinic', true), '')::uuid ORDER BY clinic.name, clinic.slug",
        ),
        migrations.RunPython(organise, migrations.RunPython.noop),
    ]
