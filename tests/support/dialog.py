"""Messages from patients as the gateway hands them to the dialog room, and short ways to look at what came of them."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

from skranke.clinics.models import Employee
from skranke.dialog import queries, services
from skranke.dialog.models import DialogKind, Message, Thread
from skranke.dialog.values import IncomingAttachment, IncomingMessage, Mailbox
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast

E_CONTACT, E_CONSULTATION = DialogKind.E_CONTACT, DialogKind.E_CONSULTATION
RENEWAL = DialogKind.PRESCRIPTION_RENEWAL
PDF = b"%PDF-1.7\n% a synthetic document\n"
PNG = b"\x89PNG\r\n\x1a\nsynthetic"
JPEG = b"\xff\xd8\xff\xe0synthetic"
MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def question(cast: Cast, **facts: object) -> IncomingMessage:
    """A first message: an e-consultation from Ola to Kari, unless told otherwise."""
    kind = facts.get("kind", E_CONSULTATION)
    msg_id = str(facts.pop("msg_id", uuid4()))
    return IncomingMessage(
        **{
            "kind": kind,
            "code": {E_CONSULTATION: "SB", RENEWAL: "RF"}.get(kind, "HE"),
            "subject": "Utslett på armen",
            "text": "Hei. Jeg har fått et utslett.",
            "msg_id": msg_id,
            "conversation": msg_id,
            "parent": "",
            "generated_at": clock.now(),
            "starts_thread": True,
            "party_her_id": cast.kari_party.her_id,
            "patient": cast.ola,
            **facts,
        }
    )


def reply(cast: Cast, to: IncomingMessage | Message, **facts: object) -> IncomingMessage:
    """The patient's further message (22) in the same conversation."""
    if isinstance(to, Message):
        conversation, kind, at = to.thread.conversation, DialogKind(to.thread.kind), clock.now()
    else:
        conversation, kind, at = to.conversation, to.kind, to.generated_at + timedelta(minutes=5)
    return question(
        cast,
        **{
            "kind": kind,
            "code": "22",
            "subject": "",
            "text": "Det klør fortsatt.",
            "conversation": conversation,
            "parent": to.msg_id,
            "generated_at": at,
            "starts_thread": False,
            **facts,
        },
    )


def receive(cast: Cast, message: IncomingMessage) -> Thread:
    """Receive as the gateway does, in one unit of work; gives the thread."""
    with acting(cast.system):
        return services.receive_message(message).thread


def file(content: bytes = PDF, name: str = "funn.pdf", media_type: str = "application/pdf") -> IncomingAttachment:
    return IncomingAttachment(name=name, media_type=media_type, content=content)


def upload(content: bytes = PDF, name: str = "funn.pdf"):
    """Inside a unit of work: an upload of the acting employee's."""
    return services.store_upload(name=name, content=BytesIO(content))


def inbox(cast: Cast, person: Employee, name: str = Mailbox.INBOX, **facts: object) -> list[str]:
    """The ids of the threads in a mailbox of a person's, as text."""
    with acting(cast.actor(person)):
        return [str(row.id) for row in queries.mailbox(name, **facts).rows]


def holders(cast: Cast, thread: Thread) -> set[str]:
    """The given names of the employees in whose inbox the thread is."""
    people = (cast.kari, cast.mona, cast.ali, cast.anne, cast.per)
    return {person.given_name for person in people if str(thread.id) in inbox(cast, person)}


def row(cast: Cast, person: Employee, thread: Thread, name: str = Mailbox.INBOX):
    """The thread's line in a mailbox."""
    with acting(cast.actor(person)):
        return next(found for found in queries.mailbox(name).rows if found.id == thread.id)


EVERYBODY = {"Kari", "Mona", "Ali", "Anne", "Per"}
