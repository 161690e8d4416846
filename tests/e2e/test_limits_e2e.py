"""Servers that can little, and mails that are much."""
import base64
import hashlib
import re
import select
import socket
import ssl

import mails
import pytest
from bureau import FakeServer
from servers import SENT

FILED = "Bureau/Traités"
PLAIN = b"IMAP4rev1 AUTH=PLAIN"


class Way:
    """One direction, in one thread with the other: a TLS socket of Python is not safe in two.
    Lines pass through change(); what it refuses is answered to the client; literals pass."""

    def __init__(self, sink, client, change):
        self.sink, self.client, self.change = sink, client, change
        self.line, self.literal = b"", 0

    def feed(self, data):
        refused = []
        while data:
            if self.literal:
                part, data = data[:self.literal], data[self.literal:]
                self.literal -= len(part)
                self.sink.sendall(part)
                continue
            part, end, data = data.partition(b"\n")
            self.line += part + end
            if not end:
                break
            line, self.line = self.line, b""
            new = self.change(line)
            if new is None:
                refused.append(line)
                self.client.sendall(line.split()[0] + b" BAD unknown command\r\n")
                continue
            self.sink.sendall(new)
            found = re.search(rb"\{(\d+)\+?\}\r\n$", line)
            self.literal = int(found[1]) if found else 0
        return refused


class PlainImap:
    """Stands before the private Dovecot and lets through what a plain IMAP4rev1 server can
    (RFC 3501 and the capabilities of `more`): other commands get BAD, codes vanish."""

    BEYOND = {"MOVE": rb"(?i)^\S+ (UID )?MOVE ", "UIDPLUS": rb"(?i)^\S+ UID EXPUNGE ",
              "IDLE": rb"(?i)^\S+ IDLE", "SPECIAL-USE": rb"(?i)SPECIAL-USE",
              "NAMESPACE": rb"(?i)^\S+ NAMESPACE", "ENABLE": rb"(?i)^\S+ ENABLE",
              "ID": rb"(?i)^\S+ ID ", "CONDSTORE": rb"(?i)CONDSTORE|MODSEQ",
              "UNSELECT": rb"(?i)^\S+ UNSELECT", "LITERAL+": rb"\{\d+\+\}\r?$"}

    def __init__(self, bureau, more=(), keywords=True):
        self.bureau, self.more, self.keywords = bureau, set(more), keywords
        self.refused = []
        self.server = FakeServer(self._talk)
        bureau.set("imap", url=f"imaps://localhost:{self.server.port}")

    def close(self):
        self.server.close()

    def _talk(self, server, c):
        certs = self.bureau.srv.certs
        here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        here.load_cert_chain(*map(str, certs.good))
        there = ssl.create_default_context(cafile=str(certs.ca))
        with here.wrap_socket(c, server_side=True) as client, there.wrap_socket(
                socket.create_connection(("localhost", self.bureau.srv.imaps_port)),
                server_hostname="localhost") as real:
            ways = {client: Way(real, client, self._command), real: Way(client, client, self._answer)}
            while True:
                ready = [s for s in ways if s.pending()] or select.select(list(ways), [], [], 120)[0]
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    self.refused += ways[source].feed(data)

    def _command(self, line):
        for name, pattern in self.BEYOND.items():
            if name not in self.more and re.search(pattern, line):
                return None
        return line

    def _answer(self, line):
        can = b" ".join([PLAIN, *(m.encode() for m in sorted(self.more))])
        line = re.sub(rb"(?<=\[CAPABILITY )[^\]]*", can, line)
        line = re.sub(rb"(?<=^\* CAPABILITY )[^\r]*", can, line)
        if "UIDPLUS" not in self.more:
            line = re.sub(rb"\[(APPENDUID|COPYUID) [^\]]*\] ", b"", line)
        if "SPECIAL-USE" not in self.more:
            line = re.sub(rb"(?<=LIST \()([^)]*)", lambda m: re.sub(
                rb" ?\\(Sent|Trash|Drafts|Junk)", b"", m[1]), line)
        if not self.keywords:
            line = re.sub(rb"(PERMANENTFLAGS \([^)]*?) ?\\\*\)", rb"\1)", line)
        return line


@pytest.fixture
def plain(bureau):
    made = []

    def make(**how):
        made.append(PlainImap(bureau, **how))
        return made[-1]
    yield make
    for p in made:
        p.close()


def test_plain_imap4rev1(bureau, plain):
    plain()
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    bureau.once()
    assert len(marie.mails()) == 1 and len(bureau.tickets()) == 1
    assert "$Bureaud" in bureau.mailbox.mails()[0].flags


def test_plain_imap4rev1_daemon_polls(bureau, plain):
    plain()
    bureau.set("imap", poll_seconds=1)
    marie = bureau.person("marie")
    d = bureau.start()
    bureau.deliver(mails.simple("marie"))
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    assert d.stop() == 0


def test_filing_without_uidplus_leaves_the_mail_in_place(bureau, plain):
    """EXPUNGE without a UID would take other people's deleted mail with it: keyword only."""
    plain()
    bureau.set("imap", file_when="received")
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    bureau.once()
    (m,) = bureau.mailbox.mails()
    assert "$Bureaud" in m.flags and "\\Deleted" not in m.flags
    assert len(bureau.messages()) == 1


