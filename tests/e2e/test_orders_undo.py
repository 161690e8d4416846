"""#annuler: what one mail of an agent changed is put back, once, unless it changed since."""
import datetime
import re

import mails
from test_orders import VILLE, opened, says, ticket, transcript

CODE = re.compile(r"^Annuler : #annuler ([A-Z2-7]{4}-[A-Z2-7]{4})$", re.M)


def code(bureau):
    found = CODE.search(transcript(bureau))
    assert found and transcript(bureau).rstrip().endswith(found[0])
    return found[1]


def undo(bureau, note, c, **more):
    says(bureau, note, f"#annuler {c}", **more)
    return transcript(bureau)


def fields(bureau, *names):
    return tuple(ticket(bureau)[n] for n in names)


def test_everything_that_one_mail_changed_comes_back(bureau):
    _, note = opened(bureau)
    names = ("state", "outcome", "agent", "category", "urgency", "sensitive", "quartier", "due")
    before = fields(bureau, *names)
    says(bureau, note, "#prendre\n#categorie finances\n#urgence haute\n#sensible\n#quartier Nord\n"
         "#admettre soeur@exemple.test\n#rappel lundi\n#contact-sur seulement le matin\n#regler")
    assert fields(bureau, "state", "outcome", "agent") == ("closed", "resolved", "claire")
    said = undo(bureau, note, code(bureau))
    assert "✔ #annuler" in said and "l’état" in said and "Annuler :" not in said
    assert fields(bureau, *names) == before
    (shown,) = bureau.ctl("show", ticket(bureau)["ref"])
    assert any(e["kind"] == "command" and "#annuler" in e["text"] for e in shown["timeline"])
    # The person that was let in is out again, and nothing reminds of the reminder.
    bureau.deliver(mails.simple("soeur", f"[{ticket(bureau)['ref']}]", "Je suis sa soeur."))
    bureau.once()
    assert len(bureau.tickets()) == 2
    says(bureau, note, "Bonjour.")
    assert "seulement le matin" not in str(bureau.to_agents("notify", bureau.claire)[-1])


def test_a_code_serves_once_and_its_agent_alone(bureau):
    _, note = opened(bureau)
    says(bureau, note, "#urgence haute")
    c = code(bureau)
    karim = bureau.to_agents("notify", bureau.karim)[-1]
    says(bureau, karim, f"#annuler {c}", who="karim.benali")
    assert "✘ #annuler" in bureau.to_agents("transcript", bureau.karim)[-1].text
    assert ticket(bureau)["urgency"] == "high"
    assert "✔" in undo(bureau, note, c.lower().replace("-", " "))
    assert ticket(bureau)["urgency"] == "normal"
    says(bureau, note, "#urgence haute")
    assert "déjà servi" in undo(bureau, note, c)
    assert "✘ #annuler" in undo(bureau, note, "ABCD-EFGH")
    assert ticket(bureau)["urgency"] == "high"


def test_what_changed_since_is_not_touched(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#regler\n#categorie finances")
    c = code(bureau)
    bureau.deliver(mails.reply(bureau.acks(marie)[0], "marie", "Ce n'est pas réglé."))
    bureau.once()
    assert ticket(bureau)["state"] == "open"
    said = undo(bureau, note, c)
    assert "✘ #annuler" in said and "l’état" in said and "la catégorie" not in said
    assert fields(bureau, "state", "category") == ("open", "finances")


def test_the_same_thing_set_twice_comes_back_in_order(bureau):
    _, note = opened(bureau)
    says(bureau, note, "#prendre")
    first = code(bureau)
    says(bureau, note, "#affecter karim")
    second = code(bureau)
    says(bureau, note, "#prendre")
    third = code(bureau)
    assert "✘" in undo(bureau, note, first) and ticket(bureau)["agent"] == "claire"
    for c, agent in ((third, "karim"), (second, "claire"), (first, None)):
        assert "✔" in undo(bureau, note, c)
        assert ticket(bureau)["agent"] == agent


def test_mail_that_left_stays_left_and_waiting_mail_is_withdrawn(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#prendre\n\nBonjour Marie.")
    said = undo(bureau, note, code(bureau))
    assert "1 courrier déjà parti" in said and len(bureau.acks(marie, "relay")) == 1
    assert ticket(bureau)["first_answer"] and fields(bureau, "state", "agent") == ("open", None)
    bureau.set("limits", ack_delay_seconds=3600)
    paul = bureau.person("paul")
    bureau.deliver(mails.simple("paul", body="Ma femme me frappe, j'ai peur, aidez-moi."))
    bureau.once()
    other = bureau.to_agents("alert", bureau.claire)[-1]
    says(bureau, other, "#accuser")
    assert [q["state"] for q in bureau.queue() if q["kind"] == "ack"][-1] == "queued"
    assert "1 courrier retiré" in undo(bureau, other, code(bureau))
    (last,) = [q for q in bureau.queue() if q["kind"] == "ack"][-1:]
    assert (last["state"], last["last_error"]) == ("dead", "withdrawn") and paul.mails() == []


def test_alone_in_its_mail_and_without_a_ticket(bureau):
    _, note = opened(bureau)
    says(bureau, note, "#urgence haute")
    c = code(bureau)
    says(bureau, note, f"#annuler {c}\n#prendre")
    assert "✔" not in transcript(bureau) and ticket(bureau)["agent"] is None
    says(bureau, note, f"#annuler {c}\n\nBonjour.")
    assert "✔" not in transcript(bureau)
    bureau.deliver(mails.simple("claire.martin", "oups", f"#annuler {c}", domain=VILLE))
    bureau.once()
    assert ticket(bureau)["urgency"] == "normal" and "✔ #annuler" in transcript(bureau)
    (shown,) = bureau.ctl("show", ticket(bureau)["ref"])
    assert sum(e["text"].startswith("#annuler") for e in shown["timeline"]) == 1


def test_nothing_to_take_back_has_no_code(bureau):
    _, note = opened(bureau)
    for words in ("#note\nvue ce matin", "#voir", "#statut", "#reglr", "#aide"):
        says(bureau, note, words)
        assert not CODE.search(transcript(bureau)), words


def test_a_vital_ticket_that_nobody_has_again_is_alerted_again(bureau):
    bureau.deliver(mails.simple("lea", body="Je vais me suicider ce soir, je n'en peux plus, adieu."))
    bureau.once()
    (alert,) = bureau.to_agents("alert", bureau.claire)
    says(bureau, alert, "#prendre")
    undo(bureau, alert, code(bureau))
    assert ticket(bureau)["agent"] is None
    bureau.set("alerts", repeat_seconds=60)
    import datetime
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    bureau.once("-T", later.isoformat(timespec="seconds"))
    assert len(bureau.to_agents("alert", bureau.claire)) == 2
