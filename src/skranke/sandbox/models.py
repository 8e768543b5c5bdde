"""The sandbox's rows: what HelseNorge would know of clinics and citizens, and every message in and out."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from skranke.kernel import ids
from skranke.sandbox.rules import AppointmentState, Delivery
from skranke.sandbox.world import Consent, PartyKind, Service, ServiceKind


def _choices(
    kind: type[AppointmentState | Delivery | Consent | PartyKind | Service | ServiceKind],
) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


class Party(models.Model):
    """A clinic's communication party, as Adresseregisteret and CPPA tell of it."""

    her_id = models.CharField(max_length=10, primary_key=True)
    clinic_her_id = models.CharField(max_length=10)
    clinic_name = models.CharField(max_length=200)
    clinic_organisation_number = models.CharField(max_length=9, blank=True)
    name = models.CharField(max_length=200)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    hpr_number = models.CharField(max_length=9, blank=True)
    kind = models.CharField(max_length=10, choices=_choices(PartyKind))
    service_kind = models.CharField(max_length=10, choices=_choices(ServiceKind), blank=True)
    services = ArrayField(models.CharField(max_length=30, choices=_choices(Service)), default=list)
    async_queue = models.CharField(max_length=50)
    sync_queue = models.CharField(max_length=50)
    error_queue = models.CharField(max_length=50)
    encryption_certificate = models.CharField(max_length=500)
    signing_certificate = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="gp", service_kind="") | (Q(kind="service") & ~Q(service_kind="")),
                name="party_service_has_a_kind",
            )
        ]

    @property
    def has_list(self) -> bool:
        """Whether Fastlegeregisteret has a list of patients for it: a GP's, or the office's without a GP (ACT-12)."""
        return self.kind == PartyKind.GP or self.service_kind == ServiceKind.VACANT_LIST


class Citizen(models.Model):
    """A synthetic person with a HelseNorge status.

    The address is what Folkeregisteret has. confidential_address: of either kind; strictly_confidential: code 6.
    """

    national_id = models.CharField(max_length=11, unique=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    born = models.DateField()
    gp = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="citizens")
    digitally_active = models.BooleanField(default=True)
    consent = models.CharField(max_length=10, choices=_choices(Consent))
    confidential_address = models.BooleanField(default=False)
    strictly_confidential = models.BooleanField(default=False, db_default=False)
    address_line = models.CharField(max_length=200, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    city = models.CharField(max_length=100, blank=True, default="", db_default="")
    children: "models.ManyToManyField[Citizen, Citizen]" = models.ManyToManyField(
        "self", symmetrical=False, related_name="parents"
    )

    @property
    def name(self) -> str:
        """Given name first."""
        return f"{self.given_name} {self.family_name}"


class Direction(models.TextChoices):
    """Seen from the sandbox."""

    IN = "in"
    OUT = "out"


class Mode(models.TextChoices):
    """How the message travels, and what it is."""

    ASYNC = "async"
    SYNC = "sync"
    RECEIPT = "receipt"
    FAULT = "fault"


class Message(models.Model):
    """One message, dialog message or receipt or fault report, in or out.

    msg_id is that of MsgHead or AppRec, message_id that of the bus. acting: who acted, when not the citizen.
    shown: it stands in the citizen's inbox; not after the citizen has deleted it, which nobody else is told of.
    archived_at: when the citizen put it away. about: what a receipt, a fault report or a synchronous answer is about.
    document: the XML, kept as it was.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    direction = models.CharField(max_length=3, choices=Direction)
    mode = models.CharField(max_length=7, choices=Mode)
    function = models.CharField(max_length=60)
    code = models.CharField(max_length=10, blank=True)
    msg_id = models.CharField(max_length=100, blank=True)
    message_id = models.CharField(max_length=100)
    conversation = models.CharField(max_length=100, blank=True)
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.CASCADE, related_name="messages")
    acting = models.ForeignKey(Citizen, null=True, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="messages")
    about = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="responses")
    generated_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    author = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=_choices(Delivery))
    state_text = models.TextField(blank=True)
    state_at = models.DateTimeField()
    shown = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    document = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "message_id"],
                condition=Q(direction="in", mode__in=["async", "receipt"]),
                name="message_in_once",
            ),
            models.UniqueConstraint(
                fields=["party", "msg_id"],
                condition=Q(direction="in", mode__in=["async", "receipt"]) & ~Q(msg_id=""),
                name="msg_id_in_once",
            ),
            models.UniqueConstraint(
                fields=["msg_id"], condition=Q(direction="out") & ~Q(msg_id=""), name="msg_id_out_once"
            ),
        ]
        indexes = [
            models.Index(fields=["citizen", "-recorded_at"], name="message_of_citizen"),
            models.Index(fields=["conversation"], name="message_of_conversation"),
            models.Index(fields=["-recorded_at", "-id"], name="message_newest"),
            models.Index(fields=["message_id"], name="message_by_message_id"),
            models.Index(
                fields=["state_at"], condition=Q(direction="out", state="sent"), name="message_waiting_for_receipt"
            ),
        ]


class Attachment(models.Model):
    """A file of a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=50)
    size = models.IntegerField()
    content = models.BinaryField()


