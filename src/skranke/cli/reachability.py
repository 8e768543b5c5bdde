"""Ask HelseNorge which patients of a clinic are active there, now instead of tonight."""

from collections.abc import Sequence
from uuid import UUID

from skranke.clinics.queries import clinic_id_of_slug
from skranke.kernel.actor import system
from skranke.patients.models import Patient
from skranke.patients.reaching import ask_helsenorge
from skranke.tenancy.work import acting


def run(slug: str, wanted: Sequence[UUID]) -> int:
    """Ask about these patients (by id), or everybody on the clinic's lists; the exit status."""
    clinic_id = clinic_id_of_slug(slug)
    if clinic_id is None:
        print("No clinic has this address.")
        return 1
    with acting(system(clinic_id)):
        patients = Patient.objects.filter(id__in=wanted) if wanted else Patient.objects.filter(on_gp_list=True)
        asked = ask_helsenorge(patients)
    print(f"Asked about {asked} patients." if asked else "Nobody could be asked about: see PAT-9 in the docs.")
    return 0 if asked else 1