def test_filing_with_uidplus_but_without_move(bureau, plain):
    p = plain(more={"UIDPLUS"})
    bureau.set("imap", file_when="received")
    bureau.person("marie")
    deleted = mails.simple("paul", message_id="<efface@courrier.exemple.test>")
    bureau.deliver(mails.simple("marie"))
    bureau.put(deleted, flags="\\Deleted")
    bureau.once()
    assert len(bureau.mailbox.mails(FILED)) >= 1 and p.refused == []
    everything = bureau.mailbox.mails() + bureau.mailbox.mails(FILED)
    assert sorted(str(m["From"]).partition("@")[0] for m in everything) == ["marie", "paul"]


def test_server_that_keeps_no_keywords(bureau, plain):
    plain(more={"MOVE", "UIDPLUS", "IDLE"}, keywords=False)
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    bureau.once()
    assert len(marie.mails()) == 1 and len(bureau.messages()) == 1


def test_sent_folder_by_name(bureau, plain):
    """Without SPECIAL-USE the administrator names it."""
    plain()
    bureau.set("imap", sent_folder=SENT)
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    assert len(bureau.mailbox.mails(SENT)) == 1


def test_another_folder_than_inbox(bureau):
    bureau.set("imap", folder="Demandes/À traiter")
    bureau.mailbox.create("Demandes/À traiter")
    marie, paul = bureau.person("marie"), bureau.person("paul")
    bureau.put(mails.simple("marie"), folder="Demandes/À traiter")
    bureau.put(mails.simple("paul"))
    bureau.once()
    assert len(marie.mails()) == 1 and paul.mails() == []


def test_mail_over_the_limit_still_opens_a_ticket(bureau):
    """Its first 256 KiB are read; the ticket says so; the person is answered."""
    bureau.set("imap", max_message_mib=1)
    marie, paul = bureau.person("marie"), bureau.person("paul")
    photo = base64.encodebytes(bytes(range(256)) * 12000)
    raw = mails.ROAD.raw().replace(base64.encodebytes(mails.JPEG), photo)
    bureau.deliver(raw.replace(b"chantal.vasseur@", b"marie@"))
    bureau.deliver(mails.simple("paul"))
    bureau.once()
    assert len(marie.mails()) == len(paul.mails()) == 1
    (ticket,) = [t for t in bureau.tickets() if t["citizen"] == marie.address]
    assert ticket["category"] == "voirie"


def test_long_text_keeps_its_category(bureau):
    """The rules read 200 kB of a mail's text."""
    filler = "Une ligne de texte bien ordinaire.\n" * 5600
    e = bureau.explain(mails.simple("marie", body="Je suis expulsé de mon logement.\n" + filler))
    assert e["category"] == "logement"
    e = bureau.explain(mails.simple("marie", body="Mon mari me frappe, j'ai peur.\n" + filler))
    assert e["category"] == "violences" and e["sensitive"] is True


def test_large_attachment_within_the_limit(bureau):
    marie = bureau.person("marie")
    data = bytes(range(256)) * 40_000
    raw = mails.ROAD.raw().replace(base64.encodebytes(mails.JPEG), base64.encodebytes(data))
    assert len(raw) > 10_000_000
    bureau.deliver(raw.replace(b"chantal.vasseur@", b"marie@"))
    bureau.once()
    assert len(marie.mails()) == 1
    (line,) = bureau.messages()
    assert line["sha256"] == hashlib.sha256(bureau.mailbox.mails()[0].raw).hexdigest()


def nested(depth):
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(depth))
    return head + "Content-Type: text/plain\n\nJe cherche un logement.\n"


MONSTERS = {
    "nested": lambda: nested(5000).encode(),
    "one long line": lambda: b"\n" + b"x" * 3_000_000 + b"\n",
    "many headers": lambda: b"X-A: b\n" * 50_000 + b"\nJe cherche un logement.\n",
    "one long header": lambda: b"X-A: " + b"b" * 3_000_000 + b"\n\nJe cherche un logement.\n",
    "many recipients": lambda: b"Cc: " + b"a@b.test,\n " * 100_000 + b"c@d.test\n\nlogement\n",
    "many parts": lambda: b"Content-Type: multipart/mixed; boundary=x\n\n"
        + b"--x\n\nlogement\n" * 20_000 + b"--x--\n",
    "binary": lambda: b"\n" + bytes(range(256)).replace(b"\n", b"") * 4000,
    "html depth": lambda: b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"logement",
}


@pytest.mark.parametrize("name", MONSTERS)
def test_monster_does_not_stop_the_next(bureau, name):
    marie, paul = bureau.person("marie"), bureau.person("paul")
    head = (b"From: marie@exemple.test\nTo: " + mails.BUREAU.encode()
            + b"\nMessage-ID: <monstre@courrier.exemple.test>\nSubject: logement\n")
    bureau.put(head + MONSTERS[name]())
    bureau.put(mails.simple("paul", message_id="<suivant@courrier.exemple.test>"))
    bureau.once()
    assert bureau.message("<suivant@courrier.exemple.test>")["outcome"] == "new_ticket"
    assert len(paul.mails()) == 1 and len(bureau.messages()) == 2
    monster = [m for m in bureau.messages() if "suivant" not in m["message_id"]][0]
    assert monster["outcome"] in ("new_ticket", "quarantined")
    assert len(marie.mails()) <= 1
    bureau.once()
    assert len(bureau.messages()) == 2
