"""What a unit of work remembers of groups and staff, and when it must ask anew."""

from skranke.tenancy.work import forget

GROUPS, STAFF, RECEIVERS = "groups", "staff", "receivers"


def forget_members() -> None:
    """Somebody came, left or changed place, or a group changed: who is in which group is asked for anew."""
    forget(GROUPS)
    forget(STAFF)
