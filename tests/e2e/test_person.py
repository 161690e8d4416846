"""What is held of one person: shown, handed out as an archive, erased to the last byte."""
import io
import json
import mailbox
import os
import pty
import subprocess
import zipfile

import mails
import pytest
from bureau import BIN
from servers import SENT
from waiting import wait_for

FILED, REVIEW = "Bureau/Traités", "Bureau/À voir"
VILLE = "ville.test"
# Words that no template, rule or agent writes.
WORDS = ["Zanzibar", "Quintefeuille", "secretan", "marie.dunord", "bail-rue-haute", "Pommier-Neuf"]


def lived(bureau, headers=""):
    """Months of one person in short: two mails, a file, an answer, a note, a second ticket; and
    another person, who must keep everything."""
    marie, other = bureau.person("marie.dunord"), bureau.person("youssef")
    raw = mails.simple("marie.dunord", "Quintefeuille", "Je cherche un logement, Zanzibar et Secretan.",
                       headers=headers)
    bureau.deliver(mails.attach(raw, "bail-rue-haute.pdf", b"%PDF Pommier-Neuf"))
    bureau.deliver(mails.simple("youssef", "Garage", "Le garage de la rue des Lilas est fermé."))
    bureau.once()
    note = [m for m in bureau.to_agents("notify", bureau.claire)
            if "Zanzibar" in m.text or headers][0]
    bureau.deliver(mails.reply(note, "claire.martin", "#prendre\n#note\nVue au Pommier-Neuf, secretan.",
                               domain=VILLE))
    bureau.deliver(mails.reply(note, "claire.martin", "Bonjour madame Quintefeuille, venez jeudi.",
                               domain=VILLE))
    bureau.once()
    bureau.deliver(mails.simple("marie.dunord", "Autre chose", "Ma poubelle au Pommier-Neuf."))
    bureau.once()
    return marie, other


def on_disk(bureau, words):
    """Which of the words are in any file of the database, whatever their case."""
    found = []
    for path in bureau.folder.glob("bureaud.db*"):
        data = path.read_bytes().lower()
        found += [(path.name, w) for w in words if w.lower().encode() in data]
    return found


def everywhere(bureau):
    """Text of all mails of the bureau's mailbox, decoded."""
    return "\n".join(f"{m['Subject']} {m['From']} {m['To']} {m.text}"
                     for box in bureau.mailbox.all_mails().values() for m in box)


def test_show(bureau):
    marie, _ = lived(bureau)
    (p,) = bureau.ctl("person", "show", marie.address.upper())
    assert p["address"] == marie.address and len(p["tickets"]) == 2
    assert p["messages"] == 4 and p["attachments"] == 1 and p["sent"] >= 3
    assert p["no_auto"] is False and p["contact"] is False and p["first"] <= p["last"]
    text = bureau.ctl_run("person", "show", marie.address).stdout.decode()
    assert p["tickets"][0]["ref"] in text and "Zanzibar" not in text
    assert [r["act"] for r in bureau.ctl("journal")][-1] == "person show"


def test_export_holds_everything(bureau):
    marie, other = lived(bureau)
    done = bureau.ctl_run("person", "export", marie.address)
    assert done.returncode == 0, done.stderr
    z = zipfile.ZipFile(io.BytesIO(done.stdout))
    assert z.testzip() is None
    assert sorted(z.namelist()) == ["LISEZMOI.txt", "donnees.json", "envoyes.mbox", "messages.mbox"]
    data = json.loads(z.read("donnees.json"))
    assert [t["ref"] for t in data["tickets"]] == [
        t["ref"] for t in bureau.tickets() if t["citizen"] == marie.address]
    assert len(data["messages"]) == 4 and {m["form"] for m in data["messages"]} == {"original"}
    assert data["messages"][0]["attachments"][0]["filename"] == "bail-rue-haute.pdf"
    assert any("secretan" in e["text"] for t in data["tickets"] for e in t["timeline"])
    assert {s["kind"] for s in data["sent"]} == {"ack", "relay"}
    path = bureau.folder / "messages.mbox"
    path.write_bytes(z.read("messages.mbox"))
    box = list(mailbox.mbox(path))
    assert len(box) == 4
    (pdf,) = [p for p in box[0].walk() if p.get_filename() == "bail-rue-haute.pdf"]
    assert pdf.get_payload(decode=True) == b"%PDF Pommier-Neuf"
    assert "4 tels" in z.read("LISEZMOI.txt").decode()
    assert other.address.encode() not in done.stdout
    assert [r["act"] for r in bureau.ctl("journal")][-1] == "person export"


