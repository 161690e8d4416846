"""Waiting with a deadline, processes and ports: what all of the test servers need."""
import contextlib
import os
import signal
import socket
import time

POLL_SECONDS = 0.02


class Failed(AssertionError):
    """Something that should have happened within its time did not."""


def wait_for(what, predicate, seconds=30):
    """The first true value of predicate(), looked at again and again until the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


def free_ports(n):
    """n loopback ports that nobody listens on just now."""
    with contextlib.ExitStack() as held:
        socks = [held.enter_context(socket.socket()) for _ in range(n)]
        for s in socks:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in socks]


def alive(pid):
    """True while the process runs (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end(pid, seconds=10):
    """SIGTERM, then SIGKILL for what does not listen; returns when the process is gone."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            return
        with contextlib.suppress(Failed):
            wait_for(f"end of {pid}", lambda: not alive(pid), seconds)
            return
