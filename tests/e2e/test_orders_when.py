"""Words that ask the clock for something: #rappel."""
import mails
from test_duty import at, plain, plus, rfc
from test_orders import VILLE

MONDAY = at("2024-11-25T09:00:00")


def opened(bureau, when=MONDAY, **mail):
    """A ticket that came in at `when`: the notification of claire."""
    bureau.person("marie")
    bureau.put(mails.simple("marie", **mail), when=when)
    bureau.once("-T", rfc(when))
    return (bureau.to_agents("alert", bureau.claire) or
            bureau.to_agents("notify", bureau.claire))[-1]


def says(bureau, note, words, when, who="claire.martin", **more):
    bureau.put(mails.reply(note, who, words, domain=VILLE, **more), when=when)
    bureau.once("-T", rfc(when))


def transcript(bureau, box=None):
    return plain(bureau.to_agents("transcript", box or bureau.claire)[-1])


def recalls(bureau, *who):
    return [m for m in bureau.to_agents("reminder", *who) if m["X-Bureaud-Ticket"]]


def test_reminder_comes_once_at_its_hour_and_changes_nothing(bureau):
    note = opened(bureau)
    (before,) = bureau.tickets()
    says(bureau, note, "#rappel mercredi 14h30 rappeler le bailleur", plus(MONDAY, minutes=5))
    assert "✔ #rappel" in transcript(bureau) and "27 novembre 2024 à 14 h 30" in transcript(bureau)
    (after,) = bureau.tickets()
    assert {k: after[k] for k in ("state", "agent", "due")} == {
        k: before[k] for k in ("state", "agent", "due")}
    bureau.once("-T", rfc(at("2024-11-27T14:29:00")))
    assert not recalls(bureau)
    for late in ("14:30:00", "14:31:00", "18:00:00"):
        bureau.once("-T", rfc(at(f"2024-11-27T{late}")))
        assert len(recalls(bureau, bureau.claire)) == 1 and not recalls(bureau, bureau.karim)
    (mail,) = recalls(bureau)
    assert mail["X-Bureaud-Ticket"] == after["ref"] and str(mail["Subject"]).startswith(f"[{after['ref']}]")
    assert "rappeler le bailleur" in plain(mail)
    # It is answered as a notification is, and its own token proves its agent.
    says(bureau, mail, "Bonjour, j'ai rappelé.", at("2024-11-27T18:05:00"), proof=False)
    marie = bureau.person("marie")
    (relay,) = bureau.acks(marie, "relay")
    assert "j'ai rappelé" in plain(relay) and "bailleur" not in plain(relay)


def test_reminder_of_a_closed_day_moves_and_says_so(bureau):
    note = opened(bureau)
    says(bureau, note, "#rappel dimanche", plus(MONDAY, minutes=5))
    assert "lundi 2 décembre 2024 à 8 h 30" in transcript(bureau)
    assert "fermé le dimanche" in transcript(bureau)
    bureau.once("-T", rfc(at("2024-12-01T12:00:00")))
    assert not recalls(bureau)
    bureau.once("-T", rfc(at("2024-12-02T08:31:00")))
    assert len(recalls(bureau)) == 1


def test_two_reminders_one_bad_date_holds_both(bureau):
    note = opened(bureau)
    says(bureau, note, "#rappel mardi\n#rappel 31/2", plus(MONDAY, minutes=5))
    assert "✔" not in transcript(bureau)
    says(bureau, note, "#rappel mardi\n#rappel mercredi", plus(MONDAY, minutes=6))
    bureau.once("-T", rfc(at("2024-12-03T09:00:00")))
    assert len(recalls(bureau)) == 2


def test_reminder_of_a_sensitive_ticket_tells_nothing(bureau):
    note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(bureau, note, "#rappel mardi appeler sa soeur", plus(MONDAY, minutes=5))
    bureau.once("-T", rfc(at("2024-11-26T09:00:00")))
    (mail,) = recalls(bureau)
    assert "soeur" not in mail.as_string() and "sensible" in str(mail["Subject"])


def test_past_reminder_is_refused(bureau):
    note = opened(bureau)
    says(bureau, note, "#rappel aujourd'hui 8h", plus(MONDAY, minutes=5))
    assert "✘ #rappel" in transcript(bureau)


def away(bureau, words, when, who="claire.martin"):
    """An agent's mail that answers nothing."""
    bureau.put(mails.simple(who, "absence", words, domain=VILLE), when=when)
    bureau.once("-T", rfc(when))


def told(bureau, who, when, kind="notify", **mail):
    """How many claire and karim are told of a new mail."""
    boxes = (bureau.claire, bureau.karim)
    before = [len(bureau.to_agents(kind, b)) for b in boxes]
    bureau.put(mails.simple(who, **mail), when=when)
    bureau.once("-T", rfc(when))
    return [len(bureau.to_agents(kind, b)) - n for b, n in zip(boxes, before)]


