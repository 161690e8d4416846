"""The night's sealed snapshot in the mailbox: when, how many, what it says, what it hides."""
import email
import re
import sqlite3

import mails
import pytest
from waiting import wait_for

VAULT = "Bureau/Sauvegarde"
EVENING = "2026-11-24T18:00:00+01:00"
NIGHT = "2026-11-25T03:00:05+01:00"


def night(day, month=11):
    return f"2026-{month:02}-{day:02}T03:10:00+01:00"


def vault(bureau):
    return bureau.mailbox.mails(VAULT)


def started(bureau, people=("marie",)):
    """A bureau that has worked for an evening."""
    for p in people:
        bureau.person(p)
        bureau.put(mails.simple(p, body="Mon bailleur s'appelle Zorglubbe et je dors dehors."))
    bureau.once("-T", EVENING)
    return bureau


def test_none_before_the_first_night(bureau):
    started(bureau)
    assert vault(bureau) == []
    bureau.once("-T", "2026-11-25T02:59:00+01:00")
    assert vault(bureau) == []


def test_one_a_night(bureau):
    started(bureau)
    bureau.once("-T", NIGHT)
    assert len(vault(bureau)) == 1
    bureau.once("-T", "2026-11-25T03:30:00+01:00")
    bureau.once("-T", "2026-11-25T23:59:00+01:00")
    bureau.once("-T", "2026-11-26T02:30:00+01:00")
    assert len(vault(bureau)) == 1
    bureau.once("-T", "2026-11-26T11:00:00+01:00")  # late: the machine was off
    assert len(vault(bureau)) == 2


def test_clock_that_was_ahead(bureau):
    started(bureau)
    bureau.once("-T", "2036-01-01T12:00:00+01:00")
    bureau.once("-T", NIGHT)
    assert len(vault(bureau)) == 2
    bureau.once("-T", "2026-11-25T04:00:00+01:00")
    assert len(vault(bureau)) == 2


def test_what_a_person_finds(bureau):
    started(bureau)
    bureau.once("-T", NIGHT)
    (m,) = vault(bureau)
    assert m["Subject"] == "Sauvegarde chiffrée, à conserver"
    assert m["From"].addresses[0].addr_spec == bureau.address
    assert "\\Seen" in m.flags
    text = m.get_body(("plain",)).get_content()
    assert "mercredi 25 novembre 2026" in text.replace("\xa0", " ")
    assert "bureauctl rebuild --into" in text
    (part,) = m.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_filename() == "sauvegarde-2026-11-25-1-1.scelle"
    sealed = part.get_content()
    assert sealed.startswith(b"bureaud seal v1\n")
    assert m.defects == [] and b"\n" not in m.raw.replace(b"\r\n", b"")


def test_nothing_in_clear(bureau):
    started(bureau)
    bureau.once("-T", NIGHT)
    (m,) = vault(bureau)
    clear = m.raw + next(m.iter_attachments()).get_content()
    for word in (b"Zorglubbe", b"marie", b"BI-2026", b"SQLite format", b"CREATE TABLE"):
        assert word not in clear, word
    assert b"Zorglubbe" in (bureau.folder / "bureaud.db").read_bytes()
    assert list(bureau.folder.glob("bureaud.db.s*")) == []


def test_seven_are_kept_and_nothing_else_is_touched(bureau):
    started(bureau)
    bureau.mailbox.create(VAULT)
    bureau.put(mails.simple("note", "Ne pas toucher"), folder=VAULT)
    other = mails.simple("copie", "Une vieille", headers="X-Bureaud-Snapshot: set=" + "a" * 32
                         + " made=1 part=1/1 bytes=3 mac=" + "0" * 64 + "\n")
    bureau.put(other, folder=VAULT)
    bureau.put(mails.simple("jetee", "À effacer par un autre"), folder=VAULT, flags="\\Deleted")
    for day in range(25, 31):
        bureau.once("-T", night(day))
    for day in range(1, 5):
        bureau.once("-T", night(day, 12))
    found = vault(bureau)
    ours = [m for m in found if str(m["Subject"]).startswith("Sauvegarde")]
    assert len(ours) == 7
    days = [m.get_body(("plain",)).get_content().replace("\xa0", " ") for m in ours]
    assert "samedi 28 novembre 2026" in days[0]
    assert "vendredi 4 décembre 2026" in days[-1]
    assert sorted(str(m["Subject"]) for m in found if m not in ours) == [
        "Ne pas toucher", "Une vieille", "À effacer par un autre"]


