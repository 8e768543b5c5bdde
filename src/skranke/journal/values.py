"""What a caller tells the journal."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentFacts:
    """A file of an entry: its stored content, the name people see, its media type and its size in bytes."""

    blob_id: UUID
    name: str
    media_type: str
    size: int
