"""The main job: a mail in a real mailbox becomes a ticket, is acknowledged once, is filed."""
import os
import re
import time

import mails
import pytest
from bureau import bare, kind_of
from servers import SENT

FILED, REVIEW = "Bureau/Traités", "Bureau/À voir"


def test_new_ticket_is_acknowledged_once(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", message_id="<un@courrier.exemple.test>"))
    bureau.once()
    (ticket,) = bureau.tickets()
    (ack,) = marie.mails()
    assert ticket["state"] == "open" and ticket["citizen"] == marie.address
    assert f"[{ticket['ref']}]" in ack["Subject"]
    assert re.fullmatch(r"BI-\d{4}-\d{5}", ticket["ref"])
    assert ack["Auto-Submitted"] == "auto-replied"
    assert ack["X-Auto-Response-Suppress"] == "All"
    assert ack["In-Reply-To"] == "<un@courrier.exemple.test>"
    assert "<un@courrier.exemple.test>" in ack["References"]
    assert ack["Return-Path"] == "<>"
    assert ack["X-Bureaud-Loop"] == ack["Message-ID"]
    assert ack["Message-ID"].startswith(f"<{ticket['ref']}.ack.")
    assert [a.addr_spec for a in ack["To"].addresses] == [marie.address]
    assert [a.addr_spec for a in ack["From"].addresses] == [bureau.address]
    assert ack.get_content_type() == "text/plain" and ack["Content-Language"] == "fr"
    assert "Cc" not in ack and "X-Bureaud-Kind" not in ack and "X-Bureaud-Ticket" not in ack
    assert len(ack.raw) <= 16 * 1024 and ticket["ref"] in ack.text
    bureau.once()
    assert len(marie.mails()) == 1 and len(bureau.tickets()) == 1


def test_ack_holds_no_word_of_the_stranger(bureau):
    eve = bureau.person("eve")
    bureau.deliver(mails.simple("eve", "ZXSUJET logement", "Je cherche un logement ZXCORPS"))
    bureau.once()
    (ack,) = eve.mails()
    assert b"ZXSUJET" not in ack.raw and "ZXCORPS" not in ack.text


def test_agents_are_notified_of_a_new_ticket(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", body="Je suis expulsée de mon logement le 30, que faire ?"))
    bureau.once()
    (ticket,) = bureau.tickets()
    for box in (bureau.claire, bureau.karim):
        (note,) = bureau.to_agents("notify", box)
        assert note["X-Bureaud-Ticket"] == ticket["ref"]
        assert str(note["Subject"]).startswith(f"[{ticket['ref']}]")
        assert note["Auto-Submitted"] == "auto-generated"
        assert "expulsée de mon logement" in note.text


def test_notification_holds_the_line_to_reply_above(bureau):
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (note,) = bureau.to_agents("notify", bureau.claire)
    assert "— Répondez au-dessus de cette ligne —" in note.text.replace("\u00a0", " ")


def test_reply_joins_its_ticket_without_second_ack(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (ack,) = marie.mails()
    bureau.deliver(mails.reply(ack, "marie"))
    bureau.once()
    (ticket,) = bureau.tickets()
    assert [m["outcome"] for m in bureau.messages()] == ["new_ticket", "append"]
    assert {m["ticket"] for m in bureau.messages()} == {ticket["ref"]}
    assert ticket["messages"] >= 2
    assert len(marie.mails()) == 1


def test_reply_from_a_stranger_is_a_new_ticket(bureau):
    """A ticket number or our Message-ID proposes; only a participant joins."""
    marie, eve = bureau.person("marie"), bureau.person("eve")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (ack,) = marie.mails()
    bureau.deliver(mails.reply(ack, "eve"))
    bureau.once()
    assert [m["outcome"] for m in bureau.messages()] == ["new_ticket", "new_ticket"]
    assert len({m["ticket"] for m in bureau.messages()}) == 2
    assert len(marie.mails()) == 1 and len(eve.mails()) == 1


@pytest.mark.parametrize("second", ["the same bytes", "another trace"])
def test_same_mail_twice_is_one_mail(bureau, second):
    marie = bureau.person("marie")
    raw = mails.simple("marie", message_id="<deux@courrier.exemple.test>")
    bureau.put(raw)
    bureau.put(raw if second == "the same bytes" else b"Received: by autre.exemple.test\n" + raw)
    bureau.once()
    (line,) = bureau.messages()
    assert line["copies"] == 2 and line["outcome"] == "new_ticket"
    assert len(marie.mails()) == 1


def test_same_mail_later_is_one_mail(bureau):
    """Delivered once more when the first copy has long been handled."""
    marie = bureau.person("marie")
    raw = mails.simple("marie")
    bureau.deliver(raw)
    bureau.once()
    bureau.deliver(raw)
    bureau.once()
    (line,) = bureau.messages()
    assert line["copies"] == 2
    assert len(marie.mails()) == 1 and len(bureau.tickets()) == 1


def test_same_message_id_of_another_person_is_another_mail(bureau):
    """An attacker who sends first with the victim's Message-ID must not silence the victim."""
    bureau.person("eve")
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("eve", message_id="<vole@courrier.exemple.test>"))
    bureau.deliver(mails.simple("marie", message_id="<vole@courrier.exemple.test>"))
    bureau.once()
    assert [m["outcome"] for m in bureau.messages()] == ["new_ticket", "new_ticket"]
    assert len(marie.mails()) == 1


def test_two_people_with_the_same_subject_are_two_tickets(bureau):
    marie, paul = bureau.person("marie"), bureau.person("paul")
    for who in ("marie", "paul"):
        bureau.deliver(mails.simple(who, "Fuite au 12 rue des Lilas"))
    bureau.once()
    assert len(bureau.tickets()) == 2
    assert len(marie.mails()) == len(paul.mails()) == 1


def test_mail_read_by_an_agent_is_still_handled(bureau):
    marie = bureau.person("marie")
    bureau.put(mails.simple("marie"), flags="\\Seen")
    bureau.once()
    assert len(marie.mails()) == 1
    assert "\\Seen" in bureau.mailbox.mails()[0].flags


def test_seen_is_never_set(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (m,) = bureau.mailbox.mails()
    assert "\\Seen" not in m.flags and "$Bureaud" in m.flags


@pytest.mark.parametrize("folder", [FILED, REVIEW])
def test_mail_moved_by_an_agent_before_we_saw_it(bureau, folder):
    """The folders that are watched besides INBOX."""
    marie = bureau.person("marie")
    bureau.mailbox.create(folder)
    bureau.put(mails.simple("marie"), folder=folder)
    bureau.once()
    assert [m["outcome"] for m in bureau.messages()] == ["new_ticket"]
    assert len(marie.mails()) == 1


# Where the mail lies afterwards.

@pytest.mark.parametrize("when, inbox, filed", [("closed", 1, 0), ("received", 0, 1), ("never", 1, 0)])
def test_file_when(bureau, when, inbox, filed):
    bureau.person("marie")
    bureau.set("imap", file_when=when)
    raw = bureau.deliver(mails.simple("marie"))
    bureau.once()
    here, there = bureau.mailbox.mails(), bureau.mailbox.mails(FILED)
    assert (len(here), len(there)) == (inbox, filed)
    (m,) = here + there
    assert m.raw.replace(b"\r\n", b"\n").rstrip().endswith(raw.rstrip())
    assert "$Bureaud" in m.flags or when == "received"


def test_sent_copy(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (ack,) = marie.mails()
    (copy,) = bureau.mailbox.mails(SENT)
    assert copy["Message-ID"] == ack["Message-ID"] and copy.text == ack.text
    assert "\\Seen" in copy.flags
    bureau.once()
    assert len(bureau.mailbox.mails(SENT)) == 1 and len(bureau.messages()) == 1


def test_no_sent_copy_where_the_provider_makes_it(bureau):
    bureau.person("marie")
    bureau.set("imap", sent_copy="no")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    bureau.set("imap", sent_copy="yes")
    bureau.once()
    assert bureau.mailbox.mails(SENT) == []


def test_folders_are_not_made_against_the_will(bureau):
    bureau.person("marie")
    bureau.set("imap", create_folders="no")
    before = bureau.mailbox.folders()
    bureau.deliver(mails.simple("marie"))
    bureau.bureaud("-1")
    assert bureau.mailbox.folders() == before


def test_starttls_on_both_sides(bureau):
    marie = bureau.person("marie")
    bureau.set("imap", url=f"imap://localhost:{bureau.srv.imap_port}")
    bureau.set("smtp", url=f"smtp://localhost:{bureau.srv.submission_port}")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    assert len(marie.mails()) == 1


def youngest_first(bureau, validity):
    """Dovecot's lists are lost: the mails get UIDs from 1 again, under that UIDVALIDITY."""
    home = bureau.srv.maildir(bureau.address)
    by_age = sorted((f for d in ("cur", "new") for f in (home / d).iterdir()),
                    key=lambda f: b"<apres@" not in f.read_bytes())
    assert len(by_age) == 2
    for f in home.glob("dovecot*"):
        if f.is_file():
            f.unlink()
    uids = "".join(f"{i} :{f.name.partition(':')[0]}\n" for i, f in enumerate(by_age, 1))
    (home / "dovecot-uidlist").write_text(f"3 V{validity} N3\n{uids}")
    stat = home.stat()
    os.chown(home / "dovecot-uidlist", stat.st_uid, stat.st_gid)


def validity_of(bureau):
    uidlist = bureau.srv.maildir(bureau.address) / "dovecot-uidlist"
    return int(re.search(r" V(\d+) ", uidlist.read_text())[1])


def test_uidvalidity_change_is_no_new_mail(bureau):
    """The mailbox is rebuilt: every mail has a new UID, nobody is answered again."""
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", message_id="<avant@courrier.exemple.test>"))
    bureau.once()
    validity = validity_of(bureau)
    bureau.deliver(mails.simple("marie", message_id="<apres@courrier.exemple.test>"))
    youngest_first(bureau, validity + 1)
    bureau.once()
    assert sorted(bare(m["message_id"]).partition("@")[0] for m in bureau.messages()) \
        == ["apres", "avant"]
    assert len(marie.mails()) == 2


def test_uids_used_again_hide_no_mail(bureau):
    """A rebuilt server gives old UIDs to other mails under the same UIDVALIDITY."""
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", message_id="<avant@courrier.exemple.test>"))
    bureau.once()
    validity = validity_of(bureau)
    bureau.deliver(mails.simple("marie", body="Je cherche aussi un travail, s'il vous plaît.",
                                message_id="<apres@courrier.exemple.test>"))
    youngest_first(bureau, validity)
    bureau.once()
    assert sorted(bare(m["message_id"]).partition("@")[0] for m in bureau.messages()) \
        == ["apres", "avant"]
    assert len(marie.mails()) == 2


def test_uid_used_again_by_a_twin(bureau):
    """Of the same second and of the same size: its Message-ID alone tells them apart."""
    marie, second = bureau.person("marie"), time.time() - 60
    bureau.put(mails.simple("marie", message_id="<avant@courrier.exemple.test>"), second)
    bureau.once()
    validity = validity_of(bureau)
    bureau.put(mails.simple("marie", message_id="<apres@courrier.exemple.test>"), second)
    youngest_first(bureau, validity)
    apres, avant = bureau.mailbox.mails()
    assert "apres" in apres["Message-ID"] and len(apres.raw) == len(avant.raw)
    assert apres.internaldate == avant.internaldate
    bureau.once()
    assert sorted(bare(m["message_id"]).partition("@")[0] for m in bureau.messages()) \
        == ["apres", "avant"]
    assert len(marie.mails()) == 2


def test_recipient_refused_for_good(bureau):
    bureau.deliver(mails.simple("refuse"), sender="x@exemple.test")
    bureau.once()
    acks = [q for q in bureau.queue() if q["kind"] == "ack"]
    assert [q["state"] for q in acks] == ["dead"] and "550" in acks[0]["last_error"]


def test_recipient_refused_for_now(bureau):
    """Exit 75: something is to be tried again; the others are served all the same."""
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("occupe"), sender="x@exemple.test")
    bureau.deliver(mails.simple("marie"))
    bureau.once(expect=75)
    (ack,) = [q for q in bureau.queue() if q["kind"] == "ack" and q["to"].startswith("occupe")]
    assert ack["state"] == "queued" and ack["tries"] == 1 and ack["next"] and "450" in ack["last_error"]
    assert len(marie.mails()) == 1


# The daemon.

def test_idle_sees_a_mail_at_once(bureau, capsys):
    """No assertion on time but a generous bound: what was measured is printed."""
    marie = bureau.person("marie")
    bureau.set("imap", poll_seconds=600)
    d = bureau.start().ready()
    began = time.monotonic()
    bureau.deliver(mails.simple("marie"), drain=False)
    marie.wait("the acknowledgment", lambda found: len(found) == 1)
    with capsys.disabled():
        print(f" [acknowledged after {time.monotonic() - began:.2f} s]", end="")
    d.settled(1)
    assert d.stop() == 0


def test_a_dozen_real_clients(bureau):
    boxes = {m.name: bureau.person(m.who) for m in mails.CITIZENS}
    for m in mails.CITIZENS:
        bureau.deliver(m.raw(), drain=False)
    bureau.srv.drain()
    bureau.once()
    got = {m.name: [kind_of(x) for x in boxes[m.name].mails()] for m in mails.CITIZENS}
    assert got == {m.name: [] if m.ack in ("agent", "none") else ["ack"] for m in mails.CITIZENS}
    found = {t["citizen"].partition("@")[0]: t["category"] for t in bureau.tickets()}
    wrong = {m.name: found[m.who] for m in mails.CITIZENS if found[m.who] not in m.category}
    assert wrong == {}


def test_sixty_mails_of_mixed_sizes(bureau):
    people = [bureau.person(f"p{i}") for i in range(60)]
    for i in range(60):
        body = "Je cherche un logement.\n" + "Ligne de texte ordinaire.\n" * (i * i)
        bureau.put(mails.simple(f"p{i}", body=body))
    bureau.once()
    assert len(bureau.tickets()) == 60
    assert [len(p.mails()) for p in people] == [1] * 60


def test_keyword_is_not_lost_when_the_ticket_is_open(bureau):
    """A second pass changes nothing in the mailbox."""
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    before = [(m.uid, m.flags - {"\\Recent"}) for m in bureau.mailbox.mails()]
    bureau.once()
    assert [(m.uid, m.flags - {"\\Recent"}) for m in bureau.mailbox.mails()] == before


def test_nothing_is_lost_from_the_mailbox(bureau):
    """Every byte that came in is still somewhere in the mailbox."""
    sent = []
    for m in mails.ALL:
        if m.who:
            bureau.person(m.who)
        sent.append(bureau.deliver(m.raw(BOUNCED="<x@courrier.exemple.test>"), m.sender))
    bureau.once()
    kept = b"".join(m.raw.replace(b"\r\n", b"\n") for found in bureau.mailbox.all_mails().values()
                    for m in found)
    assert [s for s in sent if s.rstrip() not in kept] == []
