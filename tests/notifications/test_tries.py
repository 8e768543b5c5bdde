"""A sending is never made twice by our doing, is tried again when it could not leave, and its row tells how it went."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from skranke.kernel import clock
from skranke.notifications import sending
from skranke.notifications.models import NoticeSending
from skranke.scheduling.services import cancel
from skranke.tenancy.work import acting
from skranke.worker.run import look

from support.database import as_role
from support.notice_desk import DECIDE, worker
from support.notice_servers import HANG_UP
from support.timebok import weekday_at

MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


def row(desk) -> NoticeSending:
    """The newest of the sendings."""
    with acting(desk.cast.system):
        return NoticeSending.objects.order_by("-notice__created_at").first()


def state(desk) -> tuple[str, int, str]:
    one = row(desk)
    return one.state, one.tries, one.error


def decide() -> None:
    with as_role("skranke_worker"):
        for _ in range(2):
            clock.move(timedelta(seconds=2))
            look(DECIDE)


@pytest.mark.req("NOT-17")
def test_the_row_tells_way_masked_address_time_outcome_and_tries(desk) -> None:
    desk.book()
    worker(5 * MINUTES)
    one = row(desk)
    assert (one.way, one.address, one.tries, one.error) == ("email", "o***@example.no", 1, "")
    assert one.sent_at is not None
    desk.patient(notify_by="sms")
    desk.book(weekday_at(11))
    worker(5 * MINUTES)
    assert (row(desk).way, row(desk).address, row(desk).state) == ("sms", "*** 567", "sent")


@pytest.mark.req("NOT-17", "NOT-16")
def test_however_many_workers_send_at_once_each_goes_once(desk) -> None:
    desk.patient(notify_by="both")
    for hour in (9, 10, 11):
        desk.book(weekday_at(hour))
    clock.move(5 * MINUTES)
    decide()

    def send() -> None:
        with as_role("skranke_worker"):
            sending.send_due()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(desk.caught.mails), len(desk.caught.texts)) == (3, 3)
    assert len({message["Message-ID"] for _to, message in desk.caught.mails}) == 3


@pytest.mark.req("NOT-17")
def test_what_cannot_leave_now_is_tried_again_with_longer_pauses(desk) -> None:
    desk.caught.smtp_answers += ["451 later", "421 later"]
    desk.book()
    worker(5 * MINUTES)
    assert state(desk) == ("waiting", 1, "channel_down: SMTP 451")
    first = row(desk)
    assert first.next_at - first.tried_at >= timedelta(seconds=30)
    worker(timedelta(seconds=30))
    assert state(desk) == ("waiting", 2, "channel_down: SMTP 421")
    second = row(desk)
    assert second.next_at - second.tried_at >= timedelta(seconds=60)
    worker(timedelta(seconds=60))
    assert state(desk) == ("sent", 3, "")
    assert desk.caught.to == ["ola@example.no"]


@pytest.mark.req("NOT-17")
def test_after_ten_tries_somebody_must_look(desk) -> None:
    desk.patient(notify_by="sms")
    desk.caught.sms_answers += [503] * 20
    desk.book()
    worker(5 * MINUTES)
    for _ in range(15):
        worker(HOURS)
    assert state(desk) == ("failed", 10, "channel_down: HTTP 503")


@pytest.mark.req("NOT-17")
@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"email": "nobody@example.no"}, "letter_refused: SMTP 550"),
        ({"email": "ikke en adresse"}, "letter_refused: address"),
        ({"email": "åse@example.no"}, "letter_refused: address"),
        ({"email": "x@example.no\r\nBcc: y@example.no"}, "letter_refused: address"),
    ],
)
def test_an_address_that_is_refused_is_told_of_and_not_tried_again(desk, facts, said) -> None:
    desk.patient(**facts)
    desk.book()
    worker(5 * MINUTES)
    worker(HOURS)
    assert state(desk) == ("failed", 1, said)
    assert desk.caught.mails == []


@pytest.mark.req("NOT-17", "NOT-16")
@pytest.mark.parametrize("way", ["email", "sms"])
def test_where_nobody_knows_whether_it_left_a_confirmation_stays_and_a_cancellation_goes_again(desk, way) -> None:
    desk.patient(notify_by=way)
    caught = desk.caught
    letters = caught.mails if way == "email" else caught.texts
    answers = caught.smtp_answers if way == "email" else caught.sms_answers
    answers.append(HANG_UP)
    booked = desk.book()
    worker(5 * MINUTES)
    worker(HOURS)
    assert (state(desk)[:2], len(letters)) == (("uncertain", 1), 1)
    answers.append(HANG_UP)
    desk.do(lambda held: cancel(held, by="clinic"), booked)
    worker()
    worker(MINUTES)
    assert (state(desk), len(letters)) == (("sent", 2, ""), 3)
    name = {"sms": "reference", "email": "Message-ID"}[way]
    references = [one[name] for _, one in letters]
    assert references[1] == references[2] != references[0]


class _DiesError(BaseException):
    """The program ends in the midst of it."""


@pytest.mark.req("NOT-17", "NOT-16")
def test_what_a_program_died_over_is_found_and_not_told_twice(desk, monkeypatch) -> None:
    def dies(way, letter):
        raise _DiesError

    def die() -> None:
        with as_role("skranke_worker"), monkeypatch.context() as patched:
            patched.setattr(sending, "_hand_over", dies)
            with pytest.raises(_DiesError):
                sending.send_due()

    booked = desk.book()
    clock.move(5 * MINUTES)
    decide()
    die()
    assert state(desk)[0] == "sending"
    worker(4 * MINUTES)
    assert state(desk)[0] == "sending"
    worker(MINUTES)
    assert (state(desk), desk.caught.mails) == (("uncertain", 1, "outcome_unknown"), [])
    desk.do(lambda held: cancel(held, by="clinic"), booked)
    decide()
    die()
    worker(5 * MINUTES)
    assert (state(desk)[:2], len(desk.caught.mails)) == (("sent", 2), 1)


@pytest.mark.req("NOT-16")
def test_what_has_not_left_is_overtaken_by_later_news_and_by_the_appointment_itself(desk) -> None:
    desk.caught.smtp_answers += ["451 later"] * 2
    booked = desk.book()
    worker(5 * MINUTES)
    desk.do(lambda held: cancel(held, by="clinic"), booked)
    worker()
    worker(5 * MINUTES)
    assert [desk.route(event)[1] for event in ("booked", "cancelled")] == [[("email", "dropped")], [("email", "sent")]]
    assert "avlyst" in desk.caught.mail_text()
    desk.caught.smtp_answers.append("451 later")
    desk.book(clock.now() + 10 * MINUTES)
    worker(6 * MINUTES)
    worker(HOURS)
    assert (desk.route("booked")[1], len(desk.caught.mails)) == ([("email", "dropped")], 1)
