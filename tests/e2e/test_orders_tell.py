"""Words that concern other agents: #affecter, #categorie, #urgence vitale."""
import mails
from test_duty import at, plus, rfc
from test_orders import opened, plain, says, ticket, transcript
from test_orders_when import away, opened as opened_at, says as says_at

MONDAY = at("2024-11-25T09:00:00")


def count(bureau, kind="notify"):
    return [len(bureau.to_agents(kind, b)) for b in (bureau.claire, bureau.karim)]


def test_who_gets_the_ticket_is_told_and_gets_what_follows_alone(bureau):
    marie, note = opened(bureau, subject="Emploi", body="Je cherche un emploi depuis un an.")
    before = count(bureau)
    says(bureau, note, "#affecter karim")
    assert count(bureau) == [before[0], before[1] + 1]
    mail = bureau.to_agents("notify", bureau.karim)[-1]
    assert "Claire Martin vous confie ce dossier" in plain(mail)
    assert "Je cherche un emploi depuis un an." in plain(mail)
    assert mail["X-Bureaud-Ticket"] == ticket(bureau)["ref"]
    # Its token is karim's own.
    says(bureau, mail, "Bonjour, passez me voir.", who="karim.benali", proof=False)
    (relay,) = bureau.acks(marie, "relay")
    bureau.deliver(mails.reply(relay, "marie", "Merci, à jeudi."))
    bureau.once()
    assert count(bureau) == [before[0], before[1] + 2]
    says(bureau, mail, "#prendre", who="karim.benali")
    assert count(bureau) == [before[0], before[1] + 2]       # nobody tells himself


def test_a_new_category_is_told_to_its_agents(bureau):
    _, note = opened(bureau, subject="Emploi", body="Je cherche un emploi depuis un an.")
    assert ticket(bureau)["category"] == "emploi" and count(bureau) == [1, 0]
    says(bureau, note, "#categorie logement")
    assert count(bureau) == [1, 1]
    mail = bureau.to_agents("notify", bureau.karim)[-1]
    assert "l’une de vos catégories" in plain(mail) and "Logement" in str(mail["Subject"])
    says(bureau, note, "#categorie logement")
    assert count(bureau) == [1, 1]
    says(bureau, note, "#categorie finances\n#affecter karim")
    assert count(bureau) == [1, 2]                          # one mail for both
    says(bureau, note, "#categorie logement\n#reglr")
    assert count(bureau) == [1, 2]


def test_a_sensitive_ticket_is_handed_over_without_its_words(bureau):
    _, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(bureau, note, "#affecter karim")
    (mail,) = bureau.to_agents("notify", bureau.karim)
    assert "frappe" not in mail.as_string() and "marie@" not in mail.as_string()
    assert str(mail["Subject"]) == f"[{ticket(bureau)['ref']}] sensible"


def test_vital_urgency_alerts_and_repeats_until_taken(bureau):
    note = opened_at(bureau)
    says_at(bureau, note, "#categorie finances\n#urgence vitale", plus(MONDAY, minutes=1),
            who="karim.benali", proof=True)
    (alert,) = bureau.to_agents("alert", bureau.claire)
    assert not bureau.to_agents("alert", bureau.karim)
    assert alert["X-Bureaud-Ticket"] == ticket(bureau)["ref"]
    assert "je dois quitter le mien" in plain(alert)
    bureau.once("-T", rfc(plus(MONDAY, minutes=16)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2
    says_at(bureau, alert, "#prendre", plus(MONDAY, minutes=20))
    bureau.once("-T", rfc(plus(MONDAY, minutes=40)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2


def test_vital_urgency_of_who_has_it_alerts_once(bureau):
    note = opened_at(bureau)
    says_at(bureau, note, "#prendre\n#urgence vitale", plus(MONDAY, minutes=1))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    bureau.once("-T", rfc(plus(MONDAY, minutes=40)))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1
    says_at(bureau, note, "#urgence vitale", plus(MONDAY, minutes=41))
    assert len(bureau.to_agents("alert", bureau.claire)) == 1


def test_away_agents_of_a_new_category_are_left_alone(bureau):
    note = opened_at(bureau, body="Je cherche un emploi depuis un an.")
    away(bureau, "#absent 25/11-26/11", plus(MONDAY, minutes=1), who="karim.benali")
    before = count(bureau)
    says_at(bureau, note, "#categorie logement", plus(MONDAY, minutes=2))
    assert count(bureau) == before and "✔ #categorie" in transcript(bureau)
