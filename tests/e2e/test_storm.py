"""Many mails at once: an agent gets few, and every ticket is named exactly once."""
import random
import re
import urllib.parse

import mails
from waiting import wait_for

REF = re.compile(r"\[(BI-\d{4}-\d{5})\]")


def plain(mail):
    return mail.text.replace("\u00a0", " ").replace("\r\n", "\n")


def flood(bureau, n, first=0):
    """So many citizens write; nothing is delivered to the daemon's view until all are there."""
    for i in range(first, first + n):
        bureau.deliver(mails.simple(f"p{i}", f"Demande {i}", f"Je cherche un logement, cas {i}."),
                       drain=False)
    bureau.srv.drain()


def notes(bureau, who):
    """Single notifications and mails of many; a resend after a crash has the same id."""
    found = {m["Message-ID"]: m for m in bureau.to_agents("notify", who)}.values()
    return ([m for m in found if "X-Bureaud-Ticket" in m],
            [m for m in found if "X-Bureaud-Ticket" not in m])


def named(single, many):
    return sorted([str(m["X-Bureaud-Ticket"]) for m in single] +
                  [r for m in many for r in re.findall(r"(?m)^\[(BI-[-0-9]+)\]", plain(m))])


def test_storm_gives_few_mails_that_name_every_ticket(bureau):
    bureau.set("limits", acks_per_hour="0")
    flood(bureau, 200)
    bureau.once()
    refs = sorted(t["ref"] for t in bureau.tickets())
    assert len(refs) == 200
    for who in (bureau.claire, bureau.karim):
        single, many = notes(bureau, who)
        assert (len(single), len(many)) == (5, 1)
        assert named(single, many) == refs
    (group,) = notes(bureau, bureau.claire)[1]
    assert str(group["Subject"]) == "195 messages dans 195 dossiers"
    assert "Logement" in plain(group) and "cas 7" not in plain(group)


def test_alerts_never_wait(bureau):
    flood(bureau, 7)
    bureau.deliver(mails.simple("lea", "Au secours", "Je vais me suicider ce soir, adieu."))
    bureau.deliver(mails.simple("zoe", "Encore", "Je cherche un logement."))
    bureau.once()
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    single, many = notes(bureau, bureau.claire)
    assert (len(single), len(many)) == (5, 1)
    assert "Au secours" not in plain(many[0]) and "suicid" not in plain(many[0])


def test_sensitive_tickets_are_a_reference_in_the_group(bureau):
    flood(bureau, 6)
    bureau.once()
    bureau.deliver(mails.simple("nadia", "Une aide", "Je bois trop et je voudrais arrêter pour mes "
                                "enfants. Existe-t-il un groupe ou un médecin ?"))
    bureau.once()
    (secret,) = [t["ref"] for t in bureau.tickets() if t["sensitive"]]
    assert not bureau.to_agents("alert", bureau.claire)
    whole = "".join(plain(m) for m in bureau.to_agents("notify", bureau.claire))
    assert f"[{secret}] sensible" in whole
    assert "nadia" not in whole and "bois" not in whole


def test_mail_of_many_proves_its_agent_and_proposes_no_ticket(bureau):
    people = [bureau.person(f"p{i}") for i in range(8)]
    flood(bureau, 8)
    bureau.once()
    group = notes(bureau, bureau.claire)[1][0]
    # Without a reference: kept, relayed to nobody.
    bureau.deliver(mails.reply(group, "claire.martin", "Bonjour.", domain="ville.test",
                               proof=False))
    bureau.once()
    (told,) = bureau.to_agents("transcript", bureau.claire)
    assert all(not bureau.acks(p, "relay") for p in people)
    # With one: proven by the token alone, and for that ticket.
    (ref, link) = re.search(r"(?m)^\[(BI-[-0-9]+)\].*\n<(mailto:[^>]*)>", plain(group)).groups()
    u = urllib.parse.urlsplit(link)
    f = {k: urllib.parse.unquote(v) for k, v in (x.split("=", 1) for x in u.query.split("&"))}
    assert REF.search(f["subject"])[1] == ref and f["In-Reply-To"] == group["Message-ID"]
    bureau.deliver(mails.simple("claire.martin", f["subject"], "Passez jeudi.",
                                f"In-Reply-To: {f['In-Reply-To']}\n", domain="ville.test",
                                proof=False))
    bureau.once()
    (t,) = [t for t in bureau.tickets() if t["ref"] == ref]
    assert t["agent"] == "claire" and t["state"] == "waiting"
    # It is claire's: karim cannot use it, and her own domain may refute it.
    fail = "Authentication-Results: mx.ville.test; dmarc=fail header.from=ville.test\n"
    for who, more in (("karim.benali", ""), ("claire.martin", fail)):
        bureau.deliver(mails.simple(who, f["subject"], "Au revoir.",
                                    f"In-Reply-To: {f['In-Reply-To']}\n{more}",
                                    domain="ville.test", proof=False))
    bureau.once()
    assert sum(len(bureau.acks(p, "relay")) for p in people) == 1


def test_storm_through_crashes_names_every_ticket_once(bureau):
    """Killed again and again while mails come in, are noted and go out."""
    bureau.set("limits", acks_per_hour="0")
    rnd = random.Random(7)
    for i in range(5):
        flood(bureau, 12, first=12 * i)
        d = bureau.start()
        wait_for("some mails to be recorded", lambda want=12 * i + rnd.randrange(1, 12): len(
            bureau.ctl("messages", expect=None)) >= want)
        d.kill()
        bureau.srv.drain()
    bureau.once()
    bureau.once()
    refs = sorted(t["ref"] for t in bureau.tickets())
    assert len(refs) == 60
    for who in (bureau.claire, bureau.karim):
        single, many = notes(bureau, who)
        assert named(single, many) == refs
        assert len(many) <= 6
