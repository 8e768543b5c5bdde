"""Every route has a line that says how it is opened, what a stranger would guess, and what it leaves in the log."""

from support.doors import others, routes, staff

TABLES = (staff.DOORS, others.OPEN, others.PATIENT, others.OPERATOR)


def test_every_route_has_its_door_and_every_door_its_route() -> None:
    """A new route: a line in tests/support/doors/staff.py or others.py."""
    listed = [name for table in TABLES for name in table]
    assert sorted(listed) == sorted(routes())
