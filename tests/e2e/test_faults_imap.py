"""A mailbox that cuts, loses answers, says BYE, lies and refuses (faults 1-6, 8, 12, 16, 47, 58):
each mail is taken in once and answered once, whatever happened on the way."""
import hashlib
import os
import re

import mails
import pytest
import torture
from imapfault import ImapFault
from judge import FILED, REVIEW
from waiting import wait_for

HOWS = ("cut", "lost", "half", "reset", "bye")
FULL = bool(os.environ.get("TORTURE"))
ROUNDS_OF_CUTS = 40 if FULL else 8
CHANCE_OF_A_CUT = 0.15


@pytest.fixture
def fault(bureau):
    f = ImapFault(bureau)
    yield f
    f.close()


@pytest.fixture
def rounds(srv):
    r = torture.Round(srv, int(os.environ.get("SEED", "58")))
    r.imap = ImapFault(r.bureau)
    r.bureau.set("imap", file_when="received")
    yield r
    r.imap.close()
    r.close()


def passes_with(r, harm):
    """One pass with mail of each kind; how many commands it made."""
    r.imap.harm, before = harm, len(r.imap.commands)
    r.feed(2)
    done = r.bureau.bureaud("-1")
    assert done.returncode in (0, 75), done.stderr
    r.judge.after_kill()
    return len(r.imap.commands) - before


@pytest.mark.parametrize("how", HOWS)
def test_harm_at_each_command(rounds, how):
    """At the first command of a pass, at the second ... (a few of them, unless for the night)."""
    passes_with(rounds, lambda n, command: None)
    n = passes_with(rounds, lambda n, command: None)
    points = range(1, n + 1) if FULL else rounds.chance.sample(range(1, n + 1), 2)
    for at in points:
        begin = len(rounds.imap.commands)
        passes_with(rounds, lambda n, command: how if n - begin == at else None)
        print(how, at, rounds.imap.commands[min(begin + at, len(rounds.imap.commands)) - 1])
    rounds.imap.harm = lambda n, command: None
    rounds.rest()


def test_one_command_in_seven_is_cut(rounds):
    hows = (*HOWS, None)

    def harm(n, command):
        cut = rounds.chance.random() < CHANCE_OF_A_CUT
        return rounds.chance.choice(hows) if cut else None
    for _ in range(ROUNDS_OF_CUTS):
        passes_with(rounds, harm)
    rounds.imap.harm = lambda n, command: None
    rounds.rest()


@pytest.mark.parametrize("command", ["UID MOVE", "UID STORE", "APPEND"])
def test_done_but_its_answer_is_lost(bureau, fault, command):
    bureau.set("imap", file_when="received" if command == "UID MOVE" else "closed")
    lost = []

    def harm(n, words):
        if words.upper().startswith(command) and not lost:
            lost.append(words)
            return "lost"
    fault.harm = harm
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    done = bureau.bureaud("-1")
    assert lost and done.returncode in (0, 75)
    fault.harm = lambda n, words: None
    bureau.once()
    bureau.once()
    assert len(bureau.messages()) == len(bureau.acks(marie)) == 1
    assert sum(len(bureau.mailbox.mails(f)) for f in ("INBOX", FILED, REVIEW)) == 1


@pytest.mark.parametrize("at", ["greeting", "LOGIN", "SELECT", "UID FETCH", "IDLE"])
def test_stopped_in_time_while_the_server_says_nothing(bureau, fault, at):
    stalled = []

    def harm(n, words):
        if words.upper().startswith(at):
            stalled.append(words)
            return "stall"
    fault.harm = harm
    if at == "greeting":
        bureau.bureaud("--init")
        fault.server.talk = lambda server, c: (stalled.append(c), c.recv(1))
    bureau.deliver(mails.simple("marie"))
    d = bureau.start()
    wait_for(f"a silence at {at}", lambda: d.check() and stalled)
    assert d.stop(seconds=10) == 0
    bureau.person("marie")
    fault.direct()
    bureau.once()
    assert len(bureau.messages()) == 1


