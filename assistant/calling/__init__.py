"""The calling worker: media and telephones in a process of their own, and the core's side of it."""
