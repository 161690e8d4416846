"""Harm at a numbered system call: the other side of tests/torture/fault.c."""
import contextlib
import errno
import mmap
import os
import signal
import struct
import subprocess

from bureau import BIN, descendants, end_with_parent
from waiting import Failed, alive, wait_for

CALLS = ("pwrite", "write", "fsync", "open", "connect", "send", "mmap", "malloc", "recv", "read",
         "unlink", "ftruncate")
ACTIONS = ("count", "kill_before", "kill_after", "fail_once", "fail_from",
           "signal")
IO = ("pwrite", "write", "fsync", "open", "connect", "send", "recv", "read", "unlink", "ftruncate")
LIBRARY = BIN / "fault.so"
END_SECONDS = 30


class Fault:
    """The plan that all processes of one run share."""
    LAYOUT = struct.Struct(f"{7 + len(CALLS)}I")

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(self.LAYOUT.size))
        with open(path, "r+b") as f:
            self.shared = mmap.mmap(f.fileno(), self.LAYOUT.size)

    def arm(self, calls, at=0, action="count", error="EIO", group=False):
        number = getattr(signal, error) if action == "signal" else getattr(errno, error)
        mask = sum(1 << CALLS.index(c) for c in calls)
        self.shared[:] = self.LAYOUT.pack(mask, at, ACTIONS.index(action), number, group, 0, 0,
                                     *[0] * len(CALLS))
        return self

    @property
    def seen(self):
        return self.LAYOUT.unpack(self.shared[:])[5]

    @property
    def hit(self):
        """The name of the call that was harmed, "" while none was."""
        n = self.LAYOUT.unpack(self.shared[:])[6]
        return CALLS[n - 1] if n else ""

    def count(self, calls):
        """How many calls of these kinds there were."""
        return sum(self.LAYOUT.unpack(self.shared[:])[7 + CALLS.index(c)] for c in calls)

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(LIBRARY), "FAULT": str(self.path)}


class Run:
    """bureaud in a process group of its own, under a fault."""

    def __init__(self, bureau, fault, *args):
        self.log_path = bureau.folder / "run.log"
        self.out = open(self.log_path, "wb")
        self.p = subprocess.Popen([BIN / "bureaud", "-c", bureau.conf, *args],
                                  stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.out,
                                  start_new_session=True, preexec_fn=end_with_parent,
                                  env=fault.environment() if fault else None)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def running(self):
        return self.p.poll() is None

    def pids(self):
        return descendants(self.p.pid)

    def kill(self):
        """Everything of it at once; then nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.p.pid, signal.SIGKILL)
        return self.ended()

    def ended(self, seconds=END_SECONDS):
        """Until the last of its processes is gone; the exit code."""
        try:
            code = self.p.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"bureaud does not end:\n{self.log()}") from None
        wait_for("the end of its process group", lambda: not group_alive(self.p.pid), seconds)
        self.out.close()
        return code


def group_alive(pgid):
    for p in os.listdir("/proc"):
        if p.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{p}/stat") as f:
                if int(f.read().rpartition(")")[2].split()[2]) == pgid and alive(int(p)):
                    return True
    return False
