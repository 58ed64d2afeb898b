"""Many calls one after another leave nothing behind."""

from __future__ import annotations

import asyncio
import gc

import psutil

from tests.telephony.phone import DeskPhone, until
from tests.telephony.sip.conftest import Office


async def one_call(office: Office, phone: DeskPhone, number: int) -> None:
    leg = f"leg{number}"
    await office.gateway.dial(leg, "1201", "room", f"sip:{number}")
    await office.told("answered", leg=leg)
    await until(lambda: office.heard.get(f"sip:{number}"), "sound")
    await office.gateway.hang_up(leg)
    await office.told("ended", leg=leg)
    del office.heard[f"sip:{number}"]
    office.events.clear()


async def test_fifty_calls_leave_no_thread_no_file_no_task_and_no_memory(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1201", tone=700)
    process = psutil.Process()

    async def state() -> tuple[int, int, int]:
        await until(lambda: office.gateway.legs == 0, "no legs")
        await asyncio.sleep(0.2)
        gc.collect()
        return process.num_threads(), process.num_fds(), process.memory_info().rss

    for number in range(10):
        await one_call(office, phone, number)
    threads, files, memory = await state()
    tasks = len(asyncio.all_tasks())
    for number in range(50):
        await one_call(office, phone, number)
    await until(lambda: office.gateway.legs == 0, "no legs")
    await until(lambda: process.num_threads() <= threads, "no threads")
    await until(lambda: process.num_fds() <= files, "no files")
    await until(lambda: sum(not task.done() for task in office._tasks) == 1, "only the watcher of events is left")
    await until(lambda: len(asyncio.all_tasks()) <= tasks, "no tasks")
    assert ((await state())[2] - memory) / 1e6 < 4


async def test_fifty_calls_that_come_to_nothing(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1202", "busy")
    process = psutil.Process()
    files = process.num_fds()
    for number in range(50):
        await office.gateway.dial(f"leg{number}", "1202" if number % 2 else "4998", "room", "part")
        await office.told("busy" if number % 2 else "failed", leg=f"leg{number}")
    await until(lambda: office.gateway.legs == 0, "no legs")
    await until(lambda: process.num_fds() <= files + 2, "no files")
