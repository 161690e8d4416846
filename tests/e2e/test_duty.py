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
    return mail.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


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


def test_violence_that_is_not_vital_is_alerted_at_once_and_once(bureau):
    """LAW-AND-SAFETY 3 rule 1: agents are alerted at once; only what is vital is repeated."""
    take_in(bureau, mails.VIOLENCE.raw(), NIGHT)
    (ticket,) = bureau.tickets()
    assert ticket["urgency"] == "high" and ticket["sensitive"]
    (alert,) = bureau.to_agents("alert")
    assert alert["X-Bureaud-Ticket"] == ticket["ref"] and "23 h 10" in plain(alert)
    assert "sensible" in str(alert["Subject"]) and "nadia" not in plain(alert).lower()
    for minutes in (16, 40):
        bureau.once("-T", rfc(plus(NIGHT, minutes=minutes)))
    assert len(bureau.to_agents("alert")) == 1
    events = [e for e in bureau.ctl("show", ticket["ref"])[0]["timeline"] if e["kind"] == "alert"]
    assert len(events) == 1 and "violence" in events[0]["text"]


def test_danger_is_alerted_of_even_when_the_mail_cannot_be_handled(bureau):
    """A text of ours that cannot be made: the mail is set aside, what the rules said is not."""
    texts = bureau.folder / "textes"
    shutil.copytree(TREE / "templates", texts)
    for name in ("ack-court", "ack-logement"):
        (texts / f"{name}.txt").write_text("Ce texte est trop long.\n" * 2500)
    bureau.set("bureau", templates=texts)
    bureau.put(mails.simple("lea", "Au secours", DANGER), when=NIGHT)
    bureau.put(mails.simple("paul", "Question", HOUSING), when=NIGHT)
    bureau.once("-T", rfc(NIGHT))
    assert [m["outcome"] for m in bureau.messages()] == ["quarantined"] * 2
    (alert,) = bureau.to_agents("alert")
    assert "23 h 10" in plain(alert) and "ouvrez ce message" in plain(alert)
    assert "suicid" not in plain(alert) and bureau.tickets() == []


# Dates.

MONDAY = at("2024-11-25T10:00:00")      # promised for Thursday 28, AR by 9 December


def reminders(bureau, box):
    return bureau.to_agents("reminder", box)


def lists(bureau, box):
    """The lists of working mornings."""
    return bureau.to_agents("morning", box)


def test_morning_list_on_working_days_while_something_waits(bureau):
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    (ticket,) = bureau.tickets()
    assert ticket["due"] == "2024-11-28"
    seen = []
    for clock in ("25T17:00", "26T08:14", "26T08:15", "26T08:15", "27T09:00", "28T08:15",
                  "28T17:00", "29T11:00", "30T11:00"):
        bureau.once("-T", f"2024-11-{clock}:00+01:00")
        seen.append(len(lists(bureau, bureau.karim)))
    assert seen == [0, 0, 1, 1, 2, 3, 3, 4, 4]
    first, eve, day, late = map(plain, lists(bureau, bureau.karim))
    line = f"{ticket['ref']} (Logement) : "
    assert line + "ouvert depuis hier, à prendre, réponse promise pour le jeudi 28 nov" in first
    assert line + "réponse promise pour le jeudi 28 novembre 2024\n" in eve
    assert line + "réponse promise pour aujourd’hui\n" in day
    assert line + "réponse promise pour le jeudi 28 novembre 2024, date dépassée\n" in late
    assert all(m.count(ticket["ref"]) == 1 and "enfants" not in m for m in (first, eve, day, late))
    mail = lists(bureau, bureau.karim)[1]
    assert str(mail["Subject"]).replace("\u00a0", " ") == "Ce matin : 1 échéance"
    assert "X-Bureaud-Ticket" not in mail and mail["Auto-Submitted"] == "auto-generated"
    assert len(lists(bureau, bureau.claire)) == 4 and not reminders(bureau, bureau.claire)


def test_one_mail_an_agent_a_morning_for_all_tickets(bureau):
    for who in ("marie", "paul"):
        bureau.put(mails.simple(who, "Logement", HOUSING), when=MONDAY)
    bureau.put(mails.VIOLENCE.raw(), when=MONDAY)
    bureau.once("-T", rfc(MONDAY))
    refs = {t["ref"]: t["sensitive"] for t in bureau.tickets()}
    bureau.once("-T", "2024-11-28T08:20:00+01:00")
    bureau.once("-T", "2024-11-28T08:20:00+01:00")
    (mail,) = lists(bureau, bureau.claire)
    for ref, sensitive in refs.items():
        (line,) = [s for s in plain(mail).splitlines() if s.startswith(ref)]
        assert ("(sensible)" in line) == sensitive
    assert "violence" not in plain(mail).lower() and "nadia" not in plain(mail).lower()
    (other,) = lists(bureau, bureau.karim)
    assert sum(ref in plain(other) for ref in refs) == 2


def test_no_list_where_nothing_waits(bureau):
    take_in(bureau, mails.simple("marie", "Route", "Un trou dans la chaussée rue Racine."), MONDAY)
    bureau.once("-T", "2024-11-26T09:00:00+01:00")
    assert len(lists(bureau, bureau.claire)) == 1 and not lists(bureau, bureau.karim)
    (note,) = bureau.to_agents("notify", bureau.claire)
    bureau.deliver(mails.reply(note, "claire.martin", "#regler", domain="ville.test"))
    bureau.once("-T", "2024-11-26T10:00:00+01:00")
    bureau.once("-T", "2024-11-27T09:00:00+01:00")
    assert len(lists(bureau, bureau.claire)) == 1


