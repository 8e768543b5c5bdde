"""What can be wrong with a patient's record."""

from skranke.kernel.errors import ConflictError


class PatientKnownError(ConflictError):
    """The clinic already has a patient with this national id."""

    code = "patient_known"
