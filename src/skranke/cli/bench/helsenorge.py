"""HelseNorge's side of a measurement: protects messages and questions, and reads what the clinic sends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from skranke.cli.bench import bus, world
from skranke.cli.bench.place import Place
from skranke.cli.bench.world import World
from skranke.clinics.services import set_counterpart, set_profile
from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.patients.models import Patient
from skranke.standards.build import ekonsultasjon, parties, timereservasjon
from skranke.standards.build.envelope import Envelope
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.people import Party
from skranke.standards.render import render
from skranke.tenancy.work import acting
from skranke.wire import headers
from skranke.wire.certificates import DecryptionIdentity, SigningIdentity, TrustStore, load_certificate, load_trust
from skranke.wire.demo_pki import DemoPki, make_pki
from skranke.wire.protection import protect, unprotect
from skranke.wire.queues import PartyQueues, queues_of
from skranke.wire.transport import OutgoingMessage, RawMessage

LEVEL1, LEVEL2 = HerId(world.HELSENORGE_HER_ID_LEVEL1), HerId(world.HELSENORGE_HER_ID)
_TEXT = "Jeg har hatt vondt i skulderen i tre uker, og det blir ikke bedre. " * 60  # about 4 kB of text


@dataclass(frozen=True, slots=True)
class HelseNorge:
    """One counterpart of one clinic. bus_url, clinic_bus_url: the two parties' addresses of the bus."""

    bus_url: str
    clinic_bus_url: str
    queues: PartyQueues
    clinic_queues: PartyQueues
    signing: SigningIdentity
    decryption: DecryptionIdentity
    trust: TrustStore
    pki: DemoPki
    party: Party
    gps: Sequence[Party]

    def e_consultation(self, patient: Patient, gp: int, attachments: tuple[Attachment, ...] = ()) -> MsgHead:
        """A patient's question, of about the usual size."""
        return ekonsultasjon.citizen_question(
            self._envelope(patient, gp), subject="Vondt i skulderen", text=_TEXT, attachments=attachments
        )

    def question(self, patient: Patient, gp: int) -> MsgHead:
        """HLT: the free times of the next four weeks."""
        today = clock.today()
        return timereservasjon.free_slots_question(
            self._envelope(patient, gp), from_date=today, to_date=today + timedelta(days=27)
        )

    def sealed(self, document: MsgHead, *, synchronous: bool = False) -> OutgoingMessage:
        """The document as it goes on the bus."""
        recipient = load_certificate(self.pki.party("clinic").encryption_certificate)
        build = headers.request if synchronous else headers.outgoing
        receiver = document.info.receiver.her_id
        assert receiver is not None
        return build(
            queue=self.clinic_queues.sync if synchronous else self.clinic_queues.async_,
            function=document.info.type.v,
            body=protect(render(document), signer=self.signing, recipient=recipient),
            sender=LEVEL2,
            receiver=receiver,
            reply_to=self.queues.syncreply if synchronous else self.queues.async_,
            now=clock.now(),
            metadata=bus_metadata(document),
        )

    def payload(self, raw: RawMessage) -> bytes:
        """The verified XML of what the clinic sent."""
        return unprotect(
            raw.body,
            decryption=[self.decryption],
            sender_certificate=load_certificate(self.pki.party("clinic").signing_certificate),
            trust=self.trust,
            now=clock.now(),
        ).payload

    def answer(self, raw: RawMessage) -> MsgHead:
        """The dialog message the clinic sent; raises TypeError for a receipt."""
        document = parse_document(self.payload(raw))
        if not isinstance(document, MsgHead):
            raise TypeError("A receipt is no answer.")
        return document

    def _envelope(self, patient: Patient, gp: int) -> Envelope:
        return Envelope(
            msg_id=uuid4(),
            gen_date=clock.now(),
            sender=self.party,
            receiver=self.gps[gp],
            patient=parties.patient(
                NationalId(patient.national_id), given_name=patient.given_name, family_name=patient.family_name
            ),
        )


@contextmanager
def connected(place: Place, made: World, bus_url: str) -> Iterator[HelseNorge]:
    """Give the clinic keys, a bus of its own (`bus.opened`), and HelseNorge on the other side."""
    ours, theirs = queues_of(LEVEL2), queues_of(HerId(world.CLINIC_HER_ID))
    with bus.opened(place, bus_url, theirs.specs(), ours.specs()) as urls:
        yield _party(place, made, *urls)


def _party(place: Place, made: World, clinic_url: str, helsenorge_url: str) -> HelseNorge:
    pki = make_pki(Path(place.folder / "pki"), {"clinic": "Maalevik", "helsenorge": "Helsenorge"}, now=clock.now())
    ours, theirs = queues_of(LEVEL2), queues_of(HerId(world.CLINIC_HER_ID))
    with acting(made.actor):
        _connect(pki, clinic_url, ours, theirs)
    level1 = parties.organisation("Helsenorge", LEVEL1)
    clinic = parties.organisation(made.clinic.name, HerId(world.CLINIC_HER_ID), made.clinic.organisation_number)
    keys = pki.party("helsenorge")
    return HelseNorge(
        bus_url=helsenorge_url,
        clinic_bus_url=clinic_url,
        queues=ours,
        clinic_queues=theirs,
        signing=keys.signing(),
        decryption=keys.decryption(),
        trust=load_trust(pki.ca_certificate),
        pki=pki,
        party=parties.service_party(level1, her_id=LEVEL2, name="Digital dialog"),
        gps=[
            parties.gp_party(
                clinic,
                her_id=HerId(party.her_id),
                given_name=gp.given_name,
                family_name=gp.family_name,
                hpr_number=HprNumber(gp.hpr_number),
            )
            for party, gp in zip(made.parties, made.gps, strict=True)
        ],
    )


def _connect(pki: DemoPki, bus_url: str, ours: PartyQueues, theirs: PartyQueues) -> None:
    keys, others = pki.party("clinic"), pki.party("helsenorge")
    set_profile(
        bus_url=bus_url,
        queue_async=theirs.async_,
        queue_sync=theirs.sync,
        queue_syncreply=theirs.syncreply,
        queue_error=theirs.error,
        signing_certificate=f"file:{keys.signing_certificate}",
        signing_key=f"file:{keys.signing_key}",
        decryption_certificate=f"file:{keys.encryption_certificate}",
        decryption_key=f"file:{keys.encryption_key}",
        trust_anchor=f"file:{pki.ca_certificate}",
    )
    set_counterpart(
        her_id=str(LEVEL2),
        name="Digital dialog",
        her_id_level1=str(LEVEL1),
        name_level1="Helsenorge",
        queue_async=ours.async_,
        queue_sync=ours.sync,
        queue_error=ours.error,
        signing_certificate=f"file:{others.signing_certificate}",
        encryption_certificate=f"file:{others.encryption_certificate}",
    )