def test_morning_missed_is_made_up_for(bureau):
    """Stopped from Tuesday to Friday: one list comes, with what fell due meanwhile."""
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    bureau.once("-T", "2024-11-26T09:00:00+01:00")
    bureau.once("-T", "2024-11-29T09:00:00+01:00")
    assert "date dépassée" in plain(lists(bureau, bureau.claire)[1])
    assert len(lists(bureau, bureau.claire)) == 2


def test_morning_of_the_day_the_clocks_change(bureau):
    """The hour is the wall's: 08:15 of the last Monday of October is an hour later in UTC."""
    when = datetime.datetime.fromisoformat("2024-10-25T10:00:00+02:00")
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), when)
    for clock, n in (("2024-10-28T06:16:00Z", 0), ("2024-10-28T07:14:00Z", 0),
                     ("2024-10-28T07:15:00Z", 1), ("2024-10-28T07:16:00Z", 1)):
        bureau.once("-T", clock)
        assert len(lists(bureau, bureau.claire)) == n, clock


def test_what_colleagues_answered_is_in_the_list(bureau):
    """No mail at once to the others of the category: at most a line the next morning."""
    for who in ("marie", "paul"):
        bureau.put(mails.simple(who, "Logement", HOUSING), when=MONDAY)
    bureau.once("-T", rfc(MONDAY))
    note = bureau.to_agents("notify", bureau.karim)[0]
    ref = str(note["X-Bureaud-Ticket"])
    before = len(bureau.claire.mails())
    bureau.put(mails.reply(note, "karim.benali", "Passez jeudi.", domain="ville.test"),
               when=plus(MONDAY, hours=2))
    bureau.once("-T", rfc(plus(MONDAY, hours=2)))
    assert len(bureau.claire.mails()) == before
    bureau.once("-T", "2024-11-26T09:00:00+01:00")
    (hers,), (his,) = lists(bureau, bureau.claire), lists(bureau, bureau.karim)
    assert f"{ref} (Logement) : réponse de Karim Benali\n" in plain(hers)
    assert ref not in plain(his) and "Passez" not in plain(hers)
    bureau.once("-T", "2024-11-27T09:00:00+01:00")
    assert ref not in plain(lists(bureau, bureau.claire)[1])


def test_waiting_ticket_comes_back_on_its_day(bureau):
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    (note,) = bureau.to_agents("notify", bureau.claire)
    bureau.deliver(mails.reply(note, "claire.martin", "#prendre\n#attendre 02/12",
                               domain="ville.test"))
    bureau.once("-T", "2024-11-25T11:00:00+01:00")
    (ticket,) = bureau.tickets()
    assert (ticket["state"], ticket["due"]) == ("waiting", "2024-12-02")
    for clock in ("11-29T09:00", "12-02T08:14", "12-02T08:15", "12-02T08:15", "12-02T12:00"):
        bureau.once("-T", f"2024-{clock}:00+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    assert mail["X-Bureaud-Ticket"] == ticket["ref"]
    assert str(mail["Subject"]) == f"[{ticket['ref']}] Logement · de retour"
    assert "lundi 2 décembre 2024" in plain(mail) and "enfants" not in plain(mail)
    assert not reminders(bureau, bureau.karim)
    (morning,) = lists(bureau, bureau.claire)
    assert f"{ticket['ref']} (Logement) : en attente jusqu’à aujourd’hui" in plain(morning)
    assert bureau.tickets()[0]["state"] == "waiting"
    # It is answered as any mail of the ticket, and it is in the list until somebody decides.
    bureau.once("-T", "2024-12-03T09:00:00+01:00")
    assert "date passée" in plain(lists(bureau, bureau.claire)[1])
    bureau.deliver(mails.reply(mail, "claire.martin", "#regler", domain="ville.test", proof=False))
    bureau.once("-T", "2024-12-03T10:00:00+01:00")
    bureau.once("-T", "2024-12-04T09:00:00+01:00")
    assert bureau.tickets()[0]["state"] == "closed"
    assert len(lists(bureau, bureau.claire)) == 2 and len(reminders(bureau, bureau.claire)) == 1


def test_acknowledgment_that_was_not_sent_and_silence(bureau):
    bureau.set("bureau", violence_ack="none")
    take_in(bureau, mails.VIOLENCE.raw(), MONDAY)
    (ticket,) = bureau.tickets()
    (shown,) = bureau.ctl("show", ticket["ref"])
    assert shown["due_ar"] == "2024-12-09" and shown["due_silence"] == "2025-01-25"

    def days(what, *clocks):
        found = []
        for clock in clocks:
            bureau.once("-T", f"{clock}T09:00:00+01:00")
            if what in plain(lists(bureau, bureau.claire)[-1]):
                found.append(clock)
        return found
    assert days("accusé de réception", "2024-12-04", "2024-12-05", "2024-12-06") == ["2024-12-05"]
    assert "danger" in plain(lists(bureau, bureau.claire)[1])
    assert days("vaudra refus", "2025-01-10", "2025-01-13", "2025-01-21", "2025-01-22",
                "2025-01-23", "2025-01-24") == ["2025-01-13", "2025-01-22"]


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
