"""From the sandbox's rows to the parties, persons and envelopes of the wire."""

from datetime import datetime
from uuid import UUID

from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.sandbox import models
from skranke.sandbox.world import OwnParty, PartyKind
from skranke.standards.build import parties
from skranke.standards.build.envelope import Envelope, relation_of
from skranke.standards.codes import Relation
from skranke.standards.msghead import ConversationRef
from skranke.standards.people import Party, Patient
from skranke.standards.shared import Pasientrelasjon


def own_party(own: OwnParty) -> Party:
    """HelseNorge: an organisation with a service at level 2."""
    return parties.service_party(
        parties.organisation(own.name, own.her_id_level1), her_id=own.her_id, name=own.unit_name
    )


def clinic_party(party: models.Party) -> Party:
    """The clinic's party, as Adresseregisteret has it."""
    owner = parties.organisation(party.clinic_name, HerId(party.clinic_her_id))
    her_id = HerId(party.her_id)
    if party.kind == PartyKind.SERVICE:
        return parties.service_party(owner, her_id=her_id, name=party.name)
    return parties.gp_party(
        owner,
        her_id=her_id,
        given_name=party.given_name or party.name.partition(" ")[0],
        family_name=party.family_name or party.name.rpartition(" ")[2],
        hpr_number=HprNumber(party.hpr_number) if party.hpr_number else None,
    )


def person(citizen: models.Citizen) -> Patient:
    """The citizen, as MsgInfo/Patient and Pasientrelasjon hold a person."""
    return parties.patient(
        NationalId(citizen.national_id), given_name=citizen.given_name, family_name=citizen.family_name
    )


def representation(actor: models.Citizen, patient: models.Citizen) -> Pasientrelasjon | None:
    """Who acts for the patient; None when it is the patient."""
    if actor == patient:
        return None
    return relation_of(person(actor), Relation.PARENT)


def envelope(
    own: OwnParty,
    party: models.Party,
    *,
    patient: models.Citizen | None,
    msg_id: UUID,
    now: datetime,
    conversation: ConversationRef | None = None,
) -> Envelope:
    """The envelope of a message to a clinic's party."""
    return Envelope(
        sender=own_party(own),
        receiver=clinic_party(party),
        msg_id=msg_id,
        gen_date=now,
        patient=person(patient) if patient else None,
        conversation=conversation,
    )
