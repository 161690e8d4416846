"""What the host does to the daemon: signals, descriptors, the disk, a lock, its own streams
(faults 26, 27, 29, 33, 35, 36, 42, 43, 46, 50, 54, 55)."""
import os
import resource
import signal
import sqlite3
import subprocess

import mails
import pytest
import torture
from bureau import BIN
from faults import Run
from imapfault import ImapFault
from waiting import wait_for

MANY = 100


@pytest.fixture
def rounds(srv):
    r = torture.Round(srv, int(os.environ.get("SEED", "33")))
    yield r
    r.close()


# Signals.

@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_stopped_at_any_call(rounds, name):
    """In order, wherever it is; nothing is in doubt for it that the relay has answered."""
    for once in (False, True, False):
        rounds.term(name, once)
    rounds.rest()


def test_reloaded_again_and_again_while_mail_arrives(bureau):
    """Whatever is under way is finished first; the process stays the same one."""
    people = [bureau.person(f"p{i}") for i in range(10)]
    d = bureau.start().ready()
    for i in range(MANY):
        os.kill(d.pid, signal.SIGHUP)
        if i % 10 == 0:
            bureau.deliver(mails.simple(f"p{i // 10}"), drain=False)
    bureau.srv.drain()
    d.settled(10)
    wait_for("a reload", lambda: "reload done=yes" in d.log())
    assert all(len(bureau.acks(p)) == 1 for p in people)
    assert d.stop() == 0


def test_broken_configuration_does_not_replace_the_running_one(bureau):
    marie = bureau.person("marie")
    d = bureau.start().ready()
    good = bureau.conf.read_text()
    bureau.conf.write_text(good + "[nonsense]\nx = y\n")
    os.kill(d.pid, signal.SIGHUP)
    wait_for("the refusal", lambda: d.check() and "done=no" in d.log())
    assert "nonsense" in d.log()
    bureau.deliver(mails.simple("marie"))
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    bureau.conf.write_text(good)
    assert d.stop() == 0


def test_asleep_for_a_while(bureau):
    """Suspended with all of its processes; what came meanwhile is handled on waking."""
    marie = bureau.person("marie")
    d = bureau.start().ready()
    pids = d.pids()
    for p in pids:
        os.kill(p, signal.SIGSTOP)
    bureau.deliver(mails.simple("marie"))
    for p in reversed(pids):
        os.kill(p, signal.SIGCONT)
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    assert d.pids() == pids and d.stop() == 0


@pytest.mark.skipif(not os.environ.get("TORTURE"), reason="takes two minutes: make torture")
def test_role_that_is_stuck_ends_all_of_it(bureau):
    """The service manager starts it again; nothing was lost."""
    bureau.set("imap", poll_seconds="10")
    marie = bureau.person("marie")
    d = bureau.start().ready()
    os.kill(d.pids()[1], signal.SIGSTOP)
    bureau.deliver(mails.simple("marie"))
    wait_for("the end of it", lambda: not d.running(), 240)
    assert d.p.returncode == 70 and "role-stuck" in d.log()
    bureau.once()
    assert len(bureau.acks(marie)) == 1


def intake_of(run):
    """The pid of the process that reads the mailbox."""
    for pid in run.pids():
        with open(f"/proc/{pid}/comm") as f:
            if f.read().strip() == "intake":
                return pid
    raise AssertionError("no intake")


def test_mail_during_which_intake_dies_is_set_aside_and_the_next_is_served(bureau):
    """I10: three deaths with that mail at hand, then it is a human's."""
    imap, run, deaths = ImapFault(bureau), None, 0

    def harm(n, command):
        nonlocal deaths
        if deaths == 3 or "BODY.PEEK[]" not in command:
            return None
        deaths += 1
        os.kill(intake_of(run), signal.SIGKILL)
        return "cut"

    bureau.person("poison"), bureau.person("marie")
    bureau.once()
    bureau.deliver(mails.simple("poison"))
    imap.harm = harm
    for n in range(1, 4):
        run = Run(bureau, None, "-1")
        run.ended()
        assert deaths == n and bureau.messages() == []
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    imap.close()
    assert [m["outcome"] for m in bureau.messages()] == ["quarantined", "new_ticket"]
    assert len(bureau.acks(bureau.person("marie"))) == 1


# Descriptors and streams.

