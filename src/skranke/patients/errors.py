"""What can be wrong with a patient's record."""

from skranke.kernel.errors import ChangedError, ConflictError
from skranke.patients.models import Patient


class PatientKnownError(ConflictError):
    """The clinic already has a patient with this national id."""

    code = "patient_known"


class PatientChangedError(ChangedError):
    """Somebody else has changed the patient's data since the caller read them."""

    code = "patient_changed"


class RelationKnownError(ConflictError):
    """The patient's card has this relation already."""

    code = "relation_known"


class ListNameTakenError(ConflictError):
    """The owner has a list of this name already."""

    code = "list_name_taken"


class ListInUseError(ConflictError):
    """Something at the clinic goes by this list, such as who may book a schedule (PAT-15)."""

    code = "list_in_use"


class ListChangedError(ChangedError):
    """Somebody else has changed the list since the caller read it."""

    code = "list_changed"


class OtherPatientHasNumberError(ConflictError):
    """Another row of the clinic's patients has the number: perhaps the same person twice. patient: that row."""

    code = "other_patient_has_number"

    def __init__(self, message: str, patient: Patient) -> None:
        super().__init__(message)
        self.patient = patient