def test_absence_hands_notifications_over_and_ends_by_itself(bureau):
    note = opened(bureau)
    says(bureau, note, "#prendre", plus(MONDAY, minutes=1))
    away(bureau, "#absent 26/11-27/11", plus(MONDAY, minutes=5))
    assert "mardi 26 novembre 2024 au mercredi 27 novembre 2024" in transcript(bureau)
    first = mails.reply(bureau.acks(bureau.person("marie"))[0], "marie", "Du nouveau ?")
    for day, want in (("25", [1, 0]), ("26", [0, 1]), ("27", [0, 1]), ("28", [1, 0])):
        when = at(f"2024-11-{day}T10:00:00")
        before = [len(bureau.to_agents("notify", b)) for b in (bureau.claire, bureau.karim)]
        bureau.put(first.replace(b"Du nouveau ?", f"Du nouveau le {day} ?".encode())
                   .replace(b"Message-ID: <", b"Message-ID: <" + day.encode()), when=when)
        bureau.once("-T", rfc(when))
        assert [len(bureau.to_agents("notify", b)) - n for b, n in
                zip((bureau.claire, bureau.karim), before)] == want, day
    assert len(bureau.tickets()) == 1


def test_back_early_and_nobody_left(bureau):
    opened(bureau)
    away(bureau, "#absent 25/11-29/11", plus(MONDAY, minutes=1))
    away(bureau, "#absent 25/11-29/11", plus(MONDAY, minutes=2), who="karim.benali")
    # Everybody is away: those who would be told are told all the same.
    assert told(bureau, "paul", plus(MONDAY, minutes=3), body="Je cherche un logement.") == [1, 1]
    away(bureau, "#absent non", plus(MONDAY, minutes=4), who="karim.benali")
    assert "vous êtes là" in transcript(bureau, bureau.karim)
    assert told(bureau, "jean", plus(MONDAY, minutes=5), body="Je cherche un emploi.") == [0, 1]
    away(bureau, "#absent", plus(MONDAY, minutes=6))
    assert told(bureau, "luc", plus(MONDAY, minutes=7), body="Je cherche un emploi.") == [1, 0]


def test_alerts_skip_who_is_away_only_if_another_is_on_call(bureau):
    danger = {"body": "Je vais me suicider ce soir, je n'en peux plus, adieu."}
    opened(bureau)
    away(bureau, "#absent 25/11-29/11", plus(MONDAY, minutes=1))
    assert told(bureau, "lea", plus(MONDAY, minutes=2), "alert", **danger) == [1, 1]
    bureau.set("agent karim", on_call="yes")
    assert told(bureau, "ana", plus(MONDAY, minutes=3), "alert", **danger) == [0, 1]
    # The repetitions too.
    before = [len(bureau.to_agents("alert", b)) for b in (bureau.claire, bureau.karim)]
    bureau.once("-T", rfc(plus(MONDAY, minutes=30)))
    assert len(bureau.to_agents("alert", bureau.claire)) == before[0]
    assert len(bureau.to_agents("alert", bureau.karim)) > before[1]


def test_a_reminder_of_who_is_away_goes_to_the_others(bureau):
    note = opened(bureau)
    says(bureau, note, "#rappel mercredi 14h appeler", plus(MONDAY, minutes=1))
    away(bureau, "#absent 26/11-28/11", plus(MONDAY, minutes=2))
    bureau.once("-T", rfc(at("2024-11-27T14:05:00")))
    assert not recalls(bureau, bureau.claire)
    (mail,) = recalls(bureau, bureau.karim)
    assert "demandé par claire" in plain(mail)


AWAY = ("Auto-Submitted: auto-replied (vacation)\n", "X-Autoreply: yes\n",
        "Precedence: auto_reply\n", "X-MS-Exchange-Inbox-Rules-Loop: x\n",
        "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n")


def test_out_of_office_mail_of_agents_reaches_nobody_and_never_loops(bureau):
    """The answers of an autoresponder to an alert, quoting its danger, are answered by nothing."""
    bureau.put(mails.simple("lea", body="Je vais me suicider ce soir, adieu."), when=MONDAY)
    bureau.once("-T", rfc(MONDAY))
    (alert,) = bureau.to_agents("alert", bureau.claire)
    before = [q["id"] for q in bureau.queue()]
    for i, headers in enumerate(AWAY):
        when = plus(MONDAY, seconds=10 + i)
        bureau.put(mails.reply(alert, "claire.martin", f"Absente {i}. Elle va se suicider ce soir,"
                               " adieu.", domain=VILLE, headers=headers), when=when)
        bureau.once("-T", rfc(when))
    assert [q["id"] for q in bureau.queue()] == before
    (t,) = bureau.tickets()
    assert t["state"] == "open" and t["agent"] is None and t["first_answer"] is None
    # They answer nothing, and end no watch.
    bureau.once("-T", rfc(plus(MONDAY, minutes=16)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2


def test_absence_is_taken_back(bureau):
    opened(bureau)
    away(bureau, "#absent 25/11-29/11", plus(MONDAY, minutes=1))
    code = transcript(bureau).rstrip().rpartition(" ")[2]
    away(bureau, f"#annuler {code}", plus(MONDAY, minutes=2))
    assert "✔ #annuler" in transcript(bureau) and "l’absence" in transcript(bureau)
    assert told(bureau, "jean", plus(MONDAY, minutes=5), body="Je cherche un emploi.") == [1, 0]