def test_folder_that_cannot_be_opened(bureau, fault):
    """Said so, nothing is made, nothing is lost."""
    bureau.once()
    before = bureau.mailbox.folders()
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    fault.harm = lambda n, words: b"NO [SERVERBUG] not this folder" \
        if re.match(r'SELECT "?INBOX', words) else None
    done = bureau.bureaud("-1")
    assert done.returncode in (75, 77) and "not this folder" in done.stderr
    assert bureau.messages() == [] and bureau.mailbox.folders() == before
    fault.harm = lambda n, words: None
    bureau.once()
    assert len(bureau.messages()) == 1


@pytest.mark.parametrize("command, answer", [
    ("UID MOVE", b"NO [OVERQUOTA] mailbox is full"),
    ("UID STORE", b"NO [NOPERM] no keywords today"),
    ("APPEND", b"NO [OVERQUOTA] mailbox is full"),
])
def test_filing_that_is_refused(bureau, fault, command, answer):
    """The case is made and answered all the same; the filing is tried again."""
    bureau.set("imap", file_when="received" if command == "UID MOVE" else "closed")
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    fault.harm = lambda n, words: answer if words.upper().startswith(command) else None
    done = bureau.bureaud("-1")
    bureau.srv.drain()
    assert done.returncode == 75 and answer.decode()[-10:] in done.stderr
    assert len(bureau.tickets()) == len(bureau.acks(marie)) == 1
    fault.harm = lambda n, words: None
    bureau.once()
    found = bureau.mailbox.all_mails()
    assert command != "UID MOVE" or len(found[FILED]) == 1
    assert command != "UID STORE" or "$Bureaud" in found["INBOX"][0].flags
    assert len(bureau.acks(marie)) == 1


LIES = {
    "a size that is too large": (rb"RFC822\.SIZE (\d+)", lambda m: b"RFC822.SIZE %d" % (int(m[1]) + 1)),
    "a size that is too small": (rb"RFC822\.SIZE (\d+)", lambda m: b"RFC822.SIZE %d" % (int(m[1]) - 1)),
    "another mail's UID": (rb"(FETCH \(.*?)UID (\d+)", lambda m: m[1] + b"UID %d" % (int(m[2]) + 7)),
    "no UID at all": (rb"(FETCH \(.*?)UID \d+ ?", lambda m: m[1]),
    "NIL": (rb"BODY\[\] \{\d+\}", lambda m: b"BODY[] NIL"),
    "a search that finds nothing": (rb"^\* SEARCH.*\r\n", lambda m: b"* SEARCH\r\n"),
    "no such message": (rb"^\* \d+ EXISTS", lambda m: b"* 0 EXISTS"),
    "a literal that is too long": (rb"BODY\[\] \{(\d+)\}", lambda m: b"BODY[] {%d}" % (int(m[1]) + 9)),
    "a literal that is too short": (rb"BODY\[\] \{(\d+)\}", lambda m: b"BODY[] {%d}" % (int(m[1]) - 9)),
    "senseless bytes": (rb"^\* (\d+) FETCH", lambda m: b"\x00\xff* ((( FETCH"),
}


@pytest.mark.parametrize("lie", LIES)
def test_lie(bureau, fault, lie):
    """What does not agree is not taken in; the truth, later, is, once and whole."""
    pattern, new = LIES[lie]
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    fault.change = lambda line: re.sub(pattern, new, line)
    done = bureau.bureaud("-1", timeout=90)
    assert done.returncode in (0, 75), done.stderr
    bureau.srv.drain()
    first = bureau.acks(marie)
    fault.change = lambda line: line
    bureau.once()
    (m,) = bureau.messages()
    assert m["outcome"] == "new_ticket" and len(bureau.acks(marie)) == 1
    # Sizes of the folder are a hint only: what the search finds counts.
    assert first == [] or lie == "no such message", "handled though it did not agree"
    (there,) = bureau.mailbox.mails()
    assert m["sha256"] == hashlib.sha256(there.raw).hexdigest()
