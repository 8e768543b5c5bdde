"""Certificates and identities: each row a message with real bytes, each with its agreed answer, each in the docs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from skranke.config.environment import Settings

from support import authority, matrix
from support.matrix_certificates import INVALID
from support.matrix_identities import ROWS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "certificates.md"
BEGIN = "<!-- made by `make certificates`, checked by tests/gateway/test_certificate_matrix.py -->\n"


@pytest.fixture
def scene(office, tmp_path) -> Iterator[matrix.Scene]:
    with authority.site() as web:
        yield matrix.Scene(office, web, tmp_path)


@pytest.mark.req("DDFL-ENV-20", "DDFL-ENV-21", "DDFL-ENV-22", "DDFL-AR-17")
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.group}: {row.case}" for row in ROWS])
def test_each_message_gets_its_agreed_answer(scene, row) -> None:
    scene.office.helsenorge.send(scene.question, **row.make(scene))
    row.answer.check(scene, row.answer.code)


@pytest.mark.req("DDFL-ENV-20")
def test_what_is_made_for_tests_counts_only_where_the_setting_names_its_policy(scene, monkeypatch) -> None:
    default = replace(settings.OURS, certificate_policies=Settings().certificate_policies)
    monkeypatch.setattr(settings, "OURS", default)
    scene.office.helsenorge.send(scene.question)
    INVALID.check(scene, INVALID.code)


def test_the_matrix_stands_in_the_docs() -> None:
    """`make certificates` writes it."""
    _, begun, made = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    assert begun
    assert made == matrix.table(ROWS)
    assert len(ROWS) >= 40
