"""What the clock does: alerts that nobody answered, dates that fall due, urgent tickets."""
import datetime
import shutil

import mails
from bureau import TREE

DANGER = "Je vais me suicider ce soir, je n'en peux plus, adieu."
HOUSING = "Bonjour, je cherche un logement plus grand pour mes enfants, merci de votre aide."


def at(text):
    """A time of Paris in winter, for -T and INTERNALDATE.  In the past: servers take no
    INTERNALDATE that is not."""
    return datetime.datetime.fromisoformat(text + "+01:00")


def rfc(when):
    return when.isoformat()


def plus(when, **more):
    return when + datetime.timedelta(**more)


def plain(mail):
    return mail.text.replace("\u00a0", " ").replace("\u202f", " ")


def take_in(bureau, raw, when):
    """The mail arrives at `when` and is handled within the same second."""
    bureau.put(raw, when=when)
    bureau.once("-T", rfc(when))


def danger(bureau, when, **more):
    take_in(bureau, mails.simple("lea", "Au secours", DANGER, **more), when)
    (ticket,) = bureau.tickets()
    assert ticket["urgency"] == "vital"
    return ticket


# Alerts.

NIGHT = at("2024-11-30T23:10:00")       # a Saturday


def test_vital_alert_is_repeated_until_an_agent_answers(bureau):
    ticket = danger(bureau, NIGHT)
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    bureau.once("-T", rfc(plus(NIGHT, minutes=14)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    for i, minutes in ((2, 15), (3, 30)):
        for _ in "ab":
            bureau.once("-T", rfc(plus(NIGHT, minutes=minutes)))
            assert len(bureau.to_agents("alert", bureau.claire)) == i
    again = bureau.to_agents("alert", bureau.claire)[-1]
    assert again["X-Bureaud-Ticket"] == ticket["ref"] and "rappel 2" in again["Subject"]
    assert "samedi 30 novembre 2024" in plain(again) and "23 h 10" in plain(again)
    assert "suicid" not in plain(again).lower() and "lea@" not in plain(again)
    assert bureau.to_agents("alert", bureau.karim) == []
    bureau.deliver(mails.reply(again, "claire.martin", "#prendre", domain="ville.test"))
    bureau.once("-T", rfc(plus(NIGHT, minutes=40)))
    bureau.once("-T", rfc(plus(NIGHT, minutes=60)))
    bureau.once("-T", rfc(plus(NIGHT, hours=10)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 3
    events = [e for e in bureau.ctl("show", ticket["ref"])[0]["timeline"] if e["kind"] == "alert"]
    assert len(events) == 3


def test_an_unproven_answer_does_not_end_the_alerts(bureau):
    ticket = danger(bureau, NIGHT)
    bureau.deliver(mails.simple("claire.martin", f"[{ticket['ref']}] je m'en charge", "#prendre",
                                domain="ville.test", proof=False))
    bureau.once("-T", rfc(plus(NIGHT, minutes=5)))
    bureau.once("-T", rfc(plus(NIGHT, minutes=16)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2


def test_after_a_long_stop_one_alert_and_no_burst(bureau):
    danger(bureau, NIGHT)
    later = plus(NIGHT, hours=9)
    bureau.once("-T", rfc(later))
    bureau.once("-T", rfc(plus(later, minutes=5)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2
    bureau.once("-T", rfc(plus(later, minutes=15)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 3


def test_a_clock_that_was_ahead_delays_by_one_period_at_most(bureau):
    danger(bureau, NIGHT)
    bureau.once("-T", rfc(plus(NIGHT, days=300)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2
    bureau.once("-T", rfc(NIGHT))
    bureau.once("-T", rfc(plus(NIGHT, minutes=16)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 3


def test_repeat_seconds(bureau):
    bureau.set("alerts", repeat_seconds=300)
    danger(bureau, NIGHT)
    bureau.once("-T", rfc(plus(NIGHT, minutes=5)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2


def test_nobody_on_call_then_everybody(bureau):
    bureau.set("agent claire", on_call="no")
    danger(bureau, NIGHT)
    bureau.once("-T", rfc(plus(NIGHT, minutes=15)))
    assert [len(bureau.to_agents("alert", b)) for b in (bureau.claire, bureau.karim)] == [2, 2]


def test_an_alert_that_waits_for_the_relay_is_not_doubled(bureau):
    smtps = bureau.srv.smtps_port
    bureau.set("smtp", url="smtps://localhost:1")
    bureau.put(mails.simple("lea", "Au secours", DANGER), when=NIGHT)
    for minutes in (0, 15, 30, 45):
        bureau.once("-T", rfc(plus(NIGHT, minutes=minutes)), expect=75)
    bureau.set("smtp", url=f"smtps://localhost:{smtps}")
    bureau.once("-T", rfc(plus(NIGHT, minutes=50)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    bureau.once("-T", rfc(plus(NIGHT, minutes=60)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2


def test_danger_without_a_ticket_is_told_once(bureau):
    raw = mails.simple("lea", "Au secours", DANGER, headers="List-Id: <x.exemple.test>\n")
    take_in(bureau, raw, NIGHT)
    bureau.once("-T", rfc(plus(NIGHT, hours=1)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1 and bureau.tickets() == []


# Dates.

MONDAY = at("2024-11-25T10:00:00")      # promised for Thursday 28, AR by 9 December


def reminders(bureau, box):
    return bureau.to_agents("reminder", box)


def test_promise_is_reminded_the_day_before_and_on_the_day(bureau):
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    (ticket,) = bureau.tickets()
    assert ticket["due"] == "2024-11-28"
    seen = []
    for clock in ("26T11:00", "27T08:14", "27T08:15", "27T08:15", "28T08:15", "28T17:00",
                  "29T11:00"):
        bureau.once("-T", f"2024-11-{clock}:00+01:00")
        seen.append(len(reminders(bureau, bureau.karim)))
    assert seen == [0, 0, 1, 1, 2, 2, 2]
    first, second = reminders(bureau, bureau.karim)
    assert str(first["Subject"]).startswith("Échéances du jour")
    assert f"{ticket['ref']} (Logement)" in plain(first) and "jeudi 28 novembre 2024" in plain(first)
    assert "aujourd’hui" in plain(second) and "enfants" not in plain(first) + plain(second)
    assert "X-Bureaud-Ticket" not in first and first["Auto-Submitted"] == "auto-generated"
    assert len(reminders(bureau, bureau.claire)) == 2


def test_one_mail_an_agent_a_morning_for_all_tickets(bureau):
    for who in ("marie", "paul"):
        bureau.put(mails.simple(who, "Logement", HOUSING), when=MONDAY)
    bureau.put(mails.VIOLENCE.raw(), when=MONDAY)
    bureau.once("-T", rfc(MONDAY))
    refs = {t["ref"]: t["sensitive"] for t in bureau.tickets()}
    bureau.once("-T", "2024-11-28T08:20:00+01:00")
    bureau.once("-T", "2024-11-28T08:20:00+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    for ref, sensitive in refs.items():
        (line,) = [s for s in plain(mail).splitlines() if s.startswith(ref)]
        assert ("(sensible)" in line) == sensitive
    assert "violence" not in plain(mail).lower() and "nadia" not in plain(mail).lower()
    (other,) = reminders(bureau, bureau.karim)
    assert sum(ref in plain(other) for ref in refs) == 2


def test_morning_missed_is_made_up_for(bureau):
    """Stopped from Tuesday to Friday: the reminders of Wednesday and Thursday come as one."""
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    bureau.once("-T", "2024-11-26T09:00:00+01:00")
    bureau.once("-T", "2024-11-29T09:00:00+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    assert "date dépassée" in plain(mail)


def test_acknowledgment_that_was_not_sent_and_silence(bureau):
    bureau.set("bureau", violence_ack="none")
    take_in(bureau, mails.VIOLENCE.raw(), MONDAY)
    (ticket,) = bureau.tickets()
    (shown,) = bureau.ctl("show", ticket["ref"])
    assert shown["due_ar"] == "2024-12-09" and shown["due_silence"] == "2025-01-25"
    bureau.once("-T", "2024-12-04T09:00:00+01:00")
    before = len(reminders(bureau, bureau.claire))
    bureau.once("-T", "2024-12-05T09:00:00+01:00")
    ar = reminders(bureau, bureau.claire)[before:]
    assert len(ar) == 1 and "accusé de réception" in plain(ar[0]) and "danger" in plain(ar[0])
    bureau.once("-T", "2025-01-10T09:00:00+01:00")
    before = len(reminders(bureau, bureau.claire))
    for day in ("13", "21", "22", "23", "24"):
        bureau.once("-T", f"2025-01-{day}T09:00:00+01:00")
    silence = reminders(bureau, bureau.claire)[before:]
    assert len(silence) == 2 and all("refus" in plain(m) for m in silence)


# Urgent tickets.

def high_ticket(bureau, when):
    take_in(bureau, mails.simple("marie", "aide", "ok a"), when)
    (ticket,) = bureau.tickets()
    assert ticket["urgency"] == "high"
    return ticket


def test_high_ticket_says_its_day_and_is_reminded_once_at_two(bureau):
    ticket = high_ticket(bureau, at("2024-11-26T09:00:00"))
    for note in bureau.to_agents("notify", bureau.claire):
        assert "À traiter au plus tard le mardi 26 novembre 2024" in plain(note)
    bureau.once("-T", "2024-11-26T13:59:00+01:00")
    assert reminders(bureau, bureau.claire) == []
    for clock in ("14:00:00", "14:00:00", "16:00:00"):
        bureau.once("-T", f"2024-11-26T{clock}+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    assert ticket["ref"] in plain(mail) and "26 novembre 2024 à 9 h" in plain(mail)


def test_high_ticket_of_the_evening_waits_for_the_opening(bureau):
    high_ticket(bureau, at("2024-11-29T18:00:00"))
    (note,) = bureau.to_agents("notify", bureau.claire)
    assert "lundi 2 décembre 2024" in plain(note)
    bureau.once("-T", "2024-11-30T14:00:00+01:00")
    bureau.once("-T", "2024-12-02T13:00:00+01:00")
    assert reminders(bureau, bureau.claire) == []
    bureau.once("-T", "2024-12-02T14:00:00+01:00")
    assert len(reminders(bureau, bureau.claire)) == 1


def test_high_ticket_that_an_agent_touched_is_not_reminded(bureau):
    high_ticket(bureau, at("2024-11-26T09:00:00"))
    (note,) = bureau.to_agents("notify", bureau.claire)
    bureau.deliver(mails.reply(note, "claire.martin", "#prendre", domain="ville.test"))
    bureau.once("-T", "2024-11-26T10:00:00+01:00")
    bureau.once("-T", "2024-11-26T14:00:00+01:00")
    assert reminders(bureau, bureau.claire) == []


# What would other rules say?  What does a text look like?

def test_replay_tells_what_changed_rules_would_change(bureau):
    rules = bureau.folder / "regles"
    shutil.copytree(TREE / "rules", rules)
    bureau.set("bureau", rules=rules)
    bureau.deliver(mails.simple("marie", "Question", HOUSING, message_id="<a@x.test>"))
    bureau.deliver(mails.simple("paul", "Route", "Il y a un gros trou dans la chaussée rue Racine.",
                                message_id="<b@x.test>"))
    bureau.once()
    assert bureau.ctl("rules", "replay") == []
    (rules / "zz-local.rules").write_text(
        'category travaux  label="Travaux" template=ack-voirie threshold=1\n'
        "body  TROU  +90  /gros trou/\nhigh  TROU_HIGH  /gros trou/\n")
    before = bureau.tickets(), bureau.messages()
    (line,) = bureau.ctl("rules", "replay")
    paul = next(m for m in before[1] if "b@x" in m["message_id"])
    assert line == {"message_id": paul["message_id"], "ticket": paul["ticket"], "partial": False,
                    "old": {"category": "voirie", "urgency": "normal", "sensitive": False},
                    "new": {"category": "travaux", "urgency": "high", "sensitive": False}}
    text = bureau.ctl_run("rules", "replay").stdout.decode().splitlines()
    assert "voirie -> travaux, high" in text[0] and text[-1] == "1 of 2 mails would change"
    assert bureau.ctl("rules", "replay", "--since", "2100-01-01") == []
    assert (bureau.tickets(), bureau.messages()) == before


def test_replay_refuses_broken_rules_and_no_database(bureau):
    assert bureau.ctl_run("rules", "replay").returncode == 66
    rules = bureau.folder / "regles"
    shutil.copytree(TREE / "rules", rules)
    (rules / "zz.rules").write_text("body NOWHERE +1 /x(/\n")
    bureau.set("bureau", rules=rules)
    done = bureau.ctl_run("rules", "replay")
    assert done.returncode == 78 and b"zz.rules:1" in done.stderr


def test_template_as_the_citizen_reads_it(bureau):
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", "ZXSUJET", HOUSING))
    bureau.once()
    (ticket,) = bureau.tickets()
    (ack,) = marie.mails()
    (shown,) = bureau.ctl("template", "ack-logement", ticket["ref"])
    assert shown["ticket"] == ticket["ref"] and shown["text"].split() == ack.text.split()
    queue = bureau.queue()
    for name in sorted(p.stem for p in (TREE / "templates").glob("*.txt")):
        (sample,) = bureau.ctl("template", name)
        assert sample["text"].strip() and "{{" not in sample["text"] and sample["ticket"] is None
    (inward,) = bureau.ctl("template", "avis", ticket["ref"])
    assert "ZXSUJET" in inward["text"] and ticket["ref"] in inward["text"]
    assert bureau.queue() == queue


def test_template_of_a_sensitive_ticket_shows_nothing_of_it(bureau):
    bureau.deliver(mails.VIOLENCE.raw())
    bureau.once()
    (ticket,) = bureau.tickets()
    (shown,) = bureau.ctl("template", "avis", ticket["ref"])
    assert "sensible" in shown["text"] and "nadia" not in shown["text"]
    assert "iolence" not in shown["text"]


def test_template_that_is_not_there(bureau):
    done = bureau.ctl_run("template", "nulle-part")
    assert done.returncode == 65 and b"nulle-part" in done.stderr
    assert bureau.ctl_run("template", "ack-court", "BI-2000-00001").returncode == 66
    assert bureau.ctl_run("template").returncode == 64


def test_explain_says_why_the_verdict_follows(bureau):
    raw = bureau.here(mails.simple("lea", "logement", "Mon mari me frappe. Je cherche un logement."))
    text = bureau.ctl_run("explain", "-", data=raw).stdout.decode()
    assert "category:  violences, because: violence comes before every other category" in text
    assert "threshold" in text and "suspected violence is never less" in text
    assert '"mari me frappe"' in text
