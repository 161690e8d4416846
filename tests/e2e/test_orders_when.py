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
    return bureau.to_agents("notify", bureau.claire)[-1]


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
