"""A disk that is full and a clock that jumps, where mail waits to be sent (faults 25 and 30)."""
import datetime
import subprocess

import mails
import pytest
from bureau import kind_of
from waiting import wait_for

HOUSING = "Bonjour, je cherche un logement plus grand, merci de votre aide."
START = datetime.datetime.fromisoformat("2024-11-25T10:00:00+01:00")
NOWHERE = "smtps://localhost:1"


def relay(bureau, there):
    bureau.set("smtp", url=f"smtps://localhost:{bureau.srv.smtps_port}" if there else NOWHERE)


def keywords(bureau):
    return [m.flags for m in bureau.mailbox.mails()]


# The disk.

class SmallDisk:
    """A file system of four megabytes that holds the database."""

    def __init__(self, path):
        self.path = path
        path.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", path], check=True)

    def fill(self):
        with open(self.path / "plein", "ab", buffering=0) as f:
            size = 65536
            while size:
                try:
                    f.write(b"x" * size)
                except OSError:
                    size //= 2

    def free(self):
        (self.path / "plein").unlink()

    def close(self):
        subprocess.run(["umount", self.path], check=True)


@pytest.fixture
def disk(bureau):
    d = SmallDisk(bureau.folder / "disque")
    bureau.set("bureau", database=d.path / "bureaud.db")
    yield d
    for p in list(bureau.processes):
        p.kill()
    d.close()


def test_full_disk_takes_nothing_in_and_answers_nobody(bureau, disk):
    marie = bureau.person("marie")
    assert bureau.bureaud("--init").returncode == 0
    bureau.deliver(mails.simple("marie", "Logement", HOUSING))
    disk.fill()
    bureau.once(expect=75)
    assert marie.mails() == [] and "$Bureaud" not in str(keywords(bureau))
    assert len(bureau.mailbox.mails()) == 1
    disk.free()
    bureau.once()
    assert len(bureau.acks(marie)) == 1 and len(bureau.tickets()) == 1


def test_full_disk_sends_nothing_that_it_could_not_remember(bureau, disk):
    """The mail is queued; the commit before its dot cannot be made."""
    marie = bureau.person("marie")
    relay(bureau, False)
    bureau.put(mails.simple("marie", "Logement", HOUSING), when=START)
    bureau.once("-T", START.isoformat(), expect=75)
    relay(bureau, True)
    later = (START + datetime.timedelta(minutes=5)).isoformat()
    disk.fill()
    for _ in range(2):
        bureau.once("-T", later, expect=75)
    assert marie.mails() == []
    disk.free()
    for _ in range(2):
        bureau.once("-T", later)
    assert len(bureau.acks(marie)) == 1
    assert {q["state"] for q in bureau.queue()} == {"sent"}


def test_daemon_goes_on_by_itself_when_the_disk_has_room_again(bureau, disk):
    marie, paul = bureau.person("marie"), bureau.person("paul")
    assert bureau.bureaud("--init").returncode == 0
    d = bureau.start().ready()
    bureau.deliver(mails.simple("marie", "Logement", HOUSING))
    d.settled(1)
    disk.fill()
    bureau.deliver(mails.simple("paul", "Logement", HOUSING))
    wait_for("the daemon to find the disk full", lambda: d.check() and "full" in d.log())
    assert paul.mails() == [] and len(bureau.tickets()) == 1       # reading goes on
    disk.free()
    d.settled(2, seconds=120)
    assert len(bureau.acks(paul)) == len(bureau.acks(marie)) == 1
    assert d.stop() == 0


# The clock.

JUMPS = {"ten years ahead": "2034-11-25", "ten years behind": "2014-11-25", "1970": "1970-02-01"}


@pytest.mark.parametrize("comes_back", [True, False], ids=["comes back", "stays"])
@pytest.mark.parametrize("jump", JUMPS, ids=JUMPS.get)
def test_clock_that_jumps_freezes_no_mail_and_doubles_none(bureau, jump, comes_back):
    wrong = datetime.datetime.fromisoformat(f"{JUMPS[jump]}T10:00:00+01:00")
    then = START if comes_back else wrong
    marie = bureau.person("marie")
    relay(bureau, False)
    bureau.put(mails.simple("marie", "Logement", HOUSING), when=START)
    bureau.once("-T", START.isoformat(), expect=75)
    assert bureau.bureaud("-1", "-T", wrong.isoformat()).returncode in (0, 75)
    relay(bureau, True)
    for minutes in (5, 70, 140, 210):       # a wrong date is put off for an hour at most
        bureau.once("-T", (then + datetime.timedelta(minutes=minutes)).isoformat())
    assert len(bureau.acks(marie)) == 1 and len(marie.mails()) == 1
    for box in (bureau.claire, bureau.karim):
        kinds = [kind_of(m) for m in box.mails()]
        assert kinds.count("notify") == 1 and len(kinds) <= 3, kinds
    assert {q["state"] for q in bureau.queue()} == {"sent"}
    # The right time again: nothing that was sent is sent a second time.
    bureau.once("-T", (START + datetime.timedelta(minutes=220)).isoformat())
    assert len(marie.mails()) == 1
