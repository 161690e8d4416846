"""The journal: every act of an administrator, every command of an agent, nothing of a mail."""
import os
import pwd
import sqlite3

import mails

VILLE = "ville.test"
ME = os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def commanded(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    note = bureau.to_agents("notify", bureau.claire)[-1]
    bureau.deliver(mails.reply(note, "claire.martin", "#prendre\n#note\nVu avec le bailleur Secretan.",
                               domain=VILLE))
    bureau.once()


def change(bureau, sql):
    with sqlite3.connect(bureau.folder / "bureaud.db", timeout=30) as db:
        db.execute(sql)
    db.close()


def test_commands_and_acts_without_content(bureau):
    commanded(bureau)
    (t,) = bureau.tickets()
    done = bureau.queue()[0]["id"]
    assert bureau.ctl_run("queue", "drop", str(done), "--yes").returncode == 65     # it is sent
    (row,) = bureau.ctl("journal")
    assert set(row) == {"at", "by", "act", "ticket"}
    assert (row["by"], row["act"], row["ticket"]) == ("claire", "#prendre #note", t["ref"])
    change(bureau, f"UPDATE outbox SET state = 'dead' WHERE id = {done}")
    bureau.ctl("queue", "retry", str(done))
    bureau.ctl("queue", "drop", str(done), "--yes")
    rows = bureau.ctl("journal")
    assert [(r["by"], r["act"], r["ticket"]) for r in rows[1:]] == [
        (ME, f"queue retry {done}", None), (ME, f"queue drop {done}", None)]
    assert bureau.ctl("journal", t["ref"]) == rows[:1]
    assert bureau.ctl("journal", "BI-1999-00001") == []
    text = bureau.ctl_run("journal").stdout.decode()
    assert len(text.splitlines()) == 3 and "Secretan" not in text and "marie" not in text


def test_who_looked_into_a_ticket(bureau):
    """Reading works without: a ticket must be readable when nothing can be written."""
    commanded(bureau)
    (t,) = bureau.tickets()
    done = bureau.ctl_run("show", t["ref"])
    assert done.returncode == 0 and done.stderr == b""
    rows = bureau.ctl("journal", t["ref"])
    assert [(r["by"], r["act"]) for r in rows] == [("claire", "#prendre #note"), (ME, "show")]
    (bureau.folder / "key").rename(bureau.folder / "key.away")
    done = bureau.ctl_run("show", t["ref"])
    assert done.returncode == 0 and t["ref"] in done.stdout.decode()
    assert b"not noted in the journal" in done.stderr and len(done.stderr.splitlines()) == 1
    assert bureau.ctl("journal", t["ref"]) == rows


def test_verify_names_the_first_bad_row(bureau):
    commanded(bureau)
    for act in ("retry", "drop", "retry", "drop"):
        change(bureau, "UPDATE outbox SET state = 'dead' WHERE id = 1")
        bureau.ctl("queue", act, "1", "--yes")
    (good,) = bureau.ctl("journal", "verify")
    assert good["ok"] and good["rows"] == 5 and good["bad"] is None and len(good["head"]) == 64
    change(bureau, "UPDATE journal SET by = 'karim' WHERE id = 3")
    (bad,) = bureau.ctl("journal", "verify", expect=65)
    assert not bad["ok"] and bad["bad"] == 3 and bad["because"]
    assert "3" in bureau.ctl_run("journal", "verify").stdout.decode()


def test_no_act_without_the_key(bureau):
    """What the journal cannot hold is not done."""
    commanded(bureau)
    change(bureau, "UPDATE outbox SET state = 'dead' WHERE id = 1")
    (bureau.folder / "key").rename(bureau.folder / "key.away")
    done = bureau.ctl_run("queue", "retry", "1")
    assert done.returncode == 78 and b"key" in done.stderr
    assert [q["state"] for q in bureau.queue() if q["id"] == 1] == ["dead"]


def test_without_a_terminal_an_act_that_asks_is_refused(bureau):
    commanded(bureau)
    change(bureau, "UPDATE outbox SET state = 'unsure' WHERE id = 1")
    done = bureau.ctl_run("queue", "drop", "1", data=b"yes\n")
    assert done.returncode == 77 and b"--yes" in done.stderr
    assert [q["state"] for q in bureau.queue() if q["id"] == 1] == ["unsure"]


def test_kept_for_twelve_months(bureau):
    commanded(bureau)
    bureau.once("-T", "2099-01-01T12:00:00Z")
    assert bureau.ctl("journal") == []
    (check,) = bureau.ctl("journal", "verify")
    assert check["ok"] and check["rows"] == 0
