"""Who is at the pages, and for whom. Absent and forbidden look the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.sandbox import rules
from skranke.sandbox.errors import AccessError
from skranke.sandbox.models import Appointment, Attachment, Citizen, Message
from skranke.sandbox.rules import Access, Standing
from skranke.sandbox.world import Consent
from skranke.standards.codes import MessageFunction

DIALOGS = (
    MessageFunction.E_CONTACT,
    MessageFunction.E_CONSULTATION,
    MessageFunction.PRESCRIPTION_RENEWAL,
    MessageFunction.APPOINTMENT_WISH,
)


def standing(citizen: Citizen) -> Standing:
    """The citizen's status, as the rules want it."""
    return Standing(
        born=citizen.born,
        digitally_active=citizen.digitally_active,
        consent=Consent(citizen.consent),
        confidential_address=citizen.confidential_address,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the pages, for himself or for a child. Make it with `visit`.

    version: what had happened to the patient before anything was read for the page (`queries.version`).
    """

    actor: Citizen
    patient: Citizen
    version: str = ""

    @property
    def represents(self) -> bool:
        """Whether the one who acts is another than the patient."""
        return self.actor != self.patient

    @property
    def access(self) -> Access:
        """What may be done here."""
        if self.represents:
            return Access.FULL
        return rules.access_of(standing(self.patient), clock.today())

    def require_full(self) -> None:
        """Raises AccessError unless services may be used."""
        if self.access is not Access.FULL:
            raise AccessError(_("Innbyggeren har ikke full tilgang og kan ikke bruke tjenesten."))

    def thread(self, conversation: str) -> Iterator[Message]:
        """The messages of a thread, oldest first by GenDate, then MsgId. Raises NotFoundError when there is none."""
        found = (
            Message.objects.filter(citizen=self.patient, conversation=conversation, shown=True, function__in=DIALOGS)
            .select_related("party", "acting")
            .defer("document")
            .order_by("generated_at", "msg_id")
        )
        # No id has the sign NUL, and the database cannot be asked for it.
        rows = list(found) if self.access is not Access.NONE and "\x00" not in conversation else []
        if not rows:
            raise NotFoundError("No such thread.")
        return iter(rows)

    def question(self, identity: UUID) -> Message:
        """A slot question of the patient. Raises NotFoundError."""
        found = Message.objects.filter(pk=identity, citizen=self.patient, code="HLT").select_related("party").first()
        if found is None or self.access is not Access.FULL:
            raise NotFoundError("No such question.")
        return found

    def appointment(self, identity: UUID) -> Appointment:
        """An appointment of the patient. Raises NotFoundError."""
        found = (
            Appointment.objects.filter(pk=identity, citizen=self.patient, hidden=False).select_related("party").first()
        )
        if found is None or self.access is Access.NONE:
            raise NotFoundError("No such appointment.")
        return found

    def attachment(self, identity: int) -> Attachment:
        """An attachment of one of the patient's messages. Raises NotFoundError."""
        found = Attachment.objects.filter(pk=identity, message__citizen=self.patient, message__shown=True).first()
        if found is None or self.access is Access.NONE:
            raise NotFoundError("No such attachment.")
        return found


def visit(actor_id: int, patient_id: int) -> Visit:
    """A visit that the rules allow. Raises NotFoundError for anything else."""
    actor = Citizen.objects.select_related("gp").filter(pk=actor_id).first()
    if actor is None:
        raise NotFoundError("No such citizen.")
    if actor_id == patient_id:
        return Visit(actor, actor)
    child = actor.children.select_related("gp").filter(pk=patient_id).first()
    if child is None or not rules.may_represent(standing(actor), standing(child), clock.today()):
        raise NotFoundError("No such citizen.")
    return Visit(actor, child)
