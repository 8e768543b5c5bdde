"""What an employee has written in Post and not sent yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest

from skranke.kernel.actor import Actor
from skranke.web import drafts
from skranke.web.clinic.post.renewed import Row, entered

T = TypeVar("T")
TO = "deltaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(drafts.Written):
    """Beside text and files: the subject, what the answer decides and of which appointment.

    renewed: the prescriptions that are ticked. to: the colleagues who are ticked, as in the form. to_patient: whether
    the patient shall have the message.
    """

    subject: str = ""
    outcome: str = ""
    appointment: str = ""
    renewed: tuple[Row, ...] = ()
    to: tuple[str, ...] = ()
    to_patient: bool = True

    @property
    def is_begun(self) -> bool:
        """Whether anything is written that would be lost."""
        return bool(self.text or self.subject or self.uploads or self.renewed or self.outcome or self.appointment)


def attempt(request: HttpRequest, actor: Actor, verb: Callable[[Draft], T]) -> drafts.Attempt[Draft, T]:
    """As `drafts.attempt`, with all that the forms of Post have."""
    draft = Draft(
        text=drafts.text_of(request),
        subject=request.POST.get("emne", ""),
        outcome=request.POST.get("utfall", ""),
        appointment=request.POST.get("time", ""),
        renewed=entered(request),
        to=tuple(request.POST.getlist(TO)),
        to_patient=request.POST.get("mottar") == "ja",
    )
    return drafts.attempt(request, actor, draft, verb)
