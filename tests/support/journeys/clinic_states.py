"""Every state of the clinic portal's pages, each with the way to it."""

from typing import Any
from uuid import uuid4

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state
_TOO_MUCH = 6_000_000


@state("logg-inn", "front", "login", main=True)
def _login(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.root)
    return page


@state("post", "login-by-link", "clinic-front", "post", "live-ticket", main=True)
def _post(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.goto(stage.demo.clinic)
    page.wait_for_function("() => document.body.dataset.liveState === 'open'")
    assert page.locator("#post-rows .it").count() >= 50
    return page


@state("post-tom")
def _empty_box(stage: Stage) -> Any:
    page = stage.staff("lise", at=f"{stage.demo.clinic}post?boks=arkiv")
    page.get_by_text("Arkivet er tomt.").wait_for()
    return page


@state("post-ingen-treff", "post-rows")
def _no_hits(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("#post-q").press_sequentially("finnesikke")
    page.locator("#post-rows .empty").wait_for()
    return page


@state("post-filter")
def _filter(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}post?boks=arkiv&fra=2027-03-03&til=2027-03-01")
    page.get_by_text("Sluttdatoen er før startdatoen").wait_for()
    return page


@state("post-postbokser")
def _boxes(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}post?vis=postbokser")


@state("post-gruppert")
def _grouped(stage: Stage) -> Any:
    page = stage.staff("jonas", at=f"{stage.demo.clinic}post")
    page.locator("#post-columns-open").click()
    page.get_by_label("Grupper etter pasient").check()
    page.locator("#act-columns").click()
    page.locator("#post-rows .grp").first.wait_for()
    return page


@state("post-kolonner")
def _columns(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("#post-columns-open").click()
    page.locator("#column-participants").check()
    page.locator("#act-columns").click()
    page.locator(".it .people").first.wait_for()
    page.locator("#post-columns-open").click()
    return page


@state("samtale", "thread", "attachment", main=True)
def _thread(stage: Stage) -> Any:
    page = stage.thread()
    page.locator(".pic img").wait_for()
    page.wait_for_function("() => document.querySelector('.pic img').complete")
    return page


@state("samtale-hendelser")
def _events(stage: Stage) -> Any:
    page = stage.thread()
    page.get_by_role("link", name="Hendelser").click()
    page.locator(".events").wait_for()
    return page


@state("samtale-feil")
def _answer_refused(stage: Stage) -> Any:
    page = stage.thread()
    page.get_by_role("button", name="Svar", exact=True).click()
    page.locator("#answer-text_error").wait_for()
    assert page.locator("#answer-text").evaluate("one => one === document.activeElement")
    return page


@state("samtale-videresend")
def _forward(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#act-forward-open").click()
    page.locator("#fwd-to").wait_for()
    return page


@state("samtale-flere-valg")
def _more(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#act-more").click()
    page.locator("#act-refuse").wait_for()
    page.locator("#act-remove").scroll_into_view_if_needed()
    return page


@state("samtale-besvart", "thread-news", "attachment-page", main=True)
def _answered(stage: Stage) -> Any:
    page = stage.thread()
    page.wait_for_function("() => document.body.dataset.liveState === 'open'")
    page.locator("#answer-text").fill(
        "Bruk kremen morgen og kveld i fjorten dager, og send et bilde om det ikke gir seg."
    )
    page.locator("#answer-files").set_input_files(stage.plan)
    page.get_by_role("button", name="Svar", exact=True).click()
    page.locator(".msg.us").get_by_text("Mottatt av HelseNorge").last.wait_for()
    first = page.get_by_role("img", name=stage.plan.name)
    first.scroll_into_view_if_needed()
    page.wait_for_function("picture => picture.complete && picture.naturalHeight > 300", arg=first.element_handle())
    return page


@state("samtale-timeonske", main=True)
def _wished(stage: Stage) -> Any:
    return stage.wish("Ola Nordli")


@state("samtale-timeonske-feil")
def _wish_answer_refused(stage: Stage) -> Any:
    page = stage.wish("Ola Nordli")
    page.locator("#answer-text").fill("Velkommen.")
    page.get_by_label("Time gitt", exact=True).check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#answer-appointment_error").wait_for()
    return page


@state("samtale-ikke-levert", main=True)
def _undelivered(stage: Stage) -> Any:
    return stage.undelivered("Meld feil på feilkøen")


@state("samtale-avvist")
def _refused(stage: Stage) -> Any:
    return stage.undelivered("Avvis den")


@state("skriv-velg-pasient", "compose")
def _whom(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}post/ny?type=e_contact&pasient=velg")


@state("skriv-treff")
def _whom_found(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}post/ny?type=e_contact&pasient=velg&finn=nordli")


@state("skriv-ingen-treff")
def _whom_not_found(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}post/ny?type=e_contact&pasient=velg&finn=finnesikke")


@state("skriv", main=True)
def _compose(stage: Stage) -> Any:
    return stage.compose("Ola Nordli", "e_consultation")


@state("skriv-kolleger", main=True)
def _to_colleagues(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}post/ny?type=e_dialog&pasient=velg")
    page.locator("#compose-to input").nth(1).check()
    return page


@state("skriv-kolleger-feil")
def _to_nobody(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}post/ny?type=e_dialog&pasient=velg")
    page.locator("#compose-subject").fill("Møte")
    page.locator("#compose-text").fill("Vi ses.")
    page.locator("#act-send").click()
    page.locator("#compose-to_error").wait_for()
    return page


@state("skriv-lagret")
def _kept_while_written(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli")
    page.locator("#compose-files").set_input_files(stage.plan)
    page.locator("#compose-text").fill("Vi flytter.")
    page.get_by_text("Lagret i Kladd").wait_for()
    page.locator(".kept li").wait_for()
    return page


@state("samtale-lagret")
def _answer_kept(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#answer-text").fill("Bruk kremen")
    page.get_by_text("Lagret i Kladd").wait_for()
    page.reload()
    assert page.locator("#answer-text").input_value() == "Bruk kremen"
    return page


@state("samtale-innstillinger", main=True)
def _handled(stage: Stage) -> Any:
    page = stage.thread()
    page.locator(".settings > summary").click()
    page.locator("#handle-task").check()
    page.locator("#handle-task-who").wait_for()
    return page


@state("skriv-mal-forslag", "compose-templates", main=True)
def _suggested(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli")
    page.locator("#compose-subject").press_sequentially("blodp")
    page.locator(".suggest").get_by_role("option", name="Fastende blodprøve").wait_for()
    page.keyboard.press("ArrowDown")
    return page


@state("skriv-mal")
def _filled_in(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli", "e_dialog")
    page.locator("#compose-template").select_option(label="Før timen")
    page.locator("#act-template").click()
    page.get_by_text("{{timen}} har ingen verdi her").wait_for()
    return page


@state("samtale-mal", main=True)
def _answer_filled_in(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#act-template-open").click()
    page.locator("#answer-template").select_option(label="Attest klar")
    page.locator("#act-template").click()
    page.get_by_text("Malen «Attest klar» er satt inn").wait_for()
    return page


@state("samtale-filer", "thread", main=True)
def _files_here(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#act-files").click()
    page.locator("#existing li").first.get_by_role("checkbox").check()
    page.locator("#answer ul[aria-label='Lagt ved'] li").first.wait_for()
    return page


@state("skriv-filer", "compose")
def _files_of_a_message(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli")
    page.locator("#act-files").click()
    page.locator("#existing li").first.wait_for()
    return page


@state("skriv-feil")
def _compose_refused(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli")
    page.locator("#act-send").click()
    page.locator("#compose-subject_error").wait_for()
    return page


@state("skriv-kan-ikke-naas")
def _unreachable(stage: Stage) -> Any:
    page = stage.compose("Ragnhild Ness")
    page.get_by_text("Kan ikke nås på helsenorge.no").first.wait_for()
    return page


@state("skriv-ungdom")
def _young(stage: Stage) -> Any:
    return stage.compose("Emil Nordli")


@state("pasienter", "patient-search")
def _patients(stage: Stage) -> Any:
    return stage.staff("lise", at=f"{stage.demo.clinic}pasienter")


@state("pasienter-treff", main=True)
def _patients_found(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}pasienter?q=nordli")


@state("pasienter-ingen-treff")
def _patients_not_found(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}pasienter?q=finnesikke")


@state("pasientkort", "patient", main=True)
def _card(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}pasienter/{stage.patient('Ola Nordli')}")


@state("pasientkort-tomt")
def _empty_card(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}pasienter/{stage.patient('Ragnhild Ness')}")


@state("aktiv-pasient", main=True)
def _active_patient(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("#ui-search").press_sequentially("Ola Nordli")
    page.locator("#ui-search-results a:not(.htmx-added)").first.click()
    page.locator("#ui-patient .nm").wait_for()
    return page


@state("pasientsok-treff")
def _search_results(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("#ui-search").press_sequentially("nordli")
    page.locator("#ui-search-results a").first.wait_for()
    return page


@state("journalnotat", "journal-entry", "journal-attachment")
def _entry(stage: Stage) -> Any:
    page = stage.thread()
    page.locator("#thread-head").get_by_role("link", name="Ført i journalen").click()
    entry = page.get_by_role("region", name="Journalnotat")
    with page.expect_download():
        entry.get_by_role("link", name="Last ned").click()
    return page


@state("timebok", "schedule", main=True)
def _week(stage: Stage) -> Any:
    return stage.timebok()


@state("timebok-dag")
def _day(stage: Stage) -> Any:
    page = stage.timebok()
    page.get_by_role("navigation", name="Visning").get_by_role("link", name="Dag").click()
    page.locator(".grid.n1").wait_for()
    return page


@state("timebok-gruppe", main=True)
def _group(stage: Stage) -> Any:
    page = stage.timebok()
    page.get_by_role("navigation", name="Visning").get_by_role("link", name="Gruppe").click()
    page.locator(".grid.many").wait_for()
    return page


@state("timebok-ny-gruppe", "schedule-new-group", "schedule-group", main=True)
def _new_group(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("#timebok").select_option("ny")
    page.get_by_label("Navn", exact=True).fill(f"Legene {uuid4().hex[:6]}")
    for option in page.locator("#gruppe-skjema input[type=checkbox]").all()[:2]:
        option.check()
    page.get_by_role("button", name="Lagre gruppen").click()
    page.get_by_role("link", name="Endre gruppen").click()
    page.get_by_role("heading", name="Endre visningsgruppen").wait_for()
    return page


@state("ny-hendelse", "schedule-new-event", main=True)
def _new_event(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("#ny-hendelse").click()
    page.get_by_role("heading", name="Ny hendelse").wait_for()
    return page


@state("hendelse-gjentas")
def _event_repeated(stage: Stage) -> Any:
    page = _new_event(stage)
    page.get_by_label("Hva", exact=True).fill("Fagmøte")
    page.get_by_label("Fra", exact=True).fill("12:00")
    page.get_by_label("Til", exact=True).fill("13:00")
    page.get_by_text("Gjenta hendelsen").click()
    page.get_by_label("Eller antall ganger").fill("60")
    page.get_by_role("button", name="Lagre hendelsen").click()
    page.locator("#gjentatte").wait_for()
    return page


@state("hendelse", "schedule-event")
def _event(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("a.slot.ev").first.click()
    page.get_by_role("heading", name="Hendelse", exact=True).wait_for()
    return page


@state("hendelse-feil")
def _event_refused(stage: Stage) -> Any:
    page = _new_event(stage)
    page.get_by_role("button", name="Lagre hendelsen").click()
    page.locator("#panel [aria-invalid=true]").first.wait_for()
    return page


@state("ny-ledig-tid", "schedule-new-free")
def _new_free(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("#ny-ledig").click()
    page.get_by_role("heading", name="Ny ledig tid").wait_for()
    return page


@state("timebok-smartluke", main=True)
def _smart_slot(stage: Stage) -> Any:
    """A smart slot with its starts shown; made once, found again by those who come later."""
    page = stage.timebok(weeks=3)
    if not page.locator("a.slot.luke").count():
        page.locator("#ny-ledig").click()
        page.get_by_label("Smartluke").check()
        page.get_by_label("Fra", exact=True).fill("17:00")
        page.get_by_label("Til", exact=True).fill("19:00")
        for box in page.locator("[name=types]").all()[:3]:
            box.check()
        page.get_by_role("button", name="Lagre").click()
    page.locator("a.slot.luke").first.wait_for()
    page.keyboard.press("Alt+Shift+S")
    page.locator(".starts .start").first.wait_for()
    return page


@state("ny-time-i-smartluke", main=True)
def _into_smart_slot(stage: Stage) -> Any:
    page = _smart_slot(stage)
    page.locator(".starts .start").nth(1).click()
    page.locator("#bok-type").wait_for()
    return page


@state("smartluke", "schedule-smart")
def _smart_slot_itself(stage: Stage) -> Any:
    page = _into_smart_slot(stage)
    page.get_by_role("link", name="Endre", exact=True).click()
    page.get_by_role("heading", name="Smartluke", exact=True).wait_for()
    return page


@state("enkelttime-fjernet")
def _single_removed(stage: Stage) -> Any:
    page = _new_free(stage)
    page.get_by_label("Fra", exact=True).fill("18:15")
    page.get_by_role("button", name="Lagre").click()
    page.locator("a.slot.free", has_text="18.15").first.click()
    page.get_by_role("button", name="Fjern den ledige timen").click()
    page.locator("#panel .side-dlg").wait_for(state="detached")
    return page


@state("timebok-visning")
def _look_settings(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("#visning-valg").click()
    return page


@state("timebok-velg-dag")
def _choose_day(stage: Stage) -> Any:
    return stage.staff("kari", at=f"{stage.demo.clinic}timebok?vis=valg")


@state("timebok-ingen-tilbud")
def _no_offer(stage: Stage) -> Any:
    page = stage.timebok("per", 0)
    page.get_by_text("Pasientene ser ingen ledige timer").wait_for()
    return page


@state("timebok-ingen-plan")
def _no_plan(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}timebok?dag=2039-03-01")
    page.locator(".stale").wait_for()
    return page


@state("ny-time", "schedule-book", main=True)
def _book(stage: Stage) -> Any:
    return stage.free_time()


@state("ny-time-pasient", "schedule-patients")
def _book_whom(stage: Stage) -> Any:
    page = stage.free_time()
    page.locator("#pasient-sok").press_sequentially("nordli")
    page.locator("#treff button").first.wait_for()
    return page


@state("ny-time-utfylt", main=True)
def _book_filled(stage: Stage) -> Any:
    page = stage.free_time()
    page.locator("#pasient-sok").press_sequentially("Ola Nordli")
    page.locator("#treff").get_by_role("button", name="Ola Nordli").click()
    page.locator("#panel .who").wait_for()
    return page


@state("ny-time-utenom")
def _book_extra(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("#ny-time").click()
    page.locator("#panel .side-dlg").wait_for()
    return page


@state("ny-time-feil")
def _book_refused(stage: Stage) -> Any:
    page = stage.free_time()
    page.get_by_role("button", name="Lagre time").last.click()
    page.locator("#panel [data-error-summary]").wait_for()
    return page


@state("ny-time-gjenta")
def _book_repeatedly(stage: Stage) -> Any:
    page = _book_filled(stage)
    page.locator("#panel summary", has_text="Gjenta timen").click()
    page.get_by_label("Uke eller dag").wait_for()
    return page


@state("ny-time-gjentatt", main=True)
def _book_repeated(stage: Stage) -> Any:
    page = _book_repeatedly(stage)
    page.get_by_label("Eller antall ganger").fill("12")
    page.get_by_role("button", name="Lagre time").last.click()
    page.locator("#gjentatte").wait_for()
    return page


@state("ny-time-gjentatt-ingen")
def _book_repeated_on_no_day(stage: Stage) -> Any:
    page = _book_repeated(stage)
    for box in page.locator("#gjentatte input").all():
        box.uncheck()
    page.get_by_role("button", name="Book timene").click()
    page.locator("#panel [data-error-summary]").wait_for()
    return page


@state("time-gjenta", "schedule-repeat", main=True)
def _repeat(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#gjor-gjenta").click()
    page.get_by_role("heading", name="Gjenta timen").wait_for()
    return page


@state("time-gjenta-feil")
def _repeat_refused(stage: Stage) -> Any:
    page = _repeat(stage)
    page.get_by_role("button", name="Vis dagene").click()
    page.locator("#panel [aria-invalid=true]").first.wait_for()
    return page


@state("time-gjentatt")
def _repeated(stage: Stage) -> Any:
    page = stage.timebok(weeks=4)
    slot = page.locator("a.free").last.get_attribute("id").removeprefix("t-")
    facts = {"slot_id": slot, "patient_id": stage.patient("Odd Dahl")}
    made = stage.demo.ask("kari", "/appointments", make=facts)
    page.goto(f"{stage.demo.clinic}timebok/time/{made['id']}/gjenta")
    page.get_by_label("Eller antall ganger").fill("3")
    page.get_by_role("button", name="Vis dagene").click()
    for box in page.locator("#gjentatte input").all():
        box.check()
    page.get_by_role("button", name="Book timene").click()
    page.locator("#bookede").wait_for()
    return page


@state("time-nr-av")
def _one_of_several(stage: Stage) -> Any:
    page = _repeated(stage)
    first = page.locator("#bookede a").first
    tile = first.get_attribute("href").rpartition("/")[2]
    first.click()
    page.locator("#gjentas").wait_for()
    page.locator(f"[id='t-{tile}']").wait_for()
    return page


@state("time", "schedule-appointment", main=True)
def _appointment(stage: Stage) -> Any:
    return stage.taken_time()


@state("time-avlys")
def _cancel(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#panel summary", has_text="Avlys timen").click()
    return page


@state("timebok-avlys-flere", "schedule-cancel-several", main=True)
def _cancel_several(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator(".hd:not(.aside) .of-day").first.click()
    page.get_by_role("heading", name="Avlys dagens timer").wait_for()
    return page


@state("timebok-valgte")
def _picked(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("ol.lane:not(.aside) .slot[data-pick]").first.click(modifiers=["Control"])
    page.get_by_text("1 time valgt").wait_for()
    return page


@state("avbestillinger", "schedule-cancellations", main=True)
def _cancellations(stage: Stage) -> Any:
    page = stage.timebok(weeks=5)
    slot = page.locator("a.free").first.get_attribute("id").removeprefix("t-")
    facts = {"slot_id": slot, "patient_id": stage.patient("Odd Dahl")}
    made = stage.demo.ask("kari", "/appointments", make=facts)
    stage.demo.ask("kari", f"/appointments/{made['id']}/cancel", make={"reason": "Legen er syk"})
    page.goto(f"{stage.demo.clinic}timebok/avbestillinger")
    tick = page.locator("#avbestilt button", has_text="Kryss av").first
    tick.click()
    page.goto(f"{stage.demo.clinic}timebok/avbestillinger?vis=alle")
    page.locator("#avbestilt [aria-pressed=true]").first.wait_for()
    return page


@state("avbestillinger-ingen")
def _no_cancellations(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}timebok/avbestillinger?q=finnesikke")
    page.locator("#avbestilt .empty").wait_for()
    return page


@state("time-logg")
def _log(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#panel summary", has_text="Logg").click()
    return page


@state("time-meny", "schedule-menu")
def _menu(stage: Stage) -> Any:
    page = stage.timebok()
    page.locator("a.slot.self").first.click(button="right")
    page.get_by_role("dialog").wait_for()
    return page


@state("time-flytt")
def _move(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#gjor-flytt").click()
    page.get_by_role("heading", name="Flytt timen").wait_for()
    return page


@state("time-flytt-hit", "schedule-move")
def _move_here(stage: Stage) -> Any:
    page = _move(stage)
    page.locator("a.free").first.click()
    page.get_by_text("Flyttes til").wait_for()
    return page


@state("time-kopi")
def _copy(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#gjor-kopi").click()
    page.get_by_text("Du kopierer en time").wait_for()
    page.get_by_role("heading", name="Kopier timen").wait_for()
    return page


@state("time-tider", "schedule-times", main=True)
def _times(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#gjor-tider").click()
    page.get_by_role("heading", name="Endre tidene").wait_for()
    return page


@state("timekort", "schedule-card", main=True)
def _time_card(stage: Stage) -> Any:
    page = stage.taken_time()
    page.locator("#gjor-timekort").click()
    page.get_by_role("heading", name="Timekort for").wait_for()
    return page


@state("hurtigtaster")
def _shortcuts(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.keyboard.press("?")
    page.locator("#ui-shortcuts").wait_for()
    return page


@state("brukermeny")
def _user_menu(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("header.top summary").click()
    return page


@state("feil-404", main=True)
def _absent(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.clinic}post/00000000-0000-4000-8000-000000000000")
    page.get_by_role("heading", name="Siden finnes ikke").wait_for()
    return page


@state("feil-403")
def _stale(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.context.clear_cookies(name="skranke_csrf")
    page.locator("details.drop").filter(has_text="Logg ut").locator("summary").click()
    page.get_by_role("button", name="Logg ut", exact=True).click()
    page.get_by_role("heading", name="Siden hadde stått for lenge").wait_for()
    return page


@state("feil-413")
def _too_large(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.evaluate(
        """length => { const form = document.createElement("form"), field = document.createElement("input");
        form.method = "post"; form.action = location.pathname.replace(/post$/, "post/ny");
        field.name = "text"; field.value = "x".repeat(length); form.append(field); document.body.append(form);
        form.submit(); }""",
        _TOO_MUCH,
    )
    page.get_by_role("heading", name="Det du sendte, er for stort").wait_for()
    return page


@state("i-dag", "today", main=True)
def _today(stage: Stage) -> Any:
    page = stage.staff("kari", at=stage.demo.clinic)
    page.locator("a.brand").click()
    page.get_by_role("heading", name="Må besvares i dag").wait_for()
    return page


@state("i-dag-tom")
def _nothing_today(stage: Stage) -> Any:
    page = stage.staff("lise", at=f"{stage.demo.clinic}i-dag")
    page.get_by_text("Du har ingen oppgaver.").wait_for()
    return page


@state("rapporter", "reports", main=True)
def _reports(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}rapporter")
    page.get_by_role("img", name="Meldinger inn per uke og type").wait_for()
    return page


@state("rapporter-tom")
def _no_reports(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}rapporter?fra=2020-01-01&til=2020-01-31")
    page.get_by_text("Ingen meldinger i denne perioden.").wait_for()
    return page


@state("rapporter-feil-periode")
def _reports_of_a_wrong_period(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}rapporter?fra=2027-03-03&til=2027-03-01")
    page.get_by_text("Sluttdatoen er før startdatoen").first.wait_for()
    return page
