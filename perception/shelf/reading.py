"""Titles read off spines, by Debian's tesseract with its Korean data: a program of its own, used at enrolment only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import Unavailable

LANGUAGES = ("kor", "eng")
TIMEOUT_S = 15.0
_HIGH = 72
"""Pixels that a line is scaled to: tesseract reads letters of some 30 best."""
_ENOUGH = 80.0
_INSTALL = "apt-get install tesseract-ocr tesseract-ocr-kor"


@dataclass(frozen=True, slots=True)
class Read:
    """What stands on a spine; sure: tesseract's own confidence, 0..100."""

    text: str
    sure: float


def installed(run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run) -> None:
    """Whether titles can be read. Raises Unavailable `ocr-missing` or `ocr-language-missing`."""
    try:
        done = run(["tesseract", "--list-langs"], capture_output=True, timeout=TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise Unavailable("ocr-missing", f"tesseract is not installed: {_INSTALL}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable("ocr-failed", f"tesseract does not start: {type(error).__name__}") from error
    there = done.stdout.decode("utf-8", "replace").split()
    missing = [language for language in LANGUAGES if language not in there]
    if missing:
        raise Unavailable("ocr-language-missing", f"tesseract has no {' and '.join(missing)} data: {_INSTALL}")


def read_spine(
    spine: NDArray[np.uint8], run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run
) -> Read:
    """The text of an upright spine that runs along it, from the top down or from the bottom up, whichever is surer.

    Raises Unavailable `ocr-missing`, `ocr-timeout` or `ocr-failed`.
    """
    best = Read("", 0.0)
    for turn in (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_90_CLOCKWISE):
        found = _parsed(_asked(_line(cv2.rotate(spine, turn)), run))
        if found.sure > best.sure:
            best = found
        if best.sure >= _ENOUGH:
            break
    return best


def _line(lying: Any) -> bytes:
    """A lying spine as a picture of dark letters on bright ground."""
    gray = cv2.cvtColor(lying, cv2.COLOR_BGR2GRAY)
    scale = _HIGH / gray.shape[0]
    large = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    inner = large[_HIGH // 6 : -_HIGH // 6]
    if float(np.median(inner)) < 0.5 * (float(inner.min()) + float(inner.max())):
        large = 255 - large
    large = cv2.copyMakeBorder(large, 12, 12, 12, 12, cv2.BORDER_REPLICATE)
    return cv2.imencode(".png", large)[1].tobytes()


def _asked(picture: bytes, run: Callable[..., subprocess.CompletedProcess[bytes]]) -> str:
    command: Sequence[str] = ["tesseract", "stdin", "stdout", "-l", "+".join(LANGUAGES), "--psm", "7", "tsv"]
    try:
        done = run(
            command,
            input=picture,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except FileNotFoundError as error:
        raise Unavailable("ocr-missing", f"tesseract is not installed: {_INSTALL}") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable("ocr-timeout", f"tesseract did not answer within {TIMEOUT_S:.0f} s") from error
    except OSError as error:
        raise Unavailable("ocr-failed", f"tesseract does not start: {type(error).__name__}") from error
    if done.returncode:
        raise Unavailable("ocr-failed", f"tesseract ended with {done.returncode}")
    return done.stdout.decode("utf-8", "replace")


def _parsed(table: str) -> Read:
    words, sure, length = [], 0.0, 0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or not cells[11].strip(" ._-|~'\"`"):
            continue
        try:
            confidence = float(cells[10])
        except ValueError:
            continue
        if confidence < 0:
            continue
        word = cells[11].strip()
        words.append(word)
        sure += confidence * len(word)
        length += len(word)
    return Read(" ".join(words), sure / length if length else 0.0)
