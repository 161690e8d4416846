"""bureauctl check: what it finds on a machine and two servers that work, and on ones that do not."""
import datetime
import email.utils
import hashlib
import shutil

import mails
import pytest
from bureau import TREE, FakeServer
from terminal import columns, on_terminal, plain

NAMES = ["files", "secrets", "rules", "templates", "directory", "quartiers", "agents", "database",
         "disk", "snapshot", "daemon", "outbox", "selftest", "imap", "imap-certificate",
         "imap-folders", "imap-sent", "imap-abilities", "unhandled", "authserv-id",
         "plus-addresses", "smtp", "smtp-certificate", "clock"]


def checked(bureau, *args, expect=None):
    """The lines by name, and that the exit code is that of the worst."""
    done = bureau.ctl_run(*args, "check", "--json")
    lines = {x["check"]: x for x in bureau.ctl(*args, "check", expect=None)}
    bad = any(x["result"] == "fail" for x in lines.values())
    assert done.returncode == (1 if bad else 0), done.stderr
    for x in lines.values():
        assert set(x) == {"check", "result", "text", "todo"} and x["text"]
        assert (x["todo"] is None) == (x["result"] == "ok"), x
    assert [n for n in NAMES if n in lines] == list(lines)
    return lines


def is_(lines, name, result, *words):
    line = lines[name]
    assert line["result"] == result, line
    for word in words:
        assert word in line["text"], line
    return line


