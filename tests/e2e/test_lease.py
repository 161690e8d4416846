"""One bureaud a mailbox: a second host, with another database, keeps its hands off it."""
import copy
import hashlib
import hmac
import os
import re
import shutil
import sqlite3
import time

import mails
import pytest
from test_snapshot import VAULT
from waiting import wait_for

KEY = b"0123456789abcdef" * 4


def other_host(bureau):
    """The same configuration with a database of its own."""
    twin = copy.copy(bureau)
    twin.conf = bureau.folder / "other.conf"
    twin.conf.write_text(bureau.conf.read_text().replace("database = bureaud.db",
                                                         "database = other.db"))
    twin.processes = bureau.processes
    return twin


def leases(bureau):
    return [m for m in bureau.mailbox.mails(VAULT) if m["X-Bureaud-Lease"]]


def states(bureau):
    return sorted(re.search(r"state=(\w+)", str(m["X-Bureaud-Lease"]))[1] for m in leases(bureau))


def remove(bureau, mail):
    with bureau.mailbox.session(VAULT) as s:
        s.uid("STORE", str(mail.uid), "+FLAGS", "\\Deleted")
        s.expunge()


def age(bureau, seconds):
    """As if the mail server had received the leases so long ago."""
    for m in leases(bureau):
        remove(bureau, m)
        bureau.mailbox.append(m.raw, VAULT, time.time() - seconds)


def lease(state, holder="f" * 32, host="serveur2.test", key=KEY):
    text = f"holder={holder} state={state} host={host}"
    mac = hmac.new(key, b"X-Bureaud-Lease\n" + text.encode(), hashlib.sha256).hexdigest()
    return mails.simple("x", "bail", headers=f"X-Bureaud-Lease: {text} mac={mac}\n", proof=False)


def refused(bureau):
    done = bureau.bureaud("-1")
    return done.returncode == 69 and "another bureaud holds this mailbox" in done.stderr


def test_a_pass_leaves_none_behind(bureau):
    bureau.person("marie")
    bureau.put(mails.simple("marie"))
    bureau.once()
    assert leases(bureau) == []
    other_host(bureau).once()


def test_second_host_is_refused_while_the_first_works(bureau):
    marie = bureau.person("marie")
    d = bureau.start().ready()
    assert states(bureau) == ["held"]
    twin = other_host(bureau)
    assert twin.bureaud("--init").returncode == 0
    assert refused(twin)
    e = twin.start()
    assert e.p.wait(60) == 69
    assert "another bureaud holds this mailbox, on host " in e.log() and "ready version" not in e.log()
    bureau.processes.remove(e)
    bureau.put(mails.simple("marie"))
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    assert refused(twin)
    assert states(bureau) == ["held"]
    d.settled(1)
    assert len(marie.mails()) == 1 and twin.messages() == []
    (m,) = leases(bureau)
    assert "témoin du service" in m.text and m["Subject"] == "Témoin du service, ne pas supprimer"
    assert d.stop() == 0


def test_second_host_sends_nothing_of_what_waits_in_its_copy(bureau):
    """Yesterday's database on another host: the mails in its outbox are the first one's."""
    marie = bureau.person("marie")
    bureau.set("limits", ack_delay_seconds=1)
    bureau.put(mails.simple("marie"))
    bureau.bureaud("-1")
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    db.execute("UPDATE outbox SET state = 'queued', held = 0, not_before = 0, next_at = 1")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    shutil.copy(bureau.folder / "bureaud.db", bureau.folder / "other.db")
    bureau.srv.drain()
    before = len(marie.mails())
    bureau.put(lease("held"), folder=VAULT)
    twin = other_host(bureau)
    assert refused(twin)
    e = twin.start()
    assert e.p.wait(60) == 69
    bureau.processes.remove(e)
    bureau.srv.drain()
    assert len(marie.mails()) == before
    assert {q["state"] for q in twin.queue()} == {"queued"}


def test_killed_and_started_again_goes_on_at_once(bureau):
    d = bureau.start().ready()
    d.kill()
    assert states(bureau) == ["held"]
    d = bureau.start()
    wait_for("both roles", lambda: d.check() and "ready version" in d.log())
    assert states(bureau) == ["held"]
    assert d.stop() == 0


