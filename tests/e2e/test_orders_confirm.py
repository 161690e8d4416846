"""#confirmer: a mail in an agent's name that nothing proves, and what one mail must not do alone."""
import datetime
import re

import mails
import pytest
from imapbox import mailbox_name
from test_orders import VILLE, opened, plain, says, ticket, transcript
from test_orders_out import DIRECTORY

CODE = re.compile(r"^#confirmer ([A-Z2-7]{4}-[A-Z2-7]{4})$", re.M)


def held(bureau, words="#regler\n\nBonjour, c'est fait.", attached=None, **more):
    """A mail in claire's name that nothing proves, about the only ticket; its code."""
    raw = mails.simple("claire.martin", f"Re: [{ticket(bureau)['ref']}]", words, domain=VILLE,
                       proof=False, **more)
    bureau.deliver(mails.attach(raw, "pièce.pdf", attached) if attached else raw)
    bureau.once()
    (mail,) = bureau.to_agents("confirm", bureau.claire)[-1:]
    return mail, CODE.search(plain(mail))[1]


def outcomes(bureau):
    return [m["outcome"] for m in bureau.messages() if m["role"] in ("agent", "unknown")]


def confirm(bureau, mail, code, who="claire.martin", **more):
    bureau.deliver(mails.reply(mail, who, f"#confirmer {code}", domain=VILLE, **more))
    bureau.once()


@pytest.fixture
def case(bureau):
    marie, _ = opened(bureau)
    return bureau, marie


def test_confirmed_mail_is_carried_out_once_with_its_attachments(case):
    bureau, marie = case
    data = bytes(range(256)) * 50
    mail, code = held(bureau, attached=data)
    assert ticket(bureau)["state"] == "open" and not bureau.acks(marie, "relay")
    assert outcomes(bureau) == ["quarantined"] and "#regler" in plain(mail)
    assert "Auto-Submitted" in mail and str(mail["To"]) == bureau.claire.address
    # The code itself, sent back from that address, is the proof: no other is there.
    confirm(bureau, mail, code, proof=False)
    t = ticket(bureau)
    assert (t["state"], t["outcome"], t["agent"]) == ("closed", "resolved", "claire")
    (relay,) = bureau.acks(marie, "relay")
    (part,) = relay.iter_attachments()
    assert "c'est fait" in plain(relay) and part.get_content() == data
    assert outcomes(bureau) == ["append", "recorded_no_ack"]
    said = [plain(m) for m in bureau.to_agents("transcript", bureau.claire)]
    assert any("✔ #regler" in s for s in said) and any("✔ #confirmer" in s for s in said)
    assert not any("claire" in str(m["From"]) for m in bureau.mailbox.mails("Bureau/À voir"))
    (shown,) = bureau.ctl("show", t["ref"])
    assert shown["messages"] == 2
    confirm(bureau, mail, code)
    assert "déjà servi" in transcript(bureau) and len(bureau.acks(marie, "relay")) == 1
    bureau.once()
    assert len(bureau.acks(marie, "relay")) == 1


def test_a_code_is_of_its_agent_and_of_48_hours(case):
    bureau, marie = case
    mail, code = held(bureau)
    confirm(bureau, mail, code, who="karim.benali")
    confirm(bureau, mail, code, who="marie")
    confirm(bureau, mail, "ABCD-EFGH")
    assert "✘ #confirmer" in transcript(bureau) and ticket(bureau)["state"] == "open"
    bureau.deliver(mails.reply(mail, "claire.martin", f"#confirmer {code}", domain=VILLE))
    late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=49)
    bureau.once("-T", late.isoformat(timespec="seconds"))
    assert "48 heures" in transcript(bureau) and not bureau.acks(marie, "relay")
    assert ticket(bureau)["state"] == "open" and "quarantined" in outcomes(bureau)


def test_wrong_codes_that_nobody_proved_ask_for_nothing(case):
    bureau, _ = case
    for code in ("ABCD-EFGH", "BCDE-FGHJ", "CDEF-GHJK"):
        bureau.deliver(mails.simple("claire.martin", "code", f"#confirmer {code}", domain=VILLE,
                                    proof=False))
        bureau.once()
    said = [plain(m) for m in bureau.to_agents("transcript", bureau.claire)]
    assert not bureau.to_agents("confirm") and outcomes(bureau) == ["quarantined"] * 3
    assert len({s for s in said}) == 1 and "l’un des vôtres" in said[0]


def test_a_code_against_dmarc_fail_is_none(case):
    bureau, marie = case
    mail, code = held(bureau)
    raw = mails.reply(mail, "claire.martin", f"#confirmer {code}", domain=VILLE, proof=False,
                      headers="Authentication-Results: mx.ville.test; dmarc=fail header.from=ville.test\n")
    bureau.deliver(raw)
    bureau.once()
    assert ticket(bureau)["state"] == "open" and not bureau.acks(marie, "relay")
    confirm(bureau, mail, code)
    assert ticket(bureau)["state"] == "closed"


def test_forgers_cannot_fill_the_agents_mailbox(case):
    bureau, _ = case
    for i in range(13):
        bureau.deliver(mails.simple("claire.martin", f"ordre {i}", "#regler", domain=VILLE,
                                    proof=False), drain=False)
    bureau.srv.drain()
    bureau.once()
    assert len(bureau.to_agents("confirm", bureau.claire)) == 10
    assert outcomes(bureau) == ["quarantined"] * 13


def test_what_a_human_moved_is_found_and_what_is_gone_is_told(case):
    bureau, marie = case
    mail, code = held(bureau)
    with bureau.mailbox.session("Bureau/À voir") as m:
        m.uid("MOVE", "1:*", mailbox_name("Bureau/Traités"))
    confirm(bureau, mail, code)
    assert len(bureau.acks(marie, "relay")) == 1
    mail, code = held(bureau, "#rouvrir")
    with bureau.mailbox.session("Bureau/À voir") as m:
        m.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        m.expunge()
    confirm(bureau, mail, code)
    said = [plain(x) for x in bureau.to_agents("transcript", bureau.claire)]
    assert any("n’est plus dans la boîte" in s for s in said)
    assert ticket(bureau)["state"] == "closed"
    bureau.once()
    assert [plain(x) for x in bureau.to_agents("transcript", bureau.claire)] == said


@pytest.fixture
def desk(bureau):
    bureau.write("annuaire.conf", DIRECTORY.format(tag=bureau.tag, today=datetime.date.today()))
    bureau.set("bureau", directory="annuaire.conf")
    return bureau


def test_a_sensitive_ticket_is_passed_on_only_when_confirmed(desk):
    ccas = desk.person("ccas", "partenaire")
    marie, note = opened(desk, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(desk, note, "#transmettre ccas\n#prendre")
    assert ccas.mails() == [] and ticket(desk)["agent"] is None
    said = desk.to_agents("transcript", desk.claire)[-1]
    code = CODE.search(plain(said))[1]
    assert "Annuler :" not in plain(said) and "✔" not in plain(said)
    confirm(desk, said, code)
    (forward,) = desk.acks(ccas, "forward")
    assert "Mon mari me frappe" in plain(forward)
    t = ticket(desk)
    assert (t["state"], t["outcome"], t["agent"]) == ("waiting", "transferred", "claire")
    confirm(desk, said, code)
    assert len(desk.acks(ccas, "forward")) == 1
    # A mistake beside it offers no code.
    says(desk, note, "#transmettre ccas\n#transmettre secours")
    assert not CODE.search(transcript(desk))