def test_export_without_the_mailbox_says_so(bureau):
    marie, _ = lived(bureau)
    bureau.set("imap", url="imaps://localhost:1")
    done = bureau.ctl_run("person", "export", marie.address)
    assert done.returncode == 0 and b"rebuilt" in done.stderr
    z = zipfile.ZipFile(io.BytesIO(done.stdout))
    data = json.loads(z.read("donnees.json"))
    assert {m["form"] for m in data["messages"]} == {"rebuilt"}
    path = bureau.folder / "messages.mbox"
    path.write_bytes(z.read("messages.mbox"))
    first = list(mailbox.mbox(path))[0]
    assert "Zanzibar" in first.get_payload(decode=True).decode() and first["X-Bureaud-Rebuilt"]
    assert "4 reconstitués" in z.read("LISEZMOI.txt").decode()


def on_terminal(bureau, *args, typed=b""):
    """bureauctl with a terminal as its standard streams."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(BIN / "bureauctl", ["bureauctl", "-c", str(bureau.conf), *args])
    os.write(fd, typed)
    out = b""
    try:
        while chunk := os.read(fd, 65536):
            out += chunk
    except OSError:                     # the other end of a terminal is gone
        pass
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out


def test_no_archive_on_a_terminal(bureau):
    marie, _ = lived(bureau)
    code, out = on_terminal(bureau, "person", "export", marie.address)
    assert code == 64 and b"terminal" in out and b"PK" not in out
    assert not [r for r in bureau.ctl("journal") if r["act"] == "person export"]


def sensitive(bureau):
    bureau.deliver(mails.VIOLENCE.raw())
    bureau.once()
    (t,) = bureau.tickets()
    assert t["sensitive"]
    return t["citizen"]


def test_sensitive_needs_two_answers(bureau):
    address = sensitive(bureau)
    for act in ("export", "erase"):
        done = bureau.ctl_run("person", act, address)
        assert done.returncode == 77 and done.stdout == b""
    for typed in (b"no\n", b"yes\nno\n"):
        code, out = on_terminal(bureau, "person", "erase", address, typed=typed)
        assert code == 77 and out.count(b"[yes/no]") == typed.count(b"\n")
    assert bureau.tickets()[0]["citizen"] == address
    code, out = on_terminal(bureau, "person", "erase", address, typed=b"yes\nyes\n")
    assert code == 0 and "Certificat".encode() in out
    assert bureau.tickets()[0]["citizen"] == ""


def figures(bureau):
    keys = ("ref", "outcome", "category", "urgency", "sensitive", "agent", "lang", "opened",
            "last_activity", "due", "first_answer", "quartier", "messages")
    return [{k: t[k] for k in keys} for t in bureau.tickets()]


@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_erase_to_the_last_byte(bureau, running):
    marie, other = lived(bureau)
    for t in bureau.tickets():          # settled in the past: nothing of it may change
        if t["citizen"] == marie.address:
            note = [m for m in bureau.to_agents("notify", bureau.claire)
                    if m["X-Bureaud-Ticket"] == t["ref"]][0]
            bureau.deliver(mails.reply(note, "claire.martin", "#regler", domain=VILLE))
    bureau.once()
    assert len(on_disk(bureau, WORDS)) >= len(WORDS)
    before = figures(bureau)
    d = bureau.start() if running else None
    if d:
        wait_for("the daemon to be up", lambda: d.check() and "ready version" in d.log())
    done = bureau.ctl_run("person", "erase", marie.address, "--yes")
    assert done.returncode == 0, done.stderr
    assert on_disk(bureau, [*WORDS, marie.address]) == []
    if d:
        assert d.stop() == 0
    assert on_disk(bureau, [*WORDS, marie.address]) == []
    assert figures(bureau) == before
    certificate = done.stdout.decode()
    assert "Certificat" in certificate and "marie" not in certificate
    erased = [m for m in bureau.messages() if not m["visible"]]
    assert len(erased) == 6 and all(m["message_id"] == "" and m["sha256"] for m in erased)
    kept = [t for t in bureau.tickets() if t["citizen"]]
    assert [t["citizen"] for t in kept] == [other.address] and kept[0]["subject"] == "Garage"
    acts = [(r["act"], r["ticket"]) for r in bureau.ctl("journal") if "erase" in r["act"]]
    assert acts == [("person erase", t["ref"]) for t in bureau.tickets() if not t["citizen"]]
    # Unasked, the mailbox keeps its originals; seen again they bring nothing back.
    assert "Zanzibar" in everywhere(bureau)
    bureau.once()
    assert on_disk(bureau, WORDS) == [] and len(bureau.messages()) == len(erased) + 1
    assert bureau.ctl_run("person", "show", marie.address).returncode == 65


def test_erase_from_the_mailbox_too(bureau):
    marie, other = lived(bureau)
    (said,) = bureau.ctl("person", "erase", marie.address, "--mailbox", "--yes")
    assert said["mailbox"] is True and said["messages"] == 4 and len(said["tickets"]) == 2
    assert "Zanzibar" in everywhere(bureau)
    bureau.once()
    left = everywhere(bureau).lower()
    assert [w for w in WORDS if w.lower() in left] == [] and marie.address not in left
    assert other.address in left
    assert len(bureau.mailbox.mails(SENT)) == 1             # the other's acknowledgment
    assert any(r["by"] == "bureaud" and "mailbox" in r["act"] for r in bureau.ctl("journal"))
    bureau.once()
    assert on_disk(bureau, WORDS) == []


def test_she_may_write_again(bureau):
    marie, _ = lived(bureau)
    (ack,) = [m for m in bureau.acks(marie)][:1]
    bureau.ctl("person", "erase", marie.address, "--yes")
    bureau.deliver(mails.reply(ack, "marie.dunord", "Me revoilà."))
    bureau.once()
    new = bureau.tickets()[-1]
    assert new["citizen"] == marie.address and new["messages"] == 1
    assert new["ref"] not in [t["ref"] for t in bureau.tickets()[:-1]]


def test_who_wanted_no_machines_mail_still_gets_none(bureau):
    marie = bureau.person("marie.dunord")
    bureau.deliver(mails.simple("marie.dunord", body="Ne me répondez pas par mail, il lit mes mails. "
                                "Je cherche un logement."))
    bureau.once()
    assert bureau.acks(marie) == []
    assert bureau.ctl("person", "show", marie.address)[0]["no_auto"] is True
    bureau.ctl("person", "erase", marie.address, "--yes")
    assert on_disk(bureau, [marie.address]) == []
    bureau.deliver(mails.simple("marie.dunord", body="Je cherche un logement."))
    bureau.once()
    assert bureau.acks(marie) == [] and len(bureau.tickets()) == 2


def test_nothing_is_held(bureau):
    bureau.bureaud("--init")
    for act in ("show", "export", "erase"):
        done = bureau.ctl_run("person", act, "personne@exemple.test", "--yes")
        assert done.returncode == 65 and len(done.stderr.splitlines()) == 1 and not done.stdout


def test_staff_is_no_person(bureau):
    lived(bureau)
    for address in (bureau.claire.address, bureau.address):
        assert bureau.ctl_run("person", "erase", address, "--yes").returncode == 65
    assert all(m["visible"] for m in bureau.messages())


@pytest.mark.parametrize("args", [[], ["show"], ["show", "pas-une-adresse"], ["jeter", "a@b.fr"],
                                  ["show", "a@b.fr", "c"]])
def test_usage(bureau, args):
    bureau.bureaud("--init")
    assert bureau.ctl_run("person", *args).returncode == 64


def test_a_refused_erasure_changes_nothing(bureau):
    marie, _ = lived(bureau)
    done = subprocess.run([BIN / "bureauctl", "-c", bureau.conf, "person", "erase", marie.address],
                          input=b"yes\n", capture_output=True, timeout=60)
    assert done.returncode == 77 and b"--yes" in done.stderr
    assert all(m["visible"] for m in bureau.messages())
