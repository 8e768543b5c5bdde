"""The reasons in docs/log-in.md are those of the code."""

import re
from pathlib import Path

from skranke.identity.oidc.values import Refusal

PAGE = Path(__file__).parents[2] / "docs" / "log-in.md"


def test_every_reason_for_a_refused_log_in_is_documented() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| reason |")[2]
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"[a-z_]+", row)} == {reason.value for reason in Refusal}
