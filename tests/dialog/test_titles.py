"""The title of what came from HelseNorge says so, whatever the patient wrote (MSG-19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skranke.dialog import rules
from skranke.dialog.models import Channel

from support.properties import tried


@pytest.mark.req("MSG-19")
@tried(100)
@given(st.text(max_size=700) | st.builds("{}HelseNorge.no{}".format, st.text(max_size=400), st.text(max_size=10)))
def test_it_holds_helsenorge_no_on_one_line_that_fits(subject) -> None:
    title = rules.title(subject)
    assert "helsenorge.no" in title.lower()
    assert len(title) <= 300
    assert "\n" not in title


@pytest.mark.req("MSG-19")
@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Utslett på armen", "Utslett på armen – helsenorge.no"),
        ("  ", "helsenorge.no"),
        ("Om helsenorge.no", "Om helsenorge.no"),
        ("To\nlinjer", "To linjer – helsenorge.no"),
    ],
)
def test_it_reads_well(subject, title) -> None:
    assert rules.title(subject) == title


@pytest.mark.req("MSG-19")
def test_a_dialog_inside_the_clinic_has_its_own_title() -> None:
    assert rules.title("Vaktliste", channel=Channel.INTERNAL) == "Vaktliste"


@tried(100)
@given(st.text(max_size=300), st.sampled_from(["", "application/pdf", "image/png", "image/jpeg", "text/plain"]))
def test_a_file_name_is_one_harmless_name(name, media_type) -> None:
    kept = rules.safe_name(name, media_type)
    assert 0 < len(kept) <= 200
    assert not set(kept) & set('/\\\r\n\x00"<>:|?*\u202e')
    assert not kept.startswith(".")
    assert rules.safe_name(kept, media_type) == kept
