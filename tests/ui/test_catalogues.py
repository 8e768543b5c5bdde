"""No word of a screen outside gettext, and none without its English and nynorsk."""

from pathlib import Path

import pytest

from skranke.ui import catalogues
from skranke.ui.template_text import check_source


@pytest.mark.req("POR-12")
def test_the_catalogues_are_complete() -> None:
    assert list(catalogues.problems()) == []


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        ("<p>\n  Innboks\n</p>", 2, "Innboks"),
        ('<a title="Lukk vinduet"></a>', 1, "Lukk vinduet"),
        ('<input placeholder="Søk">', 1, "Søk"),
        ('<input type="submit" value="Send">', 1, "Send"),
        ("{% if x %}<b>{{ n }} uleste</b>{% endif %}", 1, "… uleste"),
        ('\n{{ button("Lagre") }}', 2, "Lagre"),
        ("{{ chip('én igjen') }}", 1, "én igjen"),
        ("{% trans %}Hei{% endtrans %}<p>Hallo</p>", 1, "Hallo"),
    ],
)
def test_words_outside_gettext_are_found(source: str, line: int, text: str) -> None:
    (finding,) = check_source(source)
    assert (finding.line, finding.text) == (line, text)


@pytest.mark.parametrize(
    "source",
    [
        '<p>{{ _("Innboks") }}</p>',
        "{% trans count=n %}{{ count }} ulest{% pluralize %}{{ count }} uleste{% endtrans %}",
        '<a class="ds-button" aria-label="{{ _(\'Lukk\') }}" data-shortcut="Alt+F">×</a>',
        '{{ button(_("Lagre"), attrs={"data-shortcut": "Alt+S"}, symbol="check") }}',
        "{# Innboks #}<title>{{ title }} – Skranke</title>",
        "<{{ tag }} class='x'>{{ y }}</{{ tag }}>",
        '{{ ngettext("%(num)s ledig", "%(num)s ledige", n) }}',
        '{% extends "ui/clinic.html" %}{% block body_class %}clinic tall{% endblock %}',
    ],
)
def test_words_inside_gettext_and_what_is_not_words_pass(source: str) -> None:
    assert check_source(source) == []


@pytest.mark.parametrize(
    "source", ['<p style="color:red"></p>', "<script>x()</script>", "<style>p{}</style>", '<b onclick="x()"></b>']
)
def test_what_the_security_policy_blocks_is_found(source: str) -> None:
    assert any("blocked" in finding.text for finding in check_source(source))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with one page and one line of Python."""
    templates = tmp_path / "src" / "room" / "templates" / "room"
    templates.mkdir(parents=True)
    (templates / "page.html").write_text('{{ _("Hei, %(name)s", name=name) }}', encoding="utf-8")
    (tmp_path / "src" / "room" / "views.py").write_text('text = _("Lagret")\n', encoding="utf-8")
    return tmp_path / "src"


def fill(package: Path, words: dict[str, str]) -> list[str]:
    locales = package.parent / "locale"
    for language in catalogues.LANGUAGES:
        catalogue = catalogues.update(language, catalogues.extract(package), locales)
        for source, text in words.items():
            catalogue[source].string = text
        folder = locales / language / "LC_MESSAGES"
        with (folder / "django.po").open("wb") as file:
            catalogues.write_po(file, catalogue)
        (folder / "django.mo").write_bytes(catalogues.compiled(catalogue))
    return list(catalogues.problems(package, locales))


def test_a_complete_catalogue_passes(package: Path) -> None:
    assert fill(package, {"Hei, %(name)s": "Hello, %(name)s", "Lagret": "Saved"}) == []


def test_a_missing_entry_is_told(package: Path) -> None:
    assert fill(package, {"Hei, %(name)s": "Hello, %(name)s"}) == [
        "en: not translated: Lagret",
        "nn: not translated: Lagret",
    ]


def test_a_lost_placeholder_is_told(package: Path) -> None:
    found = fill(package, {"Hei, %(name)s": "Hello", "Lagret": "Saved"})
    assert found == [f"{one}: other placeholders than the source: Hei, %(name)s" for one in ("en", "nn")]


def test_norwegian_in_the_english_catalogue_is_told(package: Path) -> None:
    assert fill(package, {"Hei, %(name)s": "Hello, %(name)s", "Lagret": "Det er lagra"}) == [
        "en: not in English: Lagret"
    ]


def test_an_old_compiled_file_is_told(package: Path) -> None:
    fill(package, {"Hei, %(name)s": "Hello, %(name)s", "Lagret": "Saved"})
    locales = package.parent / "locale"
    (locales / "en" / "LC_MESSAGES" / "django.mo").unlink()
    (found,) = catalogues.problems(package, locales)
    assert found.startswith("en: the .mo is not what the .po says")


def test_a_message_inside_an_f_string_is_told(package: Path) -> None:
    # Python 3.12 and later find it, 3.11 does not: the catalogues would be complete on one and not on the other.
    (package / "room" / "more.py").write_text("text = f\"{_('Lagret')} nå\"\n", encoding="utf-8")
    (found,) = fill(package, {"Hei, %(name)s": "Hello, %(name)s", "Lagret": "Saved"})
    assert found.startswith("room/more.py:1: a message inside an f-string")
