"""The committed description of the API: a change shows here, and is only ever an addition."""

import json
from pathlib import Path

from skranke.web.api.app import api

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_document_is_the_one_that_is_served() -> None:
    """After a change that only adds: `make openapi`."""
    served = json.loads(json.dumps(api.get_openapi_schema()))
    assert served == json.loads(COMMITTED.read_text(encoding="utf-8"))
