"""What the clinic's set-up can refuse."""

from skranke.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


class NotAllowedError(ForbiddenError):
    """The actor's place in the permission matrix does not allow this (ORG-4)."""

    code = "not_allowed"


class NotEmployedError(ConflictError):
    """The person does not work at the clinic any more."""

    code = "not_employed"


class SlugTakenError(ConflictError):
    """Another clinic has this address."""

    code = "slug_taken"


class HerIdTakenError(ConflictError):
    """The HER-id belongs to another party (ACT-16)."""

    code = "her_id_taken"


class HprNumberTakenError(ConflictError):
    """Another employee of the clinic has this HPR number (ACT-16)."""

    code = "hpr_number_taken"


class PositionTakenError(ConflictError):
    """The account already has a position at the clinic (ORG-3)."""

    code = "position_taken"


class PartyTakenError(ConflictError):
    """The employee already has a HER-id."""

    code = "party_taken"


class NotEligibleError(InvalidError):
    """The employee's role cannot be addressed in HelseNorge (ACT-4, ACT-12)."""

    code = "not_eligible"


class NotConnectedError(NotFoundError):
    """The clinic has no communication profile."""

    code = "not_connected"


class UnknownCounterpartError(NotFoundError):
    """No counterpart with this HER-id is known to the clinic."""

    code = "unknown_counterpart"
