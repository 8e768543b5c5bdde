"""The figures of Rapporter in words and pictures: each with what it shows, its legend and the numbers behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from skranke.dialog.models import Channel, DialogKind
from skranke.dialog.reporting import AnswerTimes, MessageReport
from skranke.dialog.rules import ANSWER_WORKING_DAYS
from skranke.ui.dates import format_date
from skranke.ui.filters import number
from skranke.web.clinic.post.words import kind_text
from skranke.web.clinic.reports.charts import Bar, Chart, Part, columns, rows

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers behind a picture. head: what the columns are called; each row: its name, then its cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with its numbers. legend: the looks and what each means. told: what is counted, in a sentence.

    chart: None where there is nothing to draw; the table then says so.
    """

    id: str
    heading: str
    told: str
    chart: Chart | None
    table: Table
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One number on top. mood: "ok", "bad" or nothing."""

    text: str
    value: str
    below: str
    mood: str = ""


def figures(report: MessageReport) -> list[Figure]:
    """All pictures of a report; those of the period only where something came or went in it."""
    found = [_now(report)]
    if report.load or report.channels:
        found = [_load(report), _times(report), _within(report), *found, _channels(report)]
    return found


def totals(report: MessageReport) -> list[Total]:
    """The numbers on top."""
    asked, answered = (sum(getattr(one, name) for one in report.times) for name in ("asked", "answered"))
    within, late = (sum(getattr(one, name) for one in report.times) for name in ("within", "late"))
    waiting, overdue = (sum(getattr(one, name) for one in report.now) for name in ("open", "overdue"))
    return [
        Total(
            text=_("Henvendelser i perioden"),
            value=number(asked),
            below=_("%(n)s meldinger inn") % {"n": number(sum(one.incoming for one in report.load))},
        ),
        Total(
            text=_("Besvart"),
            value=number(answered),
            below=_("%(share)s av henvendelsene") % {"share": _share(answered / asked if asked else None)},
        ),
        Total(
            text=_("Innen fristen"),
            value=_share(within / (within + late) if within + late else None),
            below=_("%(n)s for sent") % {"n": number(late)},
            mood="bad" if late else "ok" if within else "",
        ),
        Total(
            text=_("Åpne nå"),
            value=number(waiting),
            below=_("%(n)s over fristen") % {"n": number(overdue)},
            mood="bad" if overdue else "",
        ),
    ]


def _load(report: MessageReport) -> Figure:
    kinds = _kinds(one.kind for one in report.load)
    counted = {(one.week, one.kind): one.incoming for one in report.load}
    title = _("Meldinger inn per uke og type")
    stacks = [
        (
            str(week.isocalendar().week),
            [Part(value=counted.get((week, kind), 0), look=_look(kind)) for kind in kinds],
        )
        for week in report.weeks
    ]
    busiest = max(report.weeks, key=lambda week: sum(counted.get((week, kind), 0) for kind in kinds))
    most = sum(counted.get((busiest, kind), 0) for kind in kinds)
    about = _("En stolpe for hver uke, delt i typer. Mest kom i uke %(week)s: %(n)s meldinger.") % {
        "week": busiest.isocalendar().week,
        "n": number(most),
    }
    table = Table(
        head=(_("Uke"), *(kind_text(kind) for kind in kinds), _("Alle")),
        rows=tuple(
            (
                _("%(week)s (fra %(day)s)") % {"week": week.isocalendar().week, "day": format_date(week, "kort")},
                *(number(counted.get((week, kind), 0)) for kind in kinds),
                number(sum(counted.get((week, kind), 0) for kind in kinds)),
            )
            for week in report.weeks
        ),
    )
    return Figure(
        id="mengde",
        heading=title,
        told=_("Det pasientene skrev, etter hva det kom som. Tallet under hver stolpe er uken."),
        chart=columns(title, about, stacks) if kinds else None,
        table=table,
        legend=tuple((_look(kind), kind_text(kind)) for kind in kinds),
    )


def _times(report: MessageReport) -> Figure:
    title = _("Svartid per type")
    answered = [one for one in report.times if one.median is not None]
    groups = [
        (
            kind_text(one.kind),
            (
                Bar(parts=(Part(value=_seconds(one.median), look="r-half"),), text=span_text(one.median)),
                Bar(parts=(Part(value=_seconds(one.ninth), look="r-ninth"),), text=span_text(one.ninth)),
            ),
        )
        for one in answered
    ]
    about = "; ".join(
        _("%(kind)s: halvparten er besvart innen %(half)s, 9 av 10 innen %(ninth)s")
        % {"kind": kind_text(one.kind), "half": span_text(one.median), "ninth": span_text(one.ninth)}
        for one in answered
    )
    table = Table(
        head=(
            _("Type"),
            _("Henvendelser"),
            _("Besvart"),
            _("Avsluttet uten svar"),
            _("Midterste svartid"),
            _("9 av 10 innen"),
        ),
        rows=tuple(
            (
                kind_text(one.kind),
                number(one.asked),
                number(one.answered),
                number(one.closed),
                span_text(one.median),
                span_text(one.ninth),
            )
            for one in report.times
        ),
    )
    return Figure(
        id="svartid",
        heading=title,
        told=_(
            "Fra pasienten skrev til klinikken svarte, i døgn og timer, også om natten og i helgen. "
            "Det pasienten føyer til før svaret, hører til samme henvendelse."
        ),
        chart=rows(title, about, groups) if groups else None,
        table=table,
        legend=(("r-half", _("midterste svartid")), ("r-ninth", _("9 av 10 er besvart innen"))),
    )


def _within(report: MessageReport) -> Figure:
    title = _("Besvart innen fristen")
    limited = [one for one in report.times if one.has_limit]
    known = [one for one in limited if one.share_within is not None]
    groups = [
        (
            kind_text(one.kind),
            (
                Bar(
                    parts=(Part(value=one.within, look="r-ok"), Part(value=one.late, look="r-late")),
                    text=_share(one.share_within),
                ),
            ),
        )
        for one in known
    ]
    about = "; ".join(_within_text(one) for one in known)
    full = max((one.within + one.late for one in known), default=0)
    table = Table(
        head=(_("Type"), _("Innen fristen"), _("For sent"), _("Fristen er ikke ute"), _("Andel")),
        rows=tuple(
            (
                kind_text(one.kind),
                number(one.within),
                number(one.late),
                number(max(0, one.asked - one.closed - one.within - one.late)),
                _share(one.share_within),
            )
            for one in limited
        ),
    )
    return Figure(
        id="frist",
        heading=title,
        told=_(
            "Fristen for eKonsultasjon er %(days)s virkedager. Andre typer har ingen frist. "
            "For sent er også det som ennå venter når fristen er ute."
        )
        % {"days": ANSWER_WORKING_DAYS},
        chart=rows(title, about, groups, full=full) if groups else None,
        table=table,
        legend=(("r-ok", _("innen fristen")), ("r-late", _("for sent"))),
    )


def _within_text(one: AnswerTimes) -> str:
    return _("%(kind)s: %(share)s innen fristen, %(late)s for sent") % {
        "kind": kind_text(one.kind),
        "share": _share(one.share_within),
        "late": number(one.late),
    }


def _now(report: MessageReport) -> Figure:
    title = _("Åpne samtaler nå")
    groups = [
        (
            kind_text(one.kind),
            (
                Bar(
                    parts=(
                        Part(value=one.overdue, look="r-late"),
                        Part(value=one.due_today, look="r-today"),
                        Part(value=one.open - one.overdue - one.due_today, look="r-open"),
                    ),
                    text=number(one.open),
                ),
            ),
        )
        for one in report.now
    ]
    about = "; ".join(
        _("%(kind)s: %(open)s åpne, %(late)s over fristen, %(today)s med frist i dag")
        % {
            "kind": kind_text(one.kind),
            "open": number(one.open),
            "late": number(one.overdue),
            "today": number(one.due_today),
        }
        for one in report.now
    )
    table = Table(
        head=(_("Type"), _("Åpne"), _("Står i en innboks"), _("Frist i dag"), _("Over fristen")),
        rows=tuple(
            (kind_text(one.kind), *(number(n) for n in (one.open, one.waiting, one.due_today, one.overdue)))
            for one in report.now
        ),
    )
    return Figure(
        id="naa",
        heading=title,
        told=_("Slik det står akkurat nå, uansett hvilken periode som er valgt."),
        chart=rows(title, about, groups) if groups else None,
        table=table,
        legend=(("r-late", _("over fristen")), ("r-today", _("frist i dag")), ("r-open", _("andre åpne"))),
    )


def _channels(report: MessageReport) -> Figure:
    title = _("Meldinger per kanal")
    groups = [
        (
            channel_text(one.channel),
            tuple(
                Bar(parts=(Part(value=count, look=look),), text=number(count))
                for count, look in ((one.incoming, "r-in"), (one.outgoing, "r-out"))
            ),
        )
        for one in report.channels
    ]
    about = "; ".join(
        _("%(channel)s: %(in)s inn, %(out)s ut")
        % {"channel": channel_text(one.channel), "in": number(one.incoming), "out": number(one.outgoing)}
        for one in report.channels
    )
    both = sum(one.incoming + one.outgoing for one in report.channels)
    table = Table(
        head=(_("Kanal"), _("Inn"), _("Ut"), _("Andel av alle")),
        rows=tuple(
            (
                channel_text(one.channel),
                number(one.incoming),
                number(one.outgoing),
                _share((one.incoming + one.outgoing) / both),
            )
            for one in report.channels
        ),
    )
    return Figure(
        id="kanaler",
        heading=title,
        told=_("Inn er det pasientene skrev, ut det klinikken skrev. Mellom kolleger er alt ut."),
        chart=rows(title, about, groups),
        table=table,
        legend=(("r-in", _("inn")), ("r-out", _("ut"))),
    )


def channel_text(channel: str) -> str:
    """Where a thread lives."""
    return {
        Channel.HELSENORGE: "HelseNorge",
        Channel.OWN: _("Pasientportalen"),
        Channel.INTERNAL: _("Mellom kolleger"),
    }[Channel(channel)]


def span_text(span: timedelta | None) -> str:
    """How long it took, rounded as people say it."""
    if span is None:
        return _NOTHING
    if span < _HOUR:
        return _("%(n)s min") % {"n": number(max(1, round(span / timedelta(minutes=1))))}
    if span < 2 * _DAY:
        return _("%(n)s t") % {"n": number(span / _HOUR, 1)}
    return _("%(n)s døgn") % {"n": number(span / _DAY, 1)}


def _share(share: float | None) -> str:
    return _NOTHING if share is None else _("%(n)s %%") % {"n": number(share * 100)}


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span is not None else 0


def _kinds(found: Iterable[DialogKind]) -> Sequence[DialogKind]:
    there = set(found)
    return [kind for kind in DialogKind if kind in there]


def _look(kind: DialogKind) -> str:
    return f"k-{kind.value}"
