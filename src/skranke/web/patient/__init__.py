"""The patient portal: a patient's own messages, appointments and record of access."""
