"""What could not be delivered: who is told, once, and what the mail says."""
import datetime

import mails
from bureau import FakeServer

VILLE = "ville.test"
VIOLENT = "Mon mari me frappe depuis des mois, j'ai peur de rentrer à la maison."
DANGER = "Je vais me suicider ce soir, je n'en peux plus, adieu."


def plain(mail):
    return mail.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def failures(bureau, *who):
    return bureau.to_agents("failure", *who)


def answered(bureau, who, body="Bonjour, je cherche un logement pour mes enfants.", raw=None):
    """A citizen's ticket and an answer of claire's to it; what was told before the answer."""
    bureau.deliver(raw or mails.simple(who, "Demande", body))
    bureau.once()
    note = (bureau.to_agents("alert", bureau.claire) or
            bureau.to_agents("notify", bureau.claire))[-1]
    before = len(failures(bureau))
    answer = mails.reply(note, "claire.martin", "Bonjour, passez nous voir jeudi.", domain=VILLE)
    bureau.deliver(answer)
    bureau.once()
    return note, before


def timeline(bureau, kind):
    (ticket,) = bureau.tickets()
    return [e["text"] for e in bureau.ctl("show", ticket["ref"])[0]["timeline"]
            if e["kind"] == kind]


def test_refused_answer_is_told_to_who_wrote_it_once(bureau):
    note, before = answered(bureau, "refuse")
    for _ in range(2):
        told = failures(bureau)[before:]
        assert len(told) == 1 and len(failures(bureau, bureau.karim)) == before // 2
        bureau.once()
    (mail,) = told
    ref = bureau.tickets()[0]["ref"]
    assert mail["X-Bureaud-Ticket"] == ref and str(mail["Subject"]) == f"[{ref}] courrier non remis"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Return-Path"] == "<>"
    assert mail["In-Reply-To"] != note["Message-ID"]
    text = plain(mail)
    assert bureau.here("refuse@exemple.test").decode() in text and "550 5.1.1" in text
    assert "réponse" in text and "jeudi" not in text and "no such mailbox" not in text
    assert any(t.startswith("relay refused for ") for t in timeline(bureau, "bounce"))


def test_answer_to_the_failure_mail_acts_on_the_ticket(bureau):
    _, before = answered(bureau, "refuse")
    told = failures(bureau)[before:][0]
    lea = bureau.person("lea")
    bureau.deliver(mails.reply(told, "claire.martin", f"#contact-sur {lea.address}", domain=VILLE))
    bureau.once()
    bureau.deliver(mails.reply(told, "claire.martin", "Bonjour, voici ma réponse.", domain=VILLE))
    bureau.once()
    assert [plain(m).strip() for m in bureau.acks(lea, "relay")] == ["Bonjour, voici ma réponse."]


def test_refused_acknowledgment_is_told_with_the_day_of_the_law(bureau):
    bureau.deliver(mails.simple("refuse", "Logement", "Bonjour, je cherche un logement, merci."))
    bureau.once()
    bureau.once()
    (one,) = failures(bureau, bureau.claire)
    (_,) = failures(bureau, bureau.karim)
    assert "accusé de réception" in plain(one) and "R. 112-11-2" in plain(one)
    assert any(t.startswith("ack refused for ") for t in timeline(bureau, "bounce"))


def test_sensitive_ticket_tells_the_reference_alone(bureau):
    _, before = answered(bureau, "refuse", VIOLENT)
    assert before == 0          # nothing went to that person by itself
    (mail,) = failures(bureau)
    assert "sensible" in str(mail["Subject"]) and "sensible" in plain(mail)
    assert "refuse@" not in str(mail) and "sans danger" in plain(mail)


def test_answer_that_bounces_later_comes_back_to_its_author(bureau):
    """The relay took it; nobody is there: a delivery report of a real Postfix."""
    _, before = answered(bureau, "absente")     # no such mailbox
    assert before == 0
    for _ in range(2):
        bureau.once()
        (mail,) = failures(bureau)
    assert mail["To"] == bureau.claire.address
    assert "absente@" in plain(mail) and "(code 5.1.1)" in plain(mail)
    assert "bounce" in [m["outcome"] for m in bureau.messages()]
    assert any("5.1.1" in t for t in timeline(bureau, "bounce"))


