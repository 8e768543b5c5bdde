"""What every channel is handed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One notice to one address. reference: the same however often it is tried, so that two can be told to be one.

    subject: for the channels that have one. sender: the clinic's name.
    """

    address: str = field(repr=False)
    sender: str
    subject: str
    text: str = field(repr=False)
    reference: str
    language: str