def grow(bureau, megabytes):
    """Rows that do not compress, in a table that goes into the snapshot."""
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    for _ in range(megabytes):
        db.execute("INSERT INTO journal (at, by, act, mac) VALUES (4102444800, 'x',"
                   " hex(randomblob(1048576)), zeroblob(32))")
    db.commit()
    db.close()


def test_several_parts(bureau):
    started(bureau)
    grow(bureau, 3)
    bureau.once("-T", NIGHT)
    found = vault(bureau)
    assert len(found) > 2
    heads = [re.search(r"set=(\w+) .*part=(\d+)/(\d+)", str(m["X-Bureaud-Snapshot"])) for m in found]
    assert len({h[1] for h in heads}) == 1
    assert sorted(int(h[2]) for h in heads) == list(range(1, len(found) + 1))
    assert {int(h[3]) for h in heads} == {len(found)}
    assert "Partie 2 sur" in found[1].get_body(("plain",)).get_content().replace("\xa0", " ")
    bureau.once("-T", "2026-11-25T04:00:00+01:00")
    assert len(vault(bureau)) == len(found)


@pytest.mark.parametrize("syscall, nth", [("unlink", 6), ("pwrite64", 900), ("sendmsg", 120),
                                          ("sendmsg", 200), ("sendmsg", 280)])
def test_killed_in_the_middle(bureau, syscall, nth):
    """Half a set is nobody's snapshot: the next pass makes a whole one, and the half goes."""
    started(bureau)
    grow(bureau, 3)
    wrap = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}",
            "-e", f"inject={syscall}:signal=SIGKILL:when={nth}")
    assert bureau.bureaud("-1", "-T", NIGHT, wrap=wrap).returncode not in (0, 75)
    bureau.once("-T", "2026-11-25T03:20:00+01:00")
    sets = {}
    for m in vault(bureau):
        h = re.search(r"set=(\w+) .*part=(\d+)/(\d+)", str(m["X-Bureaud-Snapshot"]))
        sets.setdefault(h[1], []).append((int(h[2]), int(h[3])))
    for parts in sets.values():
        assert sorted(p for p, _ in parts) == list(range(1, parts[0][1] + 1))
    assert 1 <= len(sets) <= 2
    assert list(bureau.folder.glob("bureaud.db.s*")) == []


def test_the_daemon_makes_it_while_mail_comes_in(bureau):
    started(bureau)
    grow(bureau, 4)
    paul = bureau.person("paul")
    d = bureau.start("-T", NIGHT)
    bureau.put(mails.simple("paul"))
    paul.wait("the acknowledgment", lambda found: len(found) == 1)
    wait_for("the snapshot", lambda: "snapshot bytes=" in d.log() or "event=snapshot " in d.log())
    assert len(vault(bureau)) > 3
    assert d.stop() == 0
    assert email.message_from_bytes(vault(bureau)[0].raw)["X-Bureaud-Loop"]


def test_a_disk_that_is_full_stops_no_mail(bureau):
    """The copy has no room: it is tried again later, and mail is answered all the same."""
    started(bureau)
    (bureau.folder / "bureaud.db.snapshot").mkdir()
    (bureau.folder / "bureaud.db.snapshot" / "x").write_text("")
    bureau.person("paul")
    bureau.put(mails.simple("paul"))
    done = bureau.once("-T", NIGHT, expect=75)
    assert "snapshot" in done.stderr
    assert len(bureau.acks(bureau.person("paul"))) == 1
    assert vault(bureau) == []


def test_an_erasure_leaves_no_older_one(bureau):
    started(bureau)
    for day in (25, 26, 27):
        bureau.once("-T", night(day))
    assert len(vault(bureau)) == 3
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    db.execute("INSERT INTO meta (name, value) VALUES ('snapshot_wish', 1)")
    db.commit()
    db.close()
    bureau.once("-T", "2026-11-27T15:00:00+01:00")
    (m,) = vault(bureau)
    assert "15 h" in m.get_body(("plain",)).get_content().replace("\xa0", " ").replace("\u202f", " ")
    bureau.once("-T", "2026-11-27T16:00:00+01:00")
    assert len(vault(bureau)) == 1