class Outgoing(models.Model):
    """A row waiting to leave. body, made once, and the ids are the same however often it is handed over."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="outgoing")
    queue = models.CharField(max_length=50)
    synchronous = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    prepared_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["message"], condition=Q(done_at=None), name="outgoing_waiting")]


class Appointment(models.Model):
    """A time at a clinic: asked for here, or told of by the clinic (protocol-messages 5.2).

    related_to is empty until the clinic has given the appointment its id. told_at: GenDate of the newest fact applied.
    request_msg_id, cancel_msg_id: MsgId of the RT and of the last ART. hidden: known only to have ended.
    replaces: the appointment that this one was reserved instead of, when it is a move.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="appointments")
    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="appointments")
    state = models.CharField(max_length=16, choices=_choices(AppointmentState))
    related_to = models.CharField(max_length=255, blank=True)
    uid = models.CharField(max_length=255)
    contact = models.CharField(max_length=50)
    start = models.DateTimeField()
    end = models.DateTimeField()
    categories = ArrayField(models.CharField(max_length=50), default=list)
    summary = models.TextField(blank=True)
    description = models.TextField(blank=True)
    location = models.TextField(blank=True)
    practitioner = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    request_msg_id = models.CharField(max_length=100, blank=True)
    cancel_msg_id = models.CharField(max_length=100, blank=True)
    told_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    hidden = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "related_to"], condition=~Q(related_to=""), name="appointment_once"
            )
        ]
        indexes = [
            models.Index(fields=["request_msg_id"], name="appointment_by_request"),
            models.Index(fields=["cancel_msg_id"], name="appointment_by_cancel"),
        ]


class Trouble(models.Model):
    """What is to go wrong with a message that comes next (`troubles`)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)


class Outage(models.Model):
    """A register that is to answer nobody until it is mended (`registers.outages`)."""

    register = models.CharField(max_length=10, primary_key=True)


class Gauge(models.Model):
    """What the bus process last saw: how many messages lie in one of our queues."""

    queue = models.CharField(max_length=50, primary_key=True)
    waiting = models.IntegerField()
    seen_at = models.DateTimeField()


class LogInClient(models.Model):
    """A program that is registered with one of the log-in providers. public_key: a JWK."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    client_id = models.CharField(max_length=100)
    redirect_uris = ArrayField(models.CharField(max_length=300))
    log_out_uris = ArrayField(models.CharField(max_length=300), default=list)
    public_key = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "client_id"], name="log_in_client_once")]


class LogInPerson(models.Model):
    """Somebody whom HelseID knows."""

    national_id = models.CharField(max_length=11, primary_key=True)
    name = models.CharField(max_length=200)
    hpr_number = models.CharField(max_length=9, blank=True)


class ProviderKey(models.Model):
    """What a log-in provider signs with: a private JWK."""

    provider = models.CharField(max_length=20, primary_key=True)
    key = models.JSONField()


class PushedRequest(models.Model):
    """A request that a program has pushed, and what came of it: a code, which is given against tokens once."""

    request_uri = models.CharField(max_length=200, primary_key=True)
    client = models.ForeignKey(LogInClient, on_delete=models.CASCADE)
    parameters = models.JSONField()
    expires_at = models.DateTimeField()
    code = models.CharField(max_length=100, blank=True, db_index=True)
    code_expires_at = models.DateTimeField(null=True)
    code_used_at = models.DateTimeField(null=True)
    national_id = models.CharField(max_length=11, blank=True)
    level = models.PositiveSmallIntegerField(default=4)
    chosen_at = models.DateTimeField(null=True)


class SeenProof(models.Model):
    """An assertion or a proof that came once, and is refused a second time."""

    id = models.BigAutoField(primary_key=True)
    issuer = models.CharField(max_length=200)
    jti = models.CharField(max_length=200)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "jti"], name="proof_once")]
