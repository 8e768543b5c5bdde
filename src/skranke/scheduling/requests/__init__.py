"""Requests for a time (timeforespørsler): a patient asks in the portal, the clinic gives a time or says no (REQ-1)."""
