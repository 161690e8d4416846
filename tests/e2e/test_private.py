"""No personal data and no secret leaves the mailbox and the database by a side door: logs, process
titles, environments, core files, modes of files."""
import os
import pathlib
import pty
import resource
import signal
import stat

import mails
from bureau import BIN
from waiting import alive, wait_for

WORDS = ["Zanzibar", "Quintefeuille", "marie.dunord", "bail-rue-haute", "exemple"]
SECRETS = ["secret", "0123456789abcdef0123456789abcdef"]
VILLE = "ville.test"


def read(path):
    try:
        return pathlib.Path(path).read_bytes().decode(errors="replace")
    except OSError:                     # it ended meanwhile
        return ""


def busy(bureau, *args):
    """A daemon that has taken in a mail with words, a spam, an unproven agent's and a bad one."""
    bureau.person("marie.dunord")
    d = bureau.start(*args)
    wait_for("the daemon to be up", lambda: d.check() and "ready version" in d.log())
    raw = mails.simple("marie.dunord", "Quintefeuille", "Je cherche un logement à Zanzibar.")
    bureau.deliver(mails.attach(raw, "bail-rue-haute.pdf", b"%PDF Zanzibar"))
    bureau.deliver(mails.simple("marie.dunord", "Zanzibar", headers="X-Spam-Flag: YES\n"))
    bureau.deliver(mails.simple("claire.martin", "Zanzibar", domain=VILLE, proof=False))
    bureau.deliver(mails.VIOLENCE.raw())
    d.settled(4)
    return d


def test_logs_hold_no_content(bureau):
    d = busy(bureau)
    address = mails.VIOLENCE.who
    assert d.stop() == 0
    text = d.log().lower()
    assert "outcome=" in text           # it does log
    assert [w for w in [*WORDS, *SECRETS, address, "@ville"] if w.lower() in text] == []


def test_titles_and_environments(bureau):
    d = busy(bureau)
    pids = d.pids()
    assert len(pids) >= 4
    for pid in pids:
        for name in ("cmdline", "environ", "comm", "status"):
            text = read(f"/proc/{pid}/{name}").lower()
            assert [w for w in [*WORDS, *SECRETS] if w.lower() in text] == [], (pid, name)
    assert d.stop() == 0


def test_arguments_of_bureauctl_do_not_show(bureau):
    """The address of `person`, as the administrator typed it, is in no process list while the
    command runs, and in no file that outlives it."""
    d = busy(bureau)
    assert d.stop() == 0
    address = f"marie.dunord@exemple{bureau.tag}.test"
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(BIN / "bureauctl", ["bureauctl", "-c", str(bureau.conf), "person", "erase", address])
    out = b""
    while b"[yes/no]" not in out:
        out += os.read(fd, 4096)
    shown = read(f"/proc/{pid}/cmdline")
    os.write(fd, b"no\n")
    os.waitpid(pid, 0)
    os.close(fd)
    assert "person" in shown and address not in shown and "marie" not in shown
    bureau.ctl("person", "show", address)
    assert address not in "\n".join(r["act"] for r in bureau.ctl("journal"))


def limit_of(pid, name="Max core file size"):
    (line,) = [x for x in read(f"/proc/{pid}/limits").splitlines() if x.startswith(name)]
    return line[len(name):].split()[:2]


def test_no_process_leaves_a_core(bureau, tmp_path):
    """Even where the host asks for cores."""
    old = resource.getrlimit(resource.RLIMIT_CORE)
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (old[1], old[1]))
        d = busy(bureau)
    finally:
        os.chdir(here)
        resource.setrlimit(resource.RLIMIT_CORE, old)
    pids = d.pids()
    for pid in pids:
        assert limit_of(pid) == ["0", "0"], pid
    for pid in reversed(pids):
        if alive(pid):
            os.kill(pid, signal.SIGSEGV)
    d.p.wait(30)
    wait_for("all to be gone", lambda: not any(map(alive, pids)))
    bureau.processes.remove(d)
    assert list(tmp_path.iterdir()) == []
    assert not list(bureau.folder.glob("core*"))


def test_files_are_the_owners_alone(bureau):
    old = os.umask(0)
    try:
        d = busy(bureau)
        bureau.ctl("backup", bureau.folder / "copie.db")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in bureau.folder.iterdir()
                 if p.name.startswith(("bureaud.db", "copie.db"))}
        assert d.stop() == 0
    finally:
        os.umask(old)
    assert {"bureaud.db", "bureaud.db-wal", "bureaud.db.lock", "copie.db"} <= set(modes)
    assert {m for m in modes.values()} == {0o600}, modes

