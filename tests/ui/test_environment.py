"""The one template environment: escaping, undefined names, words, pictures, small presentations."""

import jinja2
import pytest
from django.utils import translation

from skranke.ui import filters

from support.templates import render


def test_values_are_escaped() -> None:
    assert render("{{ name }}", name="<b>&") == "&lt;b&gt;&amp;"


def test_values_in_translated_text_are_escaped() -> None:
    assert "&lt;b&gt;" in render('{{ _("Du er %(name)s.", name=name) }}', name="<b>")
    assert "&lt;b&gt;" in render("{% trans name=name %}Du er {{ name }}.{% endtrans %}", name="<b>")


@pytest.mark.parametrize("source", ["{{ missing }}", "{% if missing %}x{% endif %}", "{{ there.missing }}"])
def test_an_undefined_name_raises(source: str) -> None:
    with pytest.raises(jinja2.UndefinedError):
        render(source, there={})


def test_text_is_in_the_active_language() -> None:
    assert render('{{ _("Hopp til innhold") }} {{ language() }}', language="nn") == "Hopp til innhald nn"
    assert render('{{ _("Avbryt") }} {{ language() }}', language="en") == "Cancel en"


def test_an_icon_is_hidden_from_screen_readers_and_comes_from_the_sprite() -> None:
    assert render("{{ icon('post') }}") == (
        '<svg class="i" aria-hidden="true" focusable="false"><use href="/static/ui/icons.svg#i-post"/></svg>'
    )


def test_a_route_that_this_program_lacks_is_none() -> None:
    assert render("{{ url_or_none('no_such:route') is none }}") == "True"


@pytest.mark.parametrize(
    ("octets", "text"), [(0, "0 B"), (999, "999 B"), (240_000, "240 kB"), (2_100_000, "2,1 MB"), (12_000_000, "12 MB")]
)
def test_file_sizes(octets: int, text: str) -> None:
    with translation.override("nb"):
        assert filters.file_size(octets) == text


def test_a_national_id_is_masked_after_the_birth_date() -> None:
    assert filters.masked_national_id("14838812345") == "148388 •••••"
    assert filters.national_id("14838812345") == "148388 12345"


@pytest.mark.parametrize(("name", "letters"), [("Kari Lunde", "KL"), ("Ola", "O"), ("Anne Marie Moe", "AM"), ("", "")])
def test_initials(name: str, letters: str) -> None:
    assert filters.initials(name) == letters