@pytest.mark.parametrize("files", [5, 8, 12, 16])
def test_too_few_descriptors(bureau, files):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    done = subprocess.run([BIN / "bureaud", "-c", bureau.conf, "-1"], capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
    assert done.returncode == 0 or 64 <= done.returncode <= 78, done.stderr
    assert done.returncode == 0 or done.stderr.strip()
    bureau.once()
    bureau.once()
    assert len(bureau.messages()) == len(bureau.acks(marie)) == 1


def works_with(bureau, **streams):
    marie = bureau.person("marie")
    p = subprocess.Popen([BIN / "bureaud", "-c", bureau.conf], **streams)
    try:
        bureau.deliver(mails.simple("marie"))
        marie.wait("the acknowledgment", lambda found: len(found) == 1)
        p.send_signal(signal.SIGTERM)
        assert p.wait(30) == 0
    finally:
        p.kill()
        p.wait()


def close_all_streams():
    for fd in (0, 1, 2):
        os.close(fd)


def test_without_standard_streams(bureau):
    works_with(bureau, preexec_fn=close_all_streams)
    with sqlite3.connect(bureau.folder / "bureaud.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_nobody_reads_its_journal_any_more(bureau):
    """The other end of its error stream is closed."""
    r, w = os.pipe()
    os.close(r)
    works_with(bureau, stdin=subprocess.DEVNULL, stdout=w, stderr=w)
    os.close(w)


def test_its_journal_is_blocked(bureau):
    """A full pipe that is never read must not stop the mail."""
    r, w = os.pipe()
    os.set_blocking(w, False)
    for size in (65536, 1):
        try:
            while True:
                os.write(w, b"x" * size)
        except BlockingIOError:
            pass
    os.set_blocking(w, True)
    works_with(bureau, stdin=subprocess.DEVNULL, stdout=w, stderr=w)
    os.close(r)
    os.close(w)


# The database.

def test_database_locked_by_somebody(bureau):
    marie = bureau.person("marie")
    d = bureau.start().ready()
    other = sqlite3.connect(bureau.folder / "bureaud.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    bureau.deliver(mails.simple("marie"))
    seen = bureau.mailbox.mails()
    assert len(seen) == 1 and marie.mails() == []
    other.execute("COMMIT")
    other.close()
    d.settled(1, seconds=120)
    assert len(bureau.acks(marie)) == 1 and d.stop() == 0


def test_log_of_the_database_deleted_after_a_crash(bureau):
    """An older database than the mailbox: what was answered before is not answered again."""
    marie = bureau.person("marie")
    d = bureau.start().ready()
    bureau.deliver(mails.simple("marie"))
    d.settled(1)
    wait_for("the keyword", lambda: "$Bureaud" in bureau.mailbox.mails()[0].flags)
    d.kill()
    for end in ("-wal", "-shm"):
        (bureau.folder / f"bureaud.db{end}").unlink(missing_ok=True)
    done = bureau.bureaud("-1")
    bureau.srv.drain()
    assert len(bureau.acks(marie)) == 1, done.stderr


def test_read_only_file_system(bureau):
    marie = bureau.person("marie")
    folder = bureau.folder / "disque"
    folder.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", folder], check=True)
    try:
        bureau.set("bureau", database=folder / "bureaud.db")
        bureau.once()
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        bureau.deliver(mails.simple("marie"))
        done = bureau.bureaud("-1")
        assert 64 <= done.returncode <= 78 and "bureaud.db" in done.stderr
        assert marie.mails() == [] and "$Bureaud" not in bureau.mailbox.mails()[0].flags
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        bureau.once()
        assert len(bureau.acks(marie)) == 1
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("mode, owner", [(0o777, 0), (0o1777, 0), (0o700, 65534)])
def test_folder_of_the_database_that_others_can_change(bureau, mode, owner):
    folder = bureau.folder / "etat"
    folder.mkdir()
    folder.chmod(mode)
    os.chown(folder, owner, owner)
    bureau.set("bureau", database=folder / "bureaud.db")
    for args in (["-n"], ["--init"], ["-1"]):
        done = bureau.bureaud(*args)
        assert done.returncode == 78 and str(folder) in done.stderr
    assert list(folder.iterdir()) == []
    folder.chmod(0o700)
    os.chown(folder, 0, 0)
    bureau.once()


# Names and tongues.

def test_name_that_is_not_known(bureau):
    bureau.set("imap", url="imaps://nulle-part.invalid")
    done = bureau.bureaud("-1")
    assert done.returncode == 75 and "nulle-part.invalid" in done.stderr


PLACES = [{}, {"LANG": "C", "LC_ALL": "C"}, {"LANG": "fr_FR.UTF-8", "LC_ALL": "fr_FR.UTF-8"},
          {"TZ": "America/New_York"}, {"TZ": "nowhere/at_all"}, {"TZ": ""}]


def test_same_answer_in_every_tongue_and_place(bureau):
    raw = bureau.here(mails.EXPULSION.raw())
    answers = {subprocess.run([BIN / "bureauctl", "-c", bureau.conf, "-T", "2026-11-24T10:00:00+01:00",
                               "explain", "-", "--json"], input=raw, capture_output=True, check=True,
                              env={"PATH": os.environ["PATH"], **place}).stdout for place in PLACES}
    assert len(answers) == 1