def test_stale_lease_is_taken_over_and_the_first_gives_way(bureau):
    d = bureau.start().ready()
    twin = other_host(bureau)
    assert twin.bureaud("--init").returncode == 0
    age(bureau, 14 * 60)
    assert refused(twin)
    age(bureau, 16 * 60)
    e = twin.start().ready()
    assert states(bureau) == ["held"]
    d.p.send_signal(1)      # it looks again: here by a reload, else after five minutes
    assert d.p.wait(60) == 69
    bureau.processes.remove(d)
    assert e.stop() == 0


def test_claims_are_served_in_the_order_of_the_mailbox(bureau):
    bureau.mailbox.create("Bureau")
    bureau.mailbox.create(VAULT)
    bureau.put(lease("claim"), folder=VAULT)
    assert refused(bureau)
    assert states(bureau) == ["claim"]
    age(bureau, 16 * 60)
    bureau.once()
    assert leases(bureau) == []


def test_what_is_not_of_our_key_is_no_lease(bureau):
    bureau.mailbox.create("Bureau")
    bureau.mailbox.create(VAULT)
    bureau.put(lease("held", key=b"another key of thirty-two bytes."), folder=VAULT)
    bureau.put(mails.simple("x", headers="X-Bureaud-Lease: holder=x\n"), folder=VAULT)
    bureau.once()
    assert len(bureau.mailbox.mails(VAULT)) == 2


def test_folder_that_cannot_be_made_stops_nothing(bureau):
    """No lease there: it is said, and mail is answered."""
    marie = bureau.person("marie")
    for folder in ("Bureau", "Bureau/Traités", "Bureau/À voir"):
        bureau.mailbox.create(folder)
    bureau.set("imap", create_folders="no")
    bureau.put(mails.simple("marie"))
    done = bureau.once()
    assert "lease held=no" in done.stderr
    assert len(bureau.acks(marie)) == 1


@pytest.fixture
def full_vault(bureau):
    """A folder that can be read and takes no mail, as over quota."""
    def shut():
        for name in ("tmp", "new"):
            (folder / name).chmod(0o555)
            os.chown(folder / name, 0, 0)
    def free():
        for name in ("tmp", "new"):
            os.chown(folder / name, owner.st_uid, owner.st_gid)
            (folder / name).chmod(0o700)
    bureau.mailbox.create("Bureau")
    bureau.mailbox.create(VAULT)
    (folder,) = bureau.srv.maildir(bureau.address).glob(".Bureau.*Sauvegarde")
    owner = (folder / "tmp").stat()
    yield shut
    free()


def test_folder_that_takes_no_mail_hides_no_other_host(bureau, full_vault):
    marie = bureau.person("marie")
    bureau.put(lease("held"), folder=VAULT)
    bureau.put(mails.simple("marie"))
    assert len(leases(bureau)) == 1
    full_vault()
    assert refused(bureau)
    assert marie.mails() == [] and bureau.messages() == []


def test_folder_that_takes_no_mail_stops_nothing(bureau, full_vault):
    marie = bureau.person("marie")
    bureau.put(lease("held"), folder=VAULT)
    age(bureau, 16 * 60)
    full_vault()
    bureau.put(mails.simple("marie"))
    assert "lease held=no" in bureau.once().stderr
    assert len(bureau.acks(marie)) == 1


def test_mailbox_out_of_reach_holds_up_no_outgoing_mail(bureau):
    marie = bureau.person("marie")
    bureau.set("limits", ack_delay_seconds=600)
    bureau.put(mails.simple("marie"))
    bureau.once()
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    db.execute("UPDATE outbox SET not_before = 0, next_at = 1 WHERE kind = 'ack'")
    db.commit()
    db.close()
    bureau.write("imap-password", "wrong\n", 0o600)
    d = bureau.start()
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    assert d.stop() == 0


def test_no_rebuild_while_somebody_works_on_the_mailbox(bureau):
    def rebuild(name, *more):
        done = bureau.ctl_run("rebuild", "--into", bureau.folder / name, *more)
        return done.returncode, done.stderr
    d = bureau.start().ready()
    code, said = rebuild("a.db")
    assert code == 77 and b"stop it first" in said and not (bureau.folder / "a.db").exists()
    assert rebuild("a.db", "--yes")[0] == 0
    assert d.stop() == 0
    assert states(bureau) == ["held"]       # our own, of a daemon that does not run any more
    assert rebuild("b.db")[0] == 0
    bureau.put(lease("held"), folder=VAULT)
    code, said = rebuild("c.db")
    assert code == 77 and b"on host serveur2.test" in said
    age(bureau, 16 * 60)
    assert rebuild("c.db")[0] == 0
