"""Janus as the engine of larger rooms: Debian's package, configured by us, spoken to over the loopback alone."""
