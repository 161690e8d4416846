"""Who is answered, who is not, and who is believed (the decision table of the mail rules)."""
import datetime
import re

import mails
import pytest

FILED, REVIEW = "Bureau/Traités", "Bureau/À voir"


def test_thanks_get_the_short_mail_without_number(bureau):
    odile = bureau.person(mails.THANKS.who)
    bureau.deliver(mails.THANKS.raw())
    bureau.once()
    (ack,) = odile.mails()
    assert ack["Subject"] == "Votre message à la mairie"
    (ticket,) = bureau.tickets()
    assert ticket["category"] == "remerciement"


def violence(bureau, how):
    bureau.set("bureau", violence_ack=how)
    nadia = bureau.person(mails.VIOLENCE.who)
    bureau.deliver(mails.VIOLENCE.raw())
    bureau.once()
    (ticket,) = bureau.tickets()
    assert ticket["sensitive"] is True and ticket["category"] == "violences"
    return nadia.mails()


@pytest.mark.parametrize("how", ["agent", "none"])
def test_violence_is_not_answered_by_a_machine(bureau, how):
    assert violence(bureau, how) == []


def test_violence_discreet_mode(bureau):
    (ack,) = violence(bureau, "discreet")
    assert ack["Subject"] == "Votre message à la mairie"
    seen = (str(ack["Subject"]) + str(ack["From"]) + ack.text).lower()
    for word in ("violence", "3919", "frappe", "mari ", "agress", "plainte", "victime"):
        assert word not in seen


def test_violence_and_thanks_get_the_same_discreet_text(bureaus):
    """Whoever reads the mailbox of a victim must not learn anything from the mail's shape."""
    texts = []
    for letter, how in ((mails.VIOLENCE, "discreet"), (mails.THANKS, "agent")):
        b = bureaus()
        b.set("bureau", violence_ack=how)
        box = b.person(letter.who)
        b.deliver(letter.raw())
        b.once()
        (ack,) = box.mails()
        texts.append((str(ack["Subject"]), re.sub(r"ville\d*\.test", "", ack.text)))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("how", ["agent", "discreet", "none"])
def test_person_with_a_sensitive_ticket_gets_no_more_later(bureau, how):
    """Her next mail is about something else and joins no thread: whoever reads her mailbox must
    not find a reference in it."""
    before = len(violence(bureau, how))
    nadia = bureau.person(mails.VIOLENCE.who)
    bureau.deliver(mails.simple(mails.VIOLENCE.who, "Logement", "Bonjour, je cherche un logement."))
    bureau.once()
    new = bureau.tickets()[1]
    assert new["category"] == "logement" and not new["sensitive"]
    later = nadia.mails()[before:]
    if how == "discreet":
        assert [m["Subject"] for m in later] == ["Votre message à la mairie"]
        assert new["ref"] not in later[0].text
    else:
        assert later == []
    (note,) = [m for m in bureau.to_agents("notify", bureau.karim)
               if m["X-Bureaud-Ticket"] == new["ref"]]
    assert "dossier sensible" in note.text.replace("\u00a0", " ")
    if how == "agent":
        bureau.deliver(mails.reply(note, "karim.benali", "#accuser", domain="ville.test"))
        bureau.once()
        (ack,) = nadia.mails()
        assert ack["Subject"] == "Votre message à la mairie" and new["ref"] not in ack.text


def test_agents_of_a_sensitive_ticket_see_no_detail_in_the_subject(bureau):
    violence(bureau, "agent")
    (ticket,) = bureau.tickets()
    told = bureau.to_agents("notify") + bureau.to_agents("alert")
    assert told
    for note in told:
        assert str(note["Subject"]).startswith(f"[{ticket['ref']}] sensible")


@pytest.mark.parametrize("letter", mails.MACHINES, ids=lambda m: m.name)
def test_machines_are_recorded_and_not_answered(bureau, letter):
    box = bureau.person(letter.who) if letter.who else bureau.person("lettre")
    bureau.deliver(letter.raw(BOUNCED="<ailleurs@courrier.exemple.test>"), letter.sender)
    bureau.once()
    line = bureau.message(letter.message_id)
    assert line["outcome"] == letter.outcome and line["ticket"] is None
    assert line["role"] == "system" and line["because"]
    assert box.mails() == [] and bureau.tickets() == []
    assert bureau.mailbox.mails() == [] and len(bureau.mailbox.mails(FILED)) == 1


HEADERS_NO_ACK = {
    "auto-submitted": "Auto-Submitted: auto-replied\n",
    "auto-submitted-comment": "Auto-Submitted: (oui) auto-generated; type=x\n",
    "precedence-list": "Precedence: list\n",
    "precedence-junk": "Precedence: Junk\n",
    "list-id": "List-Id: <assos.exemple.test>\n",
    "list-post": "List-Post: <mailto:assos@exemple.test>\n",
    "x-autoreply": "X-Autoreply: yes\n",
    "exchange": "X-MS-Exchange-Inbox-Rules-Loop: a@exemple.test\n",
}


@pytest.mark.parametrize("name", HEADERS_NO_ACK)
def test_automatic_headers_give_no_ack(bureau, name):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", headers=HEADERS_NO_ACK[name]))
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "recorded_no_ack"
    assert marie.mails() == [] and bureau.tickets() == []


@pytest.mark.parametrize("who", ["noreply", "ne-pas-repondre", "owner-liste", "liste-request",
                                 "postmaster", "mailer-daemon"])
def test_addresses_of_machines_give_no_ack(bureau, who):
    box = bureau.person(who)
    bureau.deliver(mails.simple(who))
    bureau.once()
    assert box.mails() == [] and bureau.tickets() == [] and len(bureau.messages()) == 1


