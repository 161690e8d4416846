"""What the clock does: alerts that nobody answered, dates that fall due, urgent tickets."""
import datetime

import mails

DANGER = "Je vais me suicider ce soir, je n'en peux plus, adieu."
HOUSING = "Bonjour, je cherche un logement plus grand pour mes enfants, merci de votre aide."


def at(text):
    """A time of Paris in winter, for -T and INTERNALDATE."""
    return datetime.datetime.fromisoformat(text + "+01:00")


def rfc(when):
    return when.isoformat()


def plus(when, **more):
    return when + datetime.timedelta(**more)


def plain(mail):
    return mail.text.replace("\u202f", " ")


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

NIGHT = at("2026-11-28T23:10:00")       # a Saturday


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
    assert "samedi 28 novembre 2026" in plain(again) and "23 h 10" in plain(again)
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

MONDAY = at("2026-11-23T10:00:00")      # promised for Thursday 26, AR by 7 December


def reminders(bureau, box):
    return bureau.to_agents("reminder", box)


def days_on(bureau, day):
    """A pass just before and two after the morning mail's time."""
    for clock in ("08:14:00", "08:15:00", "11:00:00"):
        bureau.once("-T", f"{day}T{clock}+01:00")


def test_promise_is_reminded_the_day_before_and_on_the_day(bureau):
    take_in(bureau, mails.simple("marie", "Logement", HOUSING), MONDAY)
    (ticket,) = bureau.tickets()
    assert ticket["due"] == "2026-11-26"
    seen = {}
    for day in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"):
        before = len(reminders(bureau, bureau.karim))
        days_on(bureau, day)
        seen[day] = len(reminders(bureau, bureau.karim)) - before
    assert seen == {"2026-11-24": 0, "2026-11-25": 1, "2026-11-26": 1, "2026-11-27": 0,
                    "2026-11-28": 0}
    first, second = reminders(bureau, bureau.karim)
    assert str(first["Subject"]).startswith("Échéances du jour")
    assert f"{ticket['ref']} (Logement)" in plain(first) and "jeudi 26 novembre 2026" in plain(first)
    assert "aujourd’hui" in plain(second) and "enfants" not in plain(first) + plain(second)
    assert "X-Bureaud-Ticket" not in first and first["Auto-Submitted"] == "auto-generated"
    assert len(reminders(bureau, bureau.claire)) == 2


def test_one_mail_an_agent_a_morning_for_all_tickets(bureau):
    for who in ("marie", "paul"):
        bureau.put(mails.simple(who, "Logement", HOUSING), when=MONDAY)
    bureau.put(mails.VIOLENCE.raw(), when=MONDAY)
    bureau.once("-T", rfc(MONDAY))
    refs = {t["ref"]: t["sensitive"] for t in bureau.tickets()}
    bureau.once("-T", "2026-11-26T08:20:00+01:00")
    bureau.once("-T", "2026-11-26T08:20:00+01:00")
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
    bureau.once("-T", "2026-11-24T09:00:00+01:00")
    bureau.once("-T", "2026-11-27T09:00:00+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    assert "date dépassée" in plain(mail)


def test_acknowledgment_that_was_not_sent_and_silence(bureau):
    bureau.set("bureau", violence_ack="none")
    take_in(bureau, mails.VIOLENCE.raw(), MONDAY)
    (ticket,) = bureau.tickets()
    (shown,) = bureau.ctl("show", ticket["ref"])
    assert shown["due_ar"] == "2026-12-07" and shown["due_silence"] == "2027-01-23"
    bureau.once("-T", "2026-12-02T09:00:00+01:00")
    before = len(reminders(bureau, bureau.claire))
    bureau.once("-T", "2026-12-03T09:00:00+01:00")
    ar = reminders(bureau, bureau.claire)[before:]
    assert len(ar) == 1 and "accusé de réception" in plain(ar[0]) and "danger" in plain(ar[0])
    bureau.once("-T", "2027-01-08T09:00:00+01:00")
    before = len(reminders(bureau, bureau.claire))
    for day in ("11", "19", "20", "21", "22"):
        bureau.once("-T", f"2027-01-{day}T09:00:00+01:00")
    silence = reminders(bureau, bureau.claire)[before:]
    assert len(silence) == 2 and all("refus" in plain(m) for m in silence)


# Urgent tickets.

def high_ticket(bureau, when):
    take_in(bureau, mails.simple("marie", "aide", "ok a"), when)
    (ticket,) = bureau.tickets()
    assert ticket["urgency"] == "high"
    return ticket


def test_high_ticket_says_its_day_and_is_reminded_once_at_two(bureau):
    ticket = high_ticket(bureau, at("2026-11-24T09:00:00"))
    for note in bureau.to_agents("notify", bureau.claire):
        assert "À traiter au plus tard le mardi 24 novembre 2026" in plain(note)
    bureau.once("-T", "2026-11-24T13:59:00+01:00")
    assert reminders(bureau, bureau.claire) == []
    for clock in ("14:00:00", "14:00:00", "16:00:00"):
        bureau.once("-T", f"2026-11-24T{clock}+01:00")
    (mail,) = reminders(bureau, bureau.claire)
    assert ticket["ref"] in plain(mail) and "24 novembre 2026 à 9 h" in plain(mail)


def test_high_ticket_of_the_evening_waits_for_the_opening(bureau):
    high_ticket(bureau, at("2026-11-27T18:00:00"))
    (note,) = bureau.to_agents("notify", bureau.claire)
    assert "lundi 30 novembre 2026" in plain(note)
    bureau.once("-T", "2026-11-28T14:00:00+01:00")
    bureau.once("-T", "2026-11-30T13:00:00+01:00")
    assert reminders(bureau, bureau.claire) == []
    bureau.once("-T", "2026-11-30T14:00:00+01:00")
    assert len(reminders(bureau, bureau.claire)) == 1


def test_high_ticket_that_an_agent_touched_is_not_reminded(bureau):
    high_ticket(bureau, at("2026-11-24T09:00:00"))
    (note,) = bureau.to_agents("notify", bureau.claire)
    bureau.deliver(mails.reply(note, "claire.martin", "#prendre", domain="ville.test"))
    bureau.once("-T", "2026-11-24T10:00:00+01:00")
    bureau.once("-T", "2026-11-24T14:00:00+01:00")
    assert reminders(bureau, bureau.claire) == []
