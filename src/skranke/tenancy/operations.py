"""Migration operations that give a table its rights and its row-level security.

The tables belong to `skranke_owner`, whom nobody logs in as. The programs log in as members of `skranke_app`, own
nothing, and see a tenant's row only while the unit of work names its clinic.
"""

from django.db.migrations.operations import RunSQL

APP_ROLE = "skranke_app"
WEB_ROLE = "skranke_web"
WORKER_ROLE = "skranke_worker"
PATIENT_ROLE = "skranke_patient"
# The sub-select is computed once a statement; without it PostgreSQL reads the setting anew for every row.
_CLINIC = "(SELECT NULLIF(current_setting('skranke.clinic', true), '')::uuid)"
ME = "(SELECT NULLIF(current_setting('skranke.person', true), '')::uuid)"
"""The patient who acts, in what `patient_may` is told."""
ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"
KEEP_OR_DROP = "SELECT, INSERT, DELETE"


def protect(table: str, *, rights: str = ALL, column: str = "clinic_id", role: str = APP_ROLE) -> RunSQL:
    """Grant `rights` on a tenant's table and let only rows of the unit of work's clinic be seen or written.

    role: to one program alone.
    """
    return RunSQL(
        sql=[
            f"GRANT {rights} ON {table} TO {role}",
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({column} = {_CLINIC}) WITH CHECK ({column} = {_CLINIC})",
        ],
        reverse_sql=[
            f"DROP POLICY tenant ON {table}",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f"REVOKE {rights} ON {table} FROM {role}",
        ],
    )


def patient_may(table: str, right: str, where: str, *, columns: str = "", name: str = "") -> RunSQL:
    """Let a patient's unit of work use one right (SELECT, INSERT, UPDATE, DELETE) to those rows of a table.

    Without this line a patient has no right to a table at all. where: which rows; it may speak of `ME`, and of rows of
    another table by a sub-select, which itself finds only what the patient may see there. It stands beside the rule
    that keeps clinics apart, and only for this role: what staff ask is planned as if it were not there.
    columns: the right is to these alone. name: of the policy, for a second one of the same right: both must hold.
    """
    policy = name or f"patient_{right.lower()}"
    on = f"{right} ({columns})" if columns else right
    ways = {"SELECT": "USING ({0})", "DELETE": "USING ({0})", "INSERT": "WITH CHECK ({0})"}
    way = ways.get(right, "USING ({0}) WITH CHECK ({0})").format(where)
    return RunSQL(
        sql=[
            f"GRANT {on} ON {table} TO {PATIENT_ROLE}",
            f"CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR {right} TO {PATIENT_ROLE} {way}",
        ],
        reverse_sql=[f"DROP POLICY {policy} ON {table}", f"REVOKE {on} ON {table} FROM {PATIENT_ROLE}"],
    )


def referable(table: str) -> RunSQL:
    """Let `same_clinic` of other tables name a tenant's table."""
    return RunSQL(
        sql=f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_clinic UNIQUE (clinic_id, id)",
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {table}_of_clinic",
    )


def same_clinic(table: str, column: str, target: str) -> RunSQL:
    """Make a row's `column` name only rows of the row's own clinic in `target`, a table made `referable`.

    A foreign key alone looks past row-level security: an id of another clinic would be taken.
    """
    name = f"{table}_{column}_same_clinic"
    return RunSQL(
        sql=(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (clinic_id, {column}) "
            f"REFERENCES {target} (clinic_id, id) DEFERRABLE INITIALLY DEFERRED"
        ),
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def grant(table: str, *, rights: str = ALL, role: str = APP_ROLE) -> RunSQL:
    """Grant `rights` on a table that belongs to no clinic; `role`: to one program alone."""
    return RunSQL(sql=f"GRANT {rights} ON {table} TO {role}", reverse_sql=f"REVOKE {rights} ON {table} FROM {role}")


def revoke(table: str, *, rights: str, role: str = APP_ROLE) -> RunSQL:
    """Take back what an earlier migration granted."""
    return RunSQL(sql=f"REVOKE {rights} ON {table} FROM {role}", reverse_sql=f"GRANT {rights} ON {table} TO {role}")


def definer_function(signature: str, returns: str, body: str, *, role: str = APP_ROLE) -> RunSQL:
    """Create a SQL function that looks past row-level security for one narrow question.

    `signature` is name(arguments); `body` a SQL statement. It runs as its owner with a fixed search path, and may
    only return ids and addresses, never a person's data.
    """
    name = signature.partition("(")[0]
    return RunSQL(
        sql=[
            (
                f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER "
                f"SET search_path = public, pg_temp AS $body$ {body} $body$"
            ),
            f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name} TO {role}",
        ],
        reverse_sql=f"DROP FUNCTION {name}",
    )
