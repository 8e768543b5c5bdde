"""What can be wrong with what a citizen asks for. The messages are written for people, in bokmål."""

from django.utils.translation import gettext as _

from skranke.kernel.errors import ForbiddenError, InvalidError, SkrankeError


class WorldError(SkrankeError):
    """The world file is missing or has another shape; the message names the place."""

    code = "sandbox_world"
    http_status = 500


class AccessError(ForbiddenError):
    """The citizen may not use this service, here or for this person."""

    code = "sandbox_access"


class ServiceOffError(SkrankeError):
    """The GP does not offer the service in Adresseregisteret, or another program plays HelseNorge."""

    code = "sandbox_service_off"
    http_status = 409


class AttachmentsError(InvalidError):
    """The files are too large together, or of a type that dialogs do not carry."""

    code = "sandbox_attachments"


class SlotGoneError(SkrankeError):
    """The time is not among those the clinic answered with, or may not be taken here."""

    code = "sandbox_slot_gone"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(_("Timen kan ikke bestilles her. Ingenting ble sendt. Hent de ledige timene på nytt."))


class MoveRefusedError(SkrankeError):
    """The appointment cannot be moved as it stands."""

    code = "sandbox_move_refused"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(_("Timen kan ikke flyttes slik den står nå. Ingenting ble sendt."))


class CancelRefusedError(SkrankeError):
    """The appointment cannot be cancelled as it stands."""

    code = "sandbox_cancel_refused"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(_("Timen kan ikke avbestilles slik den står nå. Ingenting ble sendt."))
