"""What the activation of a clinic can refuse."""

from skranke.kernel.errors import ChangedError, ConflictError, ForbiddenError, InvalidError


class OnlyOperatorError(ForbiddenError):
    """Only the operator of the installation switches the integration on and off (ACT-7)."""

    code = "only_operator"


class NotOrderedError(InvalidError):
    """The clinic has not ordered Digital dialog, so nothing is saved (ACT-7)."""

    code = "not_ordered"


class NotReadyError(ConflictError):
    """A line of the checklist is red (ACT-4, ACT-5, ACT-8)."""

    code = "not_ready"


class ClinicLiveError(ConflictError):
    """What a live clinic stands on cannot be taken away while it is live (ACT-8)."""

    code = "clinic_live"


class ActivationChangedError(ChangedError):
    """Somebody else changed the activation meanwhile."""

    code = "activation_changed"


class AnswerChangedError(ChangedError):
    """Somebody else answered the same question meanwhile."""

    code = "answer_changed"