def test_auto_submitted_no_is_a_person(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", headers="Auto-Submitted: no (a person)\n"))
    bureau.once()
    assert len(marie.mails()) == 1


def test_null_return_path_gives_no_ack(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"), sender="")
    bureau.once()
    assert marie.mails() == [] and len(bureau.messages()) == 1


def test_dmarc_failure_opens_a_ticket_but_is_not_answered(bureau):
    marie = bureau.person("marie")
    failed = "Authentication-Results: mx.ville.test; spf=fail; dmarc=fail header.from=exemple.test\n"
    bureau.deliver(mails.simple("marie", headers=failed, proof=False))
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "new_ticket" and marie.mails() == []
    assert len(bureau.to_agents("notify", bureau.claire)) == 1


def test_results_of_another_server_are_not_believed(bureau):
    marie = bureau.person("marie")
    other = "Authentication-Results: mx.ailleurs.test; dmarc=fail header.from=exemple.test\n"
    bureau.deliver(mails.simple("marie", headers=other))
    bureau.once()
    assert len(marie.mails()) == 1


def test_suppress_header_opens_a_ticket_without_ack(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", headers="X-Auto-Response-Suppress: OOF, AutoReply\n"))
    bureau.once()
    assert [m["outcome"] for m in bureau.messages()] == ["new_ticket"]
    assert marie.mails() == []


@pytest.mark.parametrize("headers", ["", "From: a@exemple.test\n"], ids=["none", "two"])
def test_without_one_clear_author_nobody_is_answered(bureau, headers):
    marie, a = bureau.person("marie"), bureau.person("a")
    raw = mails.simple("marie", headers=headers)
    raw = raw if headers else re.sub(rb"(?m)^From: .*\n", b"", raw)
    bureau.deliver(raw, sender=marie.address)
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "quarantined" and line["role"] == "unknown"
    assert marie.mails() == a.mails() == [] and bureau.tickets() == []
    assert len(bureau.mailbox.mails(REVIEW)) == 1


def test_review_folder_and_list(bureau):
    bureau.deliver(re.sub(rb"(?m)^From: .*\n", b"", mails.simple("x", message_id="<v@x.test>")),
                   sender="x@exemple.test")
    bureau.once()
    (m,) = bureau.mailbox.mails(REVIEW)
    assert m["Message-ID"] == "<v@x.test>" and bureau.mailbox.mails() == []
    notes = bureau.to_agents("notify", bureau.claire)
    assert len(notes) == 1 and "X-Bureaud-Ticket" not in notes[0]


def test_cap_per_sender(bureau):
    marie = bureau.person("marie")
    bureau.set("limits", acks_per_sender_per_day=2)
    for i in range(4):
        bureau.deliver(mails.simple("marie", f"Demande {i}", f"Je cherche un logement, cas {i}"))
    bureau.once()
    assert len(bureau.tickets()) == 4 and len(marie.mails()) == 2


def test_before_since_is_recorded_only(bureau):
    marie = bureau.person("marie")
    bureau.set("imap", since="2026-11-01")
    old = datetime.datetime(2026, 10, 1, tzinfo=datetime.timezone.utc)
    bureau.put(mails.simple("marie"), when=old)
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "recorded_no_ack" and line["received"] == "2026-10-01T00:00:00Z"
    assert marie.mails() == [] and bureau.tickets() == []
    assert bureau.to_agents("notify") == []


def test_ticket_opens_when_the_mail_arrived(bureau):
    bureau.person("marie")
    when = datetime.datetime(2026, 11, 20, 9, 30, 5, tzinfo=datetime.timezone.utc)
    bureau.put(mails.simple("marie"), when=when)
    bureau.once()
    assert bureau.tickets()[0]["opened"] == "2026-11-20T09:30:05Z"
    assert bureau.messages()[0]["received"] == "2026-11-20T09:30:05Z"


# Agents.

def test_unproven_agent_is_set_aside_and_asked(bureau):
    raw = mails.simple("claire.martin", "[BI-2026-00001] a faire", "#clore", domain="ville.test",
                       proof=False)
    bureau.deliver(raw)
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "quarantined" and line["role"] == "unknown"
    assert len(bureau.to_agents("confirm", bureau.claire)) == 1
    assert bureau.to_agents("confirm", bureau.karim) == []
    assert len(bureau.mailbox.mails(REVIEW)) == 1
    bureau.once()
    assert len(bureau.to_agents("confirm", bureau.claire)) == 1


def test_forged_own_address_is_set_aside(bureau):
    bureau.deliver(mails.simple("bureaudesinterventions", domain="ville.test", proof=False),
                   sender="x@exemple.test")
    bureau.once()
    (line,) = bureau.messages()
    assert line["outcome"] == "quarantined"


def test_our_own_mail_is_ignored(bureau):
    """Our acknowledgment comes back as it was sent."""
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (ack,) = marie.mails()
    bureau.put(ack.raw)
    bureau.once()
    line = bureau.message(ack["Message-ID"])
    assert line["outcome"] == "ignored_self" and line["role"] == "system"
    assert len(marie.mails()) == 1 and len(bureau.tickets()) == 1


def test_bounce_of_our_mail_is_noted(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    (ack,) = marie.mails()
    bureau.deliver(mails.BOUNCE.raw(BOUNCED=str(ack["Message-ID"])), sender="")
    bureau.once()
    line = bureau.message(mails.BOUNCE.message_id)
    (ticket,) = bureau.tickets()
    assert line["outcome"] == "bounce" and line["ticket"] == ticket["ref"]
    assert ticket["state"] == "open"
    assert any(e["kind"] == "bounce" for e in bureau.ctl("show", ticket["ref"])[0]["timeline"])
