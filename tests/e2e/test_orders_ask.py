"""#chercher, #liste, #statut, #historique: answered by mail with what that agent may see."""
import mails
from test_orders import VILLE, opened, plain, says, ticket, transcript


def asks(bureau, words, who="claire.martin", subject="une question", **more):
    """A new mail that answers no notification; the transcript that comes back."""
    bureau.deliver(mails.simple(who, subject, words, domain=VILLE, **more))
    bureau.once()
    box = bureau.claire if who.startswith("claire") else bureau.karim
    return plain(bureau.to_agents("transcript", box)[-1])


def several(bureau):
    for who, subject, body in (
            ("marie", "Mon loyer", "Le loyer est trop cher, j’ai le cœur gros. Merci de m’aider."),
            ("paul", "Travail", "Je cherche un emploi depuis un an, je suis au chômage."),
            ("lea", "au secours", "Mon mari me frappe, le loyer est à son nom.")):
        bureau.person(who)
        bureau.deliver(mails.simple(who, subject, body))
    bureau.once()
    refs = {t["citizen"].partition("@")[0]: t["ref"] for t in bureau.tickets()}
    return refs["marie"], refs["paul"], refs["lea"]


def test_list(bureau):
    marie, paul, lea = several(bureau)
    text = asks(bureau, "#liste")
    assert "✔ #liste : 3 dossiers" in text
    assert f"{marie} · Logement" in text and "Mon loyer" in text and f"{paul} · Emploi" in text
    assert f"{lea} · sensible · ouvert" in text
    assert "secours" not in text and "Violences" not in text
    assert max(len(line) for line in text.splitlines()) <= 120
    for words, refs in (("#liste logement", {marie}), ("#liste à moi", set()),
                        ("#liste clos", set()), ("#liste Emploi, ouverts", {paul}),
                        ("#liste sans agent", {marie, paul, lea}), ("#liste karim", set()),
                        ("#liste tous", {marie, paul, lea}), ("#liste en attente", set())):
        text = asks(bureau, words)
        assert {r for r in (marie, paul, lea) if r in text} == refs, words
        assert ("aucun dossier" in text) == (not refs), words
    assert "✘ #liste : je ne connais pas « zut »" in asks(bureau, "#liste zut")
    # An order does not move anything, and nobody but the agent is written to.
    assert all(t["state"] == "open" and t["agent"] is None for t in bureau.tickets())


def test_list_of_whom_a_ticket_belongs_to(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#prendre")
    assert ticket(bureau)["ref"] in asks(bureau, "#liste à moi")
    assert "aucun dossier" in asks(bureau, "#liste à moi", "karim.benali")
    assert ticket(bureau)["ref"] in asks(bureau, "#liste claire", "karim.benali")


def test_sensitive_tickets_for_whom_they_concern(bureau):
    """karim has two categories, and violence is none of them."""
    marie, paul, lea = several(bureau)
    text = asks(bureau, "#liste", "karim.benali")
    assert marie in text and paul in text and lea not in text
    assert "✔ #liste : 2 dossiers" in text
    text = asks(bureau, "#chercher loyer", "karim.benali")
    assert marie in text and lea not in text
    text = asks(bureau, "#chercher loyer")
    assert marie in text and f"{lea} · sensible · ouvert" in text and "à son nom" not in text
    assert "✘ #historique" in asks(bureau, f"#historique {lea}", "karim.benali")


def test_search(bureau):
    marie, paul, lea = several(bureau)
    text = asks(bureau, "#chercher COEUR")
    assert "✔ #chercher : 1 dossier\n" in text and marie in text
    assert "« Le loyer est trop cher, j’ai le cœur gros. Merci de m’aider. »" in text
    assert marie in asks(bureau, '#chercher "trop cher" m\'aid*')
    assert paul in asks(bureau, "#chercher chomage")
    assert marie in asks(bureau, f"#chercher {bureau.person('marie').address}")
    assert "rien de tel" in asks(bureau, "#chercher introuvable")
    assert "rien de tel" in asks(bureau, '#chercher " OR NEAR( ; DROP')
    assert "✘ #chercher" in asks(bureau, "#chercher !!!")
    assert "✘ #chercher" in asks(bureau, "#chercher")
    text = asks(bureau, "#chercher loyer\n#chercher emploi\n#liste logement")
    assert text.count("✔") == 3


def test_state_of_the_desk_and_of_a_ticket(bureau):
    several(bureau)
    text = asks(bureau, "#statut")
    assert "Dossiers : 3 ouverts, 0 en attente, 0 clos" in text
    assert "Les vôtres : 0 ouvert," in text and "Boîte relevée : " in text
    ref = bureau.tickets()[0]["ref"]
    assert f"✔ #statut : {ref}, ouvert, suivi par personne encore" in asks(bureau, f"#statut {ref}")
    assert f"✔ #statut : {ref}, ouvert" in asks(bureau, "#statut", subject=f"[{ref}]")
    assert "✘ #statut : BI-1999-00001 : pas de tel dossier" in asks(bureau, "#statut BI-1999-1")


def test_timeline(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#prendre\n#note\nElle a rappelé.\nDeux fois.")
    says(bureau, note, "#attendre lundi\n\nBonjour, je vous rappelle lundi.")
    says(bureau, note, "#historique")
    text = transcript(bureau)
    lines = [line.split("  ", 1)[1] for line in text.splitlines() if line[2:3] == "/"]
    assert lines[0] == "message de la personne"
    assert any(line.startswith("envoyé : accusé de réception à marie@") for line in lines)
    assert "claire : #prendre #note" in lines and "claire note : Elle a rappelé. Deux fois." in lines
    assert "devient en attente" in lines
    assert any(line.startswith("envoyé : réponse à marie@") for line in lines)
    ref = ticket(bureau)["ref"]
    assert "message de la personne" in asks(bureau, f"#historique {ref}")
    assert "message de la personne" in asks(bureau, "#historique", subject=f"à propos de [{ref}]")
    assert "✘ #historique : de quel dossier" in asks(bureau, "#historique")


def test_a_sensitive_timeline_has_no_words(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(bureau, note, "#note\nElle dort chez sa soeur.")
    says(bureau, note, "#historique")
    assert "claire : une note" in transcript(bureau) and "soeur" not in transcript(bureau)


def test_a_sensitive_timeline_has_no_address(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(bureau, note, "Venez quand vous voulez, nous vous attendons.")
    says(bureau, note, "#historique")
    assert "envoyé : réponse\n" in transcript(bureau) + "\n"
    assert marie.address not in transcript(bureau) and "marie" not in transcript(bureau)


def test_only_the_proven_are_answered(bureau):
    several(bureau)
    before = len(bureau.to_agents("transcript"))
    bureau.deliver(mails.simple("claire.martin", "x", "#liste\n#chercher loyer", domain=VILLE,
                                proof=False))
    bureau.deliver(mails.simple("marie", "x", "#liste\n#chercher loyer"))
    bureau.once()
    assert len(bureau.to_agents("transcript")) == before
    for m in bureau.person("marie").mails():
        assert "Travail" not in m.text and "#liste" not in m.text


def test_long_lists_say_how_many_more(bureau):
    for n in range(28):
        bureau.put(mails.simple(f"p{n}", f"Demande {n}", message_id=f"<d{n}@exemple.test>"))
    bureau.once()
    text = asks(bureau, "#liste")
    assert "✔ #liste : 28 dossiers" in text and "… et 3 autres : précisez" in text
    assert text.count("BI-") == 25
