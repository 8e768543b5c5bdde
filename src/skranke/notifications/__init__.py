"""Who is told what about an appointment, by which route, once (docs/notices.md)."""
