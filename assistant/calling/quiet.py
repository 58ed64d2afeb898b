"""What libraries print goes nowhere: the SIP stack prints a line with the sender's address for every request that it
does not know, which is nobody's business, and a way to fill the disk from outside."""

from __future__ import annotations

import faulthandler
import os
import sys


def quiet_libraries() -> None:
    """From now on only what Python says reaches the log, a crash's trace among it. Before the logs are set up."""
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    faulthandler.enable(own)
    sys.stdout.flush()
    sys.stdout = sys.stderr = own
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for printed in (1, 2):
        os.dup2(nowhere, printed)
    os.close(nowhere)
