"""bureauctl on a terminal of a given width."""
import os
import pty
import re
import subprocess

from bureau import BIN


def on_terminal(bureau, *args, columns=80, **env):
    """What a terminal of that width is sent."""
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=theirs, check=True)
    p = subprocess.Popen([BIN / "bureauctl", "-c", bureau.conf, *args], stdout=theirs,
                         stderr=theirs, stdin=theirs,
                         env={**os.environ, "TERM": "xterm", **env})
    os.close(theirs)
    out = b""
    try:
        while more := os.read(ours, 4096):
            out += more
    except OSError:
        pass
    os.close(ours)
    assert p.wait(60) in (0, 1)
    return out.decode().replace("\r\n", "\n")


def plain(text):
    """Without colours."""
    return re.sub("\033\\[[0-9;]*m", "", text)


def columns(text):
    return max(map(len, plain(text).splitlines()))