@pytest.fixture
def working(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Une question", "Je cherche un logement, merci."))
    bureau.start().settled(1)
    return bureau


def test_all_is_well(working):
    lines = checked(working)
    assert list(lines) == NAMES
    for name in ("files", "secrets", "rules", "templates", "agents", "database", "snapshot", "daemon",
                 "outbox", "imap", "imap-certificate", "imap-folders", "imap-abilities", "unhandled",
                 "plus-addresses", "smtp", "smtp-certificate"):
        assert lines[name]["result"] == "ok", lines[name]
    is_(lines, "directory", "warn", "none")
    is_(lines, "selftest", "warn", "off")
    is_(lines, "imap-sent", "ok", "Éléments envoyés", "SPECIAL-USE")
    is_(lines, "authserv-id", "ok", "mx.ville.test", "1 of 1")


def test_it_changes_nothing(working):
    def state():
        return {f: [(m.uid, m.flags - {"\\Recent"}, hashlib.sha256(m.raw).digest()) for m in found]
                for f, found in working.mailbox.all_mails().items()}
    working.processes[0].stop()
    before, rows = state(), [working.messages(), working.queue(), working.tickets()]
    assert any("\\Seen" not in flags for v in before.values() for _, flags, _ in v)
    working.put(mails.simple("lea", "Un autre", "Bonjour, une question."))
    checked(working)
    working.srv.drain()
    with working.mailbox.session() as s:       # even \\Recent is left to the daemon
        s.select("INBOX", readonly=True)
        assert s.response("RECENT")[1] == [b"1"]
    after = state()
    assert after["INBOX"].pop()[1] == frozenset()
    assert after == before and not any(working.admin.all_mails().values())
    assert rows == [working.messages(), working.queue(), working.tickets()]


def test_wrong_password_and_dead_relay(bureau):
    bureau.write("imap-password", "wrong\n", 0o600)
    bureau.set("smtp", url="smtps://localhost:1")
    lines = checked(bureau)
    is_(lines, "imap", "fail", "login refused")
    is_(lines, "smtp", "fail", "localhost")
    is_(lines, "database", "fail", "no database yet")
    for name in ("imap-certificate", "imap-folders", "authserv-id", "unhandled", "daemon", "snapshot",
                 "smtp-certificate"):
        assert name not in lines


def test_certificates_that_end_soon(working):
    for days, result in ((3500, "ok"), (3585, "warn"), (3598, "fail")):
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        lines = checked(working, "-T", when.isoformat(timespec="seconds"))
        for name in ("imap-certificate", "smtp-certificate"):
            is_(lines, name, result, "days")


def test_certificate_of_another_authority(working):
    for section in ("imap", "smtp"):
        working.set(section, ca_file=working.srv.certs.other_ca)
    lines = checked(working)
    is_(lines, "imap", "fail", "certificate", "unknown CA")
    is_(lines, "smtp", "fail", "certificate", "unknown CA")


def test_a_stopped_daemon_and_mail_that_waits(working):
    working.processes[0].stop()
    now = datetime.datetime.now(datetime.timezone.utc)
    for minutes, result in ((5, "ok"), (40, "warn"), (300, "fail")):
        working.put(mails.simple("lea", f"Attente {minutes}", f"Bonjour, cela fait {minutes}."),
                    when=now - datetime.timedelta(minutes=minutes))
        lines = checked(working)
        is_(lines, "unhandled", result, "mails wait")
    is_(lines, "unhandled", "fail", "3 mails", "5 h")
    is_(lines, "daemon", "fail", "no sign of life")
    later = (now + datetime.timedelta(days=5)).isoformat(timespec="seconds")
    is_(checked(working, "-T", later), "snapshot", "fail")


def test_folders_that_are_not_there(bureau):
    assert bureau.bureaud("--init").returncode == 0
    is_(checked(bureau), "imap-folders", "ok", "made when", "Bureau/Traités", "Bureau/À voir")
    bureau.set("imap", create_folders="no", sent_folder="Nulle part")
    is_(checked(bureau), "imap-folders", "fail", "Bureau/Traités", "Bureau/Sauvegarde", "Nulle part")
    assert "Bureau/Traités" not in bureau.mailbox.folders()
    bureau.set("imap", folder="Ailleurs")
    is_(checked(bureau), "imap-folders", "fail", "Ailleurs")


def test_the_authserv_id_of_real_mail(working):
    working.set("trust", authserv_id="mx.ailleurs.test")
    is_(checked(working), "authserv-id", "fail", "mx.ailleurs.test", "seen: mx.ville.test (1)")
    working.set("trust", authserv_id="")
    is_(checked(working), "authserv-id", "warn", "mx.ville.test")
    # What a stranger writes below the border's own field does not count.
    raw = mails.simple("lea", "Bonjour", "Une question, merci.")
    working.put("Authentication-Results: (mx.autre.test) mx.vrai.test; spf=pass\n"
                "Authentication-Results: mx.faux.test; dmarc=pass\n"
                + (raw if isinstance(raw, str) else raw.decode()))
    line = is_(checked(working), "authserv-id", "warn", "mx.vrai.test (1)")
    assert "mx.faux.test" not in line["text"] and "mx.autre.test" not in line["text"]


def test_plus_addresses(working):
    working.set("bureau", plus_addresses="yes")
    is_(checked(working), "plus-addresses", "warn", "nothing shows")
    local, _, domain = working.address.partition("@")
    raw = mails.simple("lea", "Bonjour", "Une question, merci.")
    raw = (raw if isinstance(raw, str) else raw.decode()).replace(
        "To: ", f"X-Essai: oui\nTo: {local}+essai@{domain}, ", 1)
    working.deliver(raw, to=f"{local}+essai@{domain}")
    is_(checked(working), "plus-addresses", "ok", "arrive")


def test_stale_directory_and_past_permanences(working):
    working.write("annuaire.conf", "[mairie]\nnom = Mairie\ntel = 03 00 00 00 00\ncategories = *\n"
                  "usager = oui\nverifie_le = 2020-01-01\n")
    working.write("quartiers.conf", "[Centre]\nnom = Centre\npermanence = 2020-01-01 18:00 Salle A\n")
    working.set("bureau", directory="annuaire.conf", quartiers="quartiers.conf")
    lines = checked(working)
    is_(lines, "directory", "warn", "1 of 1", "365 days", "mairie")
    is_(lines, "quartiers", "warn", "future date")
    later = datetime.date.today().replace(year=datetime.date.today().year + 1)
    working.write("quartiers.conf", f"[Centre]\nnom = Centre\npermanence = {later} 18:00 Salle A\n")
    is_(checked(working), "quartiers", "ok", "1 permanence")
    working.write("annuaire.conf", "[mairie]\nnom = Mairie\nbogue = oui\n")
    is_(checked(working), "directory", "fail", "annuaire.conf:3:")


def test_texts_and_rules_of_the_town(working):
    for folder in ("rules", "templates"):
        shutil.copytree(TREE / folder, working.folder / folder)
        working.set("bureau", **{folder: folder})
    is_(checked(working), "templates", "ok")
    foot = working.folder / "templates" / "pied-legal.txt"
    foot.write_text(foot.read_text().replace("tribunal administratif", "juge"))
    is_(checked(working), "templates", "fail", "8 the court", "ack-logement")
    working.set("bureau", phone="")
    is_(checked(working), "templates", "fail", "4 the telephone")
    (working.folder / "templates" / "avis.txt").write_text("{{inconnu}}\n")
    is_(checked(working), "templates", "fail", "avis.txt")
    (working.folder / "rules" / "voirie.rules").write_text(
        'category voirie label="Voirie" template=ack-voirie threshold=4\n'
        'body TROU +5 /\\btrou\\b/\nexample voirie "bonjour"\n')
    lines = checked(working)
    is_(lines, "rules", "fail", "voirie.rules:3:")
    (working.folder / "rules" / "voirie.rules").chmod(0o666)
    is_(checked(working), "files", "fail", "can write", "voirie.rules")


def test_secrets_that_others_can_read(working):
    (working.folder / "smtp-password").chmod(0o644)
    lines = checked(working)
    is_(lines, "secrets", "fail", "smtp-password")
    is_(lines, "smtp", "fail", "smtp-password")
    (working.folder / "bureaud.db").chmod(0o644)
    is_(checked(working), "files", "fail", "can read", "bureaud.db")


def test_a_damaged_database(working):
    working.processes[0].stop()
    path = working.folder / "bureaud.db"
    raw = bytearray(path.read_bytes())
    for page in range(3, len(raw) // 4096):
        raw[page * 4096:page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(raw)
    is_(checked(working), "database", "fail")


def test_a_clock_that_the_relay_does_not_share(working):
    def talk(server, c):
        f = c.makefile("rwb")
        f.write(f"220 mx ESMTP Exim {email.utils.formatdate(localtime=True)}\r\n".encode())
        f.flush()
        for line in f:
            f.write(b"250 mx\r\n" if line[:4] in (b"EHLO", b"RSET") else b"221 bye\r\n")
            f.flush()
    relay = FakeServer(talk)
    working.set("smtp", url=f"smtp://127.0.0.1:{relay.port}", starttls="off", user="")
    now = datetime.datetime.now(datetime.timezone.utc)
    for seconds, result, words in ((0, None, ""), (130, "warn", "ahead of the relay"),
                                   (-1000, "fail", "behind the relay")):
        when = (now + datetime.timedelta(seconds=seconds)).isoformat(timespec="seconds")
        lines = checked(working, "-T", when)
        if result:
            is_(lines, "clock", result, words)
        is_(lines, "smtp", "ok", "without a login")
        is_(lines, "smtp-certificate", "warn", "not encrypted")
    relay.close()
    assert not any(line.startswith((b"MAIL", b"RCPT")) for line in relay.heard)


def test_a_line_each_in_a_pipe_and_a_narrow_terminal(working):
    text = working.ctl_run("check").stdout.decode()
    assert [line.split()[1] for line in text.splitlines()] == NAMES and "\033" not in text
    for width in (80, 60):
        shown = on_terminal(working, "check", columns=width)
        assert "\033[32mok" in shown and "\033[33mwarn" in shown
        assert columns(shown) <= width, shown
        assert plain(shown).count("\n→") == 0 and "→ " in shown
