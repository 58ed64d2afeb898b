"""Speaking: text to a WAV file in a process that may be killed, with a cache in front."""
