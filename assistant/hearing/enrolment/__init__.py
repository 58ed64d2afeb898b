"""Learning one person's wake word from a few recordings, on top of the shipped head: `seoula enroll wake`."""
