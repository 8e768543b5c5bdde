"""What changing the organisation can be refused for."""

from skranke.kernel.errors import ConflictError, InvalidError


class LastAdministratorError(ConflictError):
    """The clinic would have no administrator (ORG-4)."""

    code = "last_administrator"


class NameTakenError(ConflictError):
    """Another department, role or group of the clinic has this name."""

    code = "name_taken"


class InUseError(ConflictError):
    """What is to be removed is still used: by positions, groups or recipients."""

    code = "in_use"


class NoCriteriaError(InvalidError):
    """A dynamic group needs at least one criterion (ORG-8)."""

    code = "no_criteria"
