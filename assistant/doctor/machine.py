"""Disk, port and secrets of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

import httpx

from assistant.doctor.row import Row
from assistant.settings import Settings

LEAST_GB, COMFORTABLE_GB = 0.2, 1.0


def disk(settings: Settings) -> Row:
    """Free space for run records and spoken answers."""
    folder = next(
        path for path in (settings.state_dir.absolute(), *settings.state_dir.absolute().parents) if path.exists()
    )
    free = shutil.disk_usage(folder).free / 1e9
    detail = f"{free:.1f} GB free at {folder}"
    fix = "공간을 확보하세요 / free some space"
    if free < LEAST_GB:
        return Row("disk", "missing", detail, fix)
    return Row("disk", "degraded", detail, fix) if free < COMFORTABLE_GB else Row("disk", "ok", detail)


def port(settings: Settings) -> Row:
    """Whether the address is free, or already answered by seoula."""
    host, number = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, number))
        except PermissionError as error:
            return Row("port", "missing", f"{host}:{number}: {error.strerror}", _OTHER_PORT)
        except OSError as error:
            return _taken(host, number, error)
    return Row("port", "ok", f"{host}:{number} is free" if number else f"{host}, any free port")


_OTHER_PORT = "다른 포트를 쓰세요 / use another port: SEOULA_SERVER__PORT=8701 make run"


def _taken(host: str, number: int, error: OSError) -> Row:
    try:
        answer = httpx.get(
            f"http://{f'[{host}]' if ':' in host else host}:{number}/healthz", timeout=2.0, trust_env=False
        )
        running = answer.status_code == 200
    except httpx.HTTPError:
        running = False
    if running:
        return Row("port", "ok", f"{host}:{number}: seoula is running")
    return Row("port", "missing", f"{host}:{number} is used by another program ({error.strerror})", _OTHER_PORT)


def secrets(settings: Settings) -> Row:
    """The secrets folder may be read by its owner only."""
    folder = Path(os.environ.get("SEOULA_SECRETS_DIR", "secrets"))
    if not folder.is_dir():
        return Row("secrets", "ok", f"none needed ({folder} does not exist)")
    open_to_others = [str(path) for path in (folder, *sorted(folder.iterdir())) if _readable_by_others(path)]
    if open_to_others:
        detail = f"readable by other users: {', '.join(open_to_others)}"
        return Row("secrets", "degraded", detail, f"chmod -R go= {folder}")
    return Row("secrets", "ok", f"{folder}, readable by its owner only")


def _readable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
