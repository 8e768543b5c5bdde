"""A group that owns a schedule is not taken away, nor is a schedule given to a group that has been (ORG-10)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

# Each side locks the group's row before it looks, so that of two at once the second sees what the first did.
_GROUP = """
    CREATE FUNCTION group_keeps_its_schedules() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_schedule s WHERE s.clinic_id = NEW.clinic_id AND s.group_id = NEW.id) THEN
            RAISE EXCEPTION 'The group owns a schedule.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'group_keeps_its_schedules';
        END IF;
        RETURN NEW;
    END $$
"""
_SCHEDULE = """
    CREATE FUNCTION schedule_group_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT (SELECT g.active FROM clinics_group g WHERE g.id = NEW.group_id FOR SHARE) THEN
            RAISE EXCEPTION 'The group has been taken away.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_group_is_there';
        END IF;
        RETURN NEW;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_types")]

    operations = [
        RunSQL(_GROUP, "DROP FUNCTION group_keeps_its_schedules"),
        RunSQL(
            "CREATE TRIGGER group_keeps_its_schedules BEFORE UPDATE OF active ON clinics_group FOR EACH ROW"
            " WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION group_keeps_its_schedules()",
            "DROP TRIGGER group_keeps_its_schedules ON clinics_group",
        ),
        RunSQL(_SCHEDULE, "DROP FUNCTION schedule_group_is_there"),
        RunSQL(
            "CREATE TRIGGER schedule_group_is_there BEFORE INSERT OR UPDATE OF group_id ON scheduling_schedule"
            " FOR EACH ROW WHEN (NEW.group_id IS NOT NULL) EXECUTE FUNCTION schedule_group_is_there()",
            "DROP TRIGGER schedule_group_is_there ON scheduling_schedule",
        ),
    ]
