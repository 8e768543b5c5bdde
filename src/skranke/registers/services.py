"""Keeping what the registers told. The verb of the room above writes the audit row: these are copies, no decisions."""

from skranke.registers import rules
from skranke.registers.asking import Answer
from skranke.registers.models import AddressEntry
from skranke.tenancy.work import current_actor


def keep(answer: Answer) -> AddressEntry:
    """Replace what is known of a party by an answer, unless a newer one is there already; the entry as it stands."""
    party, queues = answer.party, rules.queues_of(answer.party)
    processes = [one.name for one in answer.profile.processes] if answer.profile else []
    facts = {
        "kind": party.kind.value,
        "name": party.name,
        "active": party.active,
        "valid": party.valid,
        "valid_from": party.valid_from,
        "valid_to": party.valid_to,
        "parent_her_id": str(party.parent_her_id or ""),
        "parent_name": party.parent_name,
        "organisation_number": party.organisation_number,
        "hpr_number": str(party.hpr_number or ""),
        "service_code": party.service.value if party.service else "",
        "service_name": party.service.text if party.service else "",
        "queue_async": queues.async_,
        "queue_sync": queues.sync,
        "queue_syncreply": queues.syncreply,
        "queue_error": queues.error,
        "queues_inherited": rules.inherits_queues(party),
        "has_profile": answer.profile is not None,
        "processes": processes,
        "signing": answer.signing,
        "encryption": answer.encryption,
        "read_at": answer.read_at,
    }
    clinic_id = current_actor().clinic_id
    entry, made = AddressEntry.objects.select_for_update().get_or_create(
        clinic_id=clinic_id, her_id=party.her_id.value, defaults=facts
    )
    if not made and entry.read_at <= answer.read_at:
        if entry.signing and bytes(entry.signing) != answer.signing:
            entry.previous_signing = entry.signing
        for name, value in facts.items():
            setattr(entry, name, value)
        entry.save()
    return entry


def forget(her_id: str) -> None:
    """The register has no such party any more."""
    AddressEntry.objects.filter(her_id=her_id).delete()