def test_failure_that_fails_is_the_administrators_and_ends_there(bureau):
    bureau.set("agent claire", address=f"refuse-claire@ville{bureau.tag}.test")
    bureau.deliver(mails.simple("refuse", "Logement", "Bonjour, je cherche un logement, merci."))
    bureau.once()
    told = [plain(m) for m in bureau.admin.mails() if m["X-Bureaud-Kind"] == "admin"]
    assert len(told) == 2       # in the order of the pass, which a mailbox does not keep
    assert sum("notify, refused 550 5.1.1" in t for t in told) == 1
    assert sum("failure, refused 550 5.1.1" in t for t in told) == 1
    assert len(failures(bureau, bureau.karim)) == 1
    for _ in range(2):
        bureau.once()
    assert len(bureau.admin.mails()) == 2


def test_no_loop_when_the_administrator_cannot_be_reached_either(bureau):
    bureau.set("agent claire", address=f"refuse-claire@ville{bureau.tag}.test")
    bureau.set("admin", address=f"refuse-admin@ville{bureau.tag}.test")
    bureau.deliver(mails.simple("refuse", "Logement", "Bonjour, je cherche un logement, merci."))
    bureau.once()
    kinds = sorted(q["kind"] for q in bureau.queue())
    bureau.once()
    assert sorted(q["kind"] for q in bureau.queue()) == kinds
    assert all(q["state"] in ("dead", "sent") for q in bureau.queue())


def test_alert_that_is_refused_reaches_the_other_agents(bureau):
    bureau.set("agent claire", address=f"refuse-claire@ville{bureau.tag}.test")
    bureau.deliver(mails.simple("lea", "Au secours", DANGER))
    bureau.once()
    (mail,) = failures(bureau, bureau.karim)
    assert "en danger" in plain(mail) and "Claire Martin" in plain(mail) and "#prendre" in plain(mail)
    assert "suicid" not in plain(mail).lower()
    (told,) = [m for m in bureau.admin.mails() if m["X-Bureaud-Kind"] == "admin"]
    assert "alert, refused" in plain(told)
    bureau.deliver(mails.reply(mail, "karim.benali", "#prendre", domain=VILLE))
    bureau.once()
    assert bureau.tickets()[0]["agent"] == "karim"


def hangs_up_at_the_dot(server, c):
    f = c.makefile("rb")
    c.sendall(b"220 ready\r\n")
    for line in f:
        word = line.split()[:1]
        if word == [b"."]:
            return
        c.sendall(b"354 go on\r\n" if word == [b"DATA"] else b"250 fine\r\n" if word and
                  word[0] in (b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET", b"QUIT") else b"")


def test_what_stays_unsure_is_told(bureau):
    real = f"smtps://localhost:{bureau.srv.smtps_port}"
    start = datetime.datetime.fromisoformat("2024-11-25T10:00:00+01:00")
    fake = FakeServer(hangs_up_at_the_dot)
    bureau.set("smtp", url=f"smtp://127.0.0.1:{fake.port}", starttls="off", user="", connections=1)
    bureau.put(mails.simple("marie", "Logement", "Bonjour, je cherche un logement."), when=start)
    bureau.once("-T", start.isoformat(), expect=75)
    assert {q["state"] for q in bureau.queue()} == {"unsure"}
    bureau.once("-T", (start + datetime.timedelta(minutes=3)).isoformat(), expect=75)
    (ack,) = [q for q in bureau.queue() if q["kind"] == "ack"]
    assert ack["state"] == "unsure" and not ack["next"]
    fake.close()
    bureau.set("smtp", url=real, starttls="required", user=bureau.address)
    for minutes in (20, 30):
        bureau.once("-T", (start + datetime.timedelta(minutes=minutes)).isoformat())
        told = failures(bureau, bureau.claire)
        assert len(told) == 1 and "remise incertaine" in str(told[0]["Subject"])
    assert "nous ne savons pas" in plain(told[0])
    assert any(t.startswith("ack may not have reached ") for t in timeline(bureau, "bounce"))
