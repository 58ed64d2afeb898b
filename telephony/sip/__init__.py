"""Desk phones: calls by SIP to and from the phones of the departments."""
