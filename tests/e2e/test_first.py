"""A database that is missing: made at a first start, refused where the mailbox knows one."""
import sqlite3

import mails
import pytest
from test_snapshot import EVENING, NIGHT, started, vault
from waiting import wait_for

WRONG = "wrong\n"


def lose(bureau):
    for path in bureau.folder.glob("bureaud.db*"):
        path.unlink()


@pytest.mark.parametrize("daemon", [False, True])
def test_lost_database_is_not_replaced(bureau, daemon):
    started(bureau)
    bureau.once("-T", NIGHT)
    lose(bureau)
    paul = bureau.person("paul")
    bureau.put(mails.simple("paul"))
    if daemon:
        d = bureau.start()
        assert d.p.wait(60) == 65
        said = d.log()
        bureau.processes.remove(d)
    else:
        done = bureau.bureaud("-1")
        assert done.returncode == 65
        said = done.stderr
    assert "bureauctl rebuild --into" in said and "bureaud --init" in said
    assert "2026-11-25" in said and "Bureau/Sauvegarde" in said
    assert not (bureau.folder / "bureaud.db").exists()
    bureau.srv.drain()
    assert paul.mails() == []
    assert len(vault(bureau)) == 1


def test_init_begins_anew(bureau):
    """The administrator's word: an empty database; what was handled before is not answered."""
    started(bureau)
    bureau.once("-T", NIGHT)
    lose(bureau)
    assert bureau.bureaud("--init").returncode == 0
    bureau.once("-T", "2026-11-25T10:00:00+01:00")
    assert len(bureau.acks(bureau.person("marie"))) == 1
    assert bureau.tickets() == []


def test_another_key_is_another_bureau(bureau):
    started(bureau)
    bureau.once("-T", NIGHT)
    lose(bureau)
    bureau.write("key", "fedcba9876543210" * 4, 0o600)
    bureau.once("-T", "2026-11-25T10:00:00+01:00")
    assert (bureau.folder / "bureaud.db").exists()


def test_mailbox_that_cannot_be_asked(bureau):
    """Nothing is made as long as the mailbox cannot say what it holds."""
    bureau.write("imap-password", WRONG, 0o600)
    done = bureau.bureaud("-1")
    assert done.returncode == 77 and "login refused" in done.stderr
    assert not (bureau.folder / "bureaud.db").exists()
    d = bureau.start()
    wait_for("the trouble to be told", lambda: d.check() and "imap-trouble" in d.log())
    assert not (bureau.folder / "bureaud.db").exists()
    assert d.stop() == 0


def test_damaged_database_is_refused_whatever_the_mailbox_holds(bureau):
    started(bureau)
    bureau.once("-T", NIGHT)
    lose(bureau)
    bureau.write("bureaud.db", "no database")
    assert bureau.bureaud("-1").returncode == 65
    assert (bureau.folder / "bureaud.db").read_text() == "no database"


def test_first_start(bureau):
    marie = bureau.person("marie")
    bureau.put(mails.simple("marie"))
    bureau.once("-T", EVENING)
    assert len(bureau.acks(marie)) == 1
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    assert db.execute("SELECT count(*) FROM ticket").fetchone() == (1,)
    db.close()
