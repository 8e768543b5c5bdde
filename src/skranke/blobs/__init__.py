"""Attachment content, in rows of one clinic."""
