"""How a citizen books in the sandbox, with a clinic that answers."""

import threading
from uuid import uuid4

from skranke.standards.build import timereservasjon
from skranke.standards.codes import Answer

from support.sandbox import slot, tomorrow


def ask(play, citizen, slots, *, refusal=None, address="/timer"):
    """Press "Bestill time" (or what `address` names), with the clinic answering: the page of times."""
    answered = []

    def clinic():
        heard = play.clinic.hear_code("HLT", queue=play.bus.clinic.sync)
        answered.append(heard)
        envelope = play.clinic.reply_envelope(heard)
        if refusal:
            document = timereservasjon.lookup_refusal(envelope, refusal, text="Timebok mangler.")
        else:
            document = timereservasjon.free_slots_answer(envelope, tuple(slots))
        play.clinic.reply(heard, document)

    worker = threading.Thread(target=clinic)
    worker.start()
    page = play.browser().post(f"{citizen.page}{address}", {}, page=citizen.page)
    worker.join()
    return page, answered[0]


def book(play, citizen, *, related_to=None, wanted=None):
    """As far as a confirmed appointment; the appointment as the clinic knows it."""
    wanted = wanted or slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"})
    heard = play.clinic.hear_code("RT")
    play.clinic.acknowledge(heard)
    booked = slot(wanted.start, uid=wanted.uid, related_to=related_to or str(uuid4()), location="Storgata 1")
    answer = timereservasjon.clinic_answer(
        play.clinic.reply_envelope(heard), Answer.RESERVED, appointment=booked, text="Velkommen."
    )
    play.clinic.send(answer)
    shows(play, citizen, "confirmed")
    return booked


def states(page):
    return page.page.xpath("//*[@data-appointment]/@data-state")


def shows(play, citizen, *wanted):
    return play.until(citizen.page, lambda page: states(page) == list(wanted))
