"""A copy of the database while the daemon works; putting it back answers nobody twice."""
import os
import shutil
import sqlite3

import mails
from waiting import wait_for


def restore(bureau, copy):
    for tail in ("-wal", "-shm"):
        (bureau.folder / f"bureaud.db{tail}").unlink(missing_ok=True)
    shutil.copy(copy, bureau.folder / "bureaud.db")


def backup(bureau, name="copie.db"):
    path = bureau.folder / name
    (said,) = bureau.ctl("backup", path)
    assert said["file"] == str(path) and said["bytes"] == path.stat().st_size
    return path


def test_private_and_never_over_a_file(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    old = os.umask(0)
    path = backup(bureau)
    os.umask(old)
    assert path.stat().st_mode & 0o7777 == 0o600
    before = path.read_bytes()
    done = bureau.ctl_run("backup", path)
    assert done.returncode == 73 and str(path) in done.stderr.decode()
    assert path.read_bytes() == before
    done = bureau.ctl_run("backup", bureau.folder / "nulle" / "part")
    assert done.returncode == 73
    assert sorted(p.name for p in bureau.folder.glob("*copie*")) == ["copie.db"]
    assert [r["act"] for r in bureau.ctl("journal")][:1] == ["backup"]


def test_while_the_daemon_takes_mail_in(bureau):
    marie = bureau.person("marie")
    d = bureau.start().ready()
    for n in range(6):
        for k in range(5):
            bureau.deliver(mails.simple("marie", f"Demande {n} {k}"), drain=False)
        wait_for("some of it", lambda n=n: len(bureau.messages()) > n * 5)
        with sqlite3.connect(backup(bureau, f"copie{n}.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (mails_in,) = db.execute("SELECT count(*) FROM message").fetchone()
            (tickets,) = db.execute("SELECT count(*) FROM ticket").fetchone()
            assert mails_in == tickets > 0
        db.close()
    d.settled(30)
    assert d.stop() == 0 and len(bureau.tickets()) == 30
    assert len(bureau.acks(marie)) == 3     # the cap of a day


def test_yesterdays_copy_answers_nobody_twice(bureau):
    marie, youssef = bureau.person("marie"), bureau.person("youssef")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    copy = backup(bureau)
    bureau.deliver(mails.simple("youssef"))
    bureau.once()
    assert len(bureau.acks(marie)) == len(bureau.acks(youssef)) == 1
    restore(bureau, copy)
    bureau.once()
    bureau.once()
    assert len(bureau.acks(marie)) == len(bureau.acks(youssef)) == 1
    lines = bureau.messages()
    assert [m["outcome"] for m in lines] == ["new_ticket", "recorded_no_ack"]
    assert "earlier database" in lines[1]["because"]
    # The service goes on.
    bureau.deliver(mails.simple("youssef", "Encore une question"))
    bureau.once()
    assert len(bureau.acks(youssef)) == 2


def test_what_waited_in_the_copy_is_not_sent_again(bureau):
    """Queued when the copy was made, sent since: the copy in Sent says so."""
    marie = bureau.person("marie")
    port = bureau.srv.smtps_port
    bureau.set("smtp", url="smtps://localhost:1")
    bureau.deliver(mails.simple("marie"))
    bureau.once(expect=75)
    copy = backup(bureau)
    bureau.set("smtp", url=f"smtps://localhost:{port}")
    bureau.once("-T", "2099-01-01T12:00:00Z")
    assert len(bureau.acks(marie)) == 1
    notified = len(bureau.to_agents("notify"))
    restore(bureau, copy)
    bureau.once("-T", "2099-01-02T12:00:00Z")
    assert len(bureau.acks(marie)) == 1 and len(bureau.to_agents("notify")) == notified
    states = {q["kind"]: q["state"] for q in bureau.queue() if q["kind"] in ("ack", "notify")}
    assert states == {"ack": "sent", "notify": "unsure"}
    assert all("backup" in q["last_error"] for q in bureau.queue() if q["state"] == "unsure")


def test_what_was_never_sent_goes_out_on_a_humans_word(bureau):
    marie = bureau.person("marie")
    port = bureau.srv.smtps_port
    bureau.set("smtp", url="smtps://localhost:1")
    bureau.deliver(mails.simple("marie"))
    bureau.once(expect=75)
    copy = backup(bureau)
    bureau.set("smtp", url=f"smtps://localhost:{port}")
    restore(bureau, copy)
    bureau.once()
    assert marie.mails() == []
    waits = [q for q in bureau.queue() if q["kind"] in ("ack", "notify")]
    assert {q["kind"] for q in waits} == {"ack", "notify"}
    for q in waits:
        assert q["state"] == "unsure"
        bureau.ctl("queue", "retry", str(q["id"]))
    bureau.once()
    assert len(bureau.acks(marie)) == 1
