"""The demo's second clinic: smaller, live, with one who works at the first too. Needs Django set up."""

from skranke.cli.demo import timetable
from skranke.cli.demo.bus import HELSENORGE_QUEUES
from skranke.cli.demo.clinic import GRACE_SECONDS, activate, connect, hire
from skranke.cli.demo.layout import Layout
from skranke.cli.demo.offices import SECOND
from skranke.clinics import queries as clinics
from skranke.clinics import services as clinic_services
from skranke.kernel.actor import system
from skranke.patients import services as patients
from skranke.tenancy.work import acting
from skranke.wire.demo_pki import DemoPki


def fill(layout: Layout) -> None:
    """Make the clinic where it is missing, and tell it where the bus is."""
    clinic_id = clinics.clinic_id_of_slug(SECOND.slug)
    if clinic_id is None:
        clinic = clinic_services.establish(
            slug=SECOND.slug,
            name=SECOND.name,
            her_id=SECOND.her_id,
            organisation_number=SECOND.organisation_number,
            address="Fjellveien 2, 0002 Fjellvik",
            phone="00 00 00 02",
            is_test=True,
            grace_seconds=GRACE_SECONDS,
            has_video=True,
        )
        clinic_id = clinic.id
        with acting(system(clinic_id)):
            employees = {worker.username: hire(worker) for worker in (*SECOND.workers, *SECOND.shared)}
            gp = employees[SECOND.gp.username]
            for citizen in SECOND.citizens():
                patients.register(
                    national_id=citizen.national_id,
                    given_name=citizen.given_name,
                    family_name=citizen.family_name,
                    gp=gp,
                    on_gp_list=True,
                )
            timetable.make_small(gp)
    with acting(system(clinic_id)):
        connect(
            DemoPki(layout.pki),
            SECOND.key,
            bus_file=layout.bus_file(SECOND.key),
            queues=SECOND.queues,
            helsenorge=HELSENORGE_QUEUES,
        )
        activate(SECOND.her_id)
        timetable.plan_ahead()
