"""Killed at any instant and started again: every mail has one ticket and one acknowledgment."""
import collections
import os
import random
import signal
import sqlite3

import mails
import pytest
from bureau import kind_of
from waiting import alive, wait_for

MAILS = 60


def fill(bureau, n=MAILS):
    people = [bureau.person(f"p{i}") for i in range(n)]
    for i in range(n):
        bureau.put(mails.simple(f"p{i}", message_id=f"<m{i}@courrier.exemple.test>"))
    return people


def database_is_sound(bureau):
    """integrity_check and foreign_key_check on a copy, as a backup tool would take it."""
    path = bureau.folder / "bureaud.db"
    if not path.exists():
        return
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    copy = sqlite3.connect(":memory:")
    source.backup(copy)
    source.close()
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    copy.close()


def each_exactly_once(bureau, people):
    """I2, I3, I9 of the delivery rules, read from outside."""
    bureau.srv.drain()
    messages = bureau.messages()
    assert len(messages) == len(people)
    assert {m["outcome"] for m in messages} == {"new_ticket"}
    assert len({m["ticket"] for m in messages}) == len(people) == len(bureau.tickets())
    ids = collections.Counter()
    for p in people:
        found = [str(m["Message-ID"]) for m in p.mails() if kind_of(m) == "ack"]
        assert len(set(found)) == 1, (p, found)
        ids.update(found)
    acks = {q["message_id"] for q in bureau.queue() if q["kind"] == "ack"}
    assert {x.strip("<>") for x in acks} == {x.strip("<>") for x in ids}
    copies = sum(ids.values()) - len(ids)
    return copies


def drive_to_the_end(bureau, tries=5):
    """-1 until there is nothing left to try again."""
    for _ in range(tries):
        done = bureau.bureaud("-1")
        if done.returncode == 0:
            return
        assert done.returncode == 75, done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random(bureau, seed):
    """All processes at once, several times, while the mails come in."""
    chance = random.Random(seed)
    people = fill(bureau)
    for _ in range(4):
        d = bureau.start()
        target = chance.randrange(1, MAILS)

        def far_enough():
            found = bureau.ctl("messages", expect=None)
            return len(found) >= target or not d.running()
        wait_for(f"{target} mails", far_enough)
        d.kill()
        database_is_sound(bureau)
    drive_to_the_end(bureau)
    print("copies of acknowledgments:", each_exactly_once(bureau, people))


@pytest.mark.parametrize("syscall, nth", [
    *(("fdatasync", n) for n in (1, 2, 3, 4, 5, 7, 10, 14, 18, 22, 26)),
    *(("pwrite64", n) for n in (1, 5, 20, 60, 120)),
    *(("sendmsg", n) for n in (1, 5, 12, 20, 30, 45, 60, 80)),
])
def test_killed_at_a_system_call(bureau, syscall, nth):
    """Whichever process makes the Nth call of its life dies there; the others are then killed."""
    people = fill(bureau, 12)
    wrap = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}",
            "-e", f"inject={syscall}:signal=SIGKILL:when={nth}")
    killed = bureau.bureaud("-1", wrap=wrap)
    print("ended with", killed.returncode)
    database_is_sound(bureau)
    drive_to_the_end(bureau)
    each_exactly_once(bureau, people)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_ended_in_order_in_the_middle(bureau, sig):
    people = fill(bureau)
    d = bureau.start()
    wait_for("the first mail", lambda: bureau.ctl("messages", expect=None))
    assert d.stop(sig) == 0
    database_is_sound(bureau)
    drive_to_the_end(bureau)
    assert each_exactly_once(bureau, people) == 0


def test_one_role_dies_and_all_end(bureau):
    """Crash-only: the service manager restarts the whole; no half of it lives on."""
    d = bureau.start().ready()
    pids = d.pids()
    assert len(pids) >= 3
    victim = pids[1]
    os.kill(victim, signal.SIGKILL)
    wait_for("the end or a replacement",
             lambda: not any(map(alive, pids)) or (alive(pids[0]) and not alive(victim)))
    if not d.running():
        assert d.p.wait() != 0
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    if not d.running():
        d = bureau.start()
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    assert d.stop() == 0


def test_supervisor_killed_leaves_nobody(bureau):
    import os
    d = bureau.start().ready()
    pids = d.pids()
    os.kill(d.pid, signal.SIGKILL)
    d.p.wait()
    wait_for("all processes to end", lambda: not any(map(alive, pids)))
    bureau.processes.remove(d)
    bureau.once()


def test_mails_that_come_while_it_is_killed(bureau):
    """Delivered by SMTP during the kills."""
    people = [bureau.person(f"p{i}") for i in range(24)]
    chance = random.Random(7)
    d = bureau.start()
    for i in range(24):
        bureau.deliver(mails.simple(f"p{i}"), drain=False)
        if chance.random() < 0.2:
            d.kill()
            d = bureau.start()
    bureau.srv.drain()
    d.settled(24)
    assert d.stop() == 0
    each_exactly_once(bureau, people)
