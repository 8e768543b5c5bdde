"""What the registers say of a clinic: shown with its age, and read anew when told to."""

from skranke.clinics.directory import refresh_from_register
from skranke.clinics.models import CommunicationParty
from skranke.clinics.queries import clinic_id_of_slug
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError
from skranke.registers.models import AddressEntry
from skranke.registers.queries import is_usable
from skranke.registers.soap import IN_A_JOB
from skranke.tenancy.work import acting


def run(slug: str, action: str) -> int:
    """Show (empty) or refresh; the exit status."""
    clinic_id = clinic_id_of_slug(slug)
    if clinic_id is None:
        print("No clinic has this address.")
        return 1
    actor = system(clinic_id)
    if action == "refresh":
        try:
            found = refresh_from_register(actor, IN_A_JOB)
        except SkrankeError as error:
            print(f"{error} ({error.code})")
            return 1
        for what in ("changed", "added", "unknown"):
            print(f"{what}: {', '.join(getattr(found, what)) or 'none'}")
    with acting(actor):
        services = dict(CommunicationParty.objects.values_list("her_id", "services"))
        for entry in AddressEntry.objects.order_by("her_id"):
            state = "usable" if is_usable(entry) else "not to be written to"
            offered = ", ".join(services.get(entry.her_id, [])) or "-"
            read = clock.oslo(entry.read_at).strftime("%Y-%m-%d %H:%M")
            print(f"{entry.her_id}  {entry.kind:<12}  {entry.name}  {state}  read {read}  {offered}")
    return 0
