"""What a unit of work remembers of groups, roles and staff, and when it must ask anew."""

from skranke.tenancy.work import forget

GROUPS, STAFF, ROLES, RECEIVERS, SHARES = "groups", "staff", "roles", "receivers", "shares"
PERIODS = "receiver periods"


def forget_members() -> None:
    """Somebody came, left, moved or stands in, or a group or role changed: who is in which is asked for anew."""
    forget(GROUPS)
    forget(STAFF)
    forget(ROLES)
    forget(SHARES)
