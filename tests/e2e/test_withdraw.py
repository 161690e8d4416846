"""Acknowledgments that wait for a cap or a delay, when they must not go out any more."""
import datetime

import mails
import pytest

VILLE = "ville.test"
START = datetime.datetime.fromisoformat("2024-11-25T10:00:00+01:00")
FIRST = "<premier@courrier.exemple.test>"
HOUSING = "Bonjour, je cherche un logement plus grand, merci de votre aide."
VIOLENT = "Mon mari me frappe depuis des mois, j'ai peur de rentrer à la maison."


def at(minutes):
    return (START + datetime.timedelta(minutes=minutes)).isoformat()


def waiting(bureau, how):
    """Marie's ticket, its acknowledgment waiting: behind a cap, or for its delay."""
    if how == "cap":
        bureau.set("limits", acks_per_hour=1)
        bureau.put(mails.simple("paul", "Logement", HOUSING), when=START)
        bureau.once("-T", at(0))
    else:
        bureau.set("limits", ack_delay_seconds=3600)
    marie = bureau.person("marie")
    bureau.put(mails.simple("marie", "Logement", HOUSING, message_id=FIRST), when=START)
    bureau.once("-T", at(0))
    assert marie.mails() == []
    return marie, bureau.tickets()[-1]


def join(bureau, text):
    bureau.put(mails.simple("marie", "Re: Logement", text, f"In-Reply-To: {FIRST}\n"), when=START)
    bureau.once("-T", at(1))


def order(bureau, ticket, words):
    (note,) = [m for m in bureau.to_agents("notify", bureau.claire)
               if m["X-Bureaud-Ticket"] == ticket["ref"]]
    bureau.deliver(mails.reply(note, "claire.martin", words, domain=VILLE))
    bureau.once("-T", at(1))


@pytest.mark.parametrize("how", ["cap", "delay"])
@pytest.mark.parametrize("mode", ["agent", "discreet", "none"])
def test_ticket_that_turns_sensitive(bureau, how, mode):
    bureau.set("bureau", violence_ack=mode)
    marie, ticket = waiting(bureau, how)
    join(bureau, VIOLENT)
    assert [t["sensitive"] for t in bureau.tickets() if t["ref"] == ticket["ref"]] == [True]
    for minutes in (120, 240):
        bureau.once("-T", at(minutes))
    got = marie.mails()
    assert [m["Subject"] for m in got] == (["Votre message à la mairie"] if mode == "discreet" else [])
    assert all(ticket["ref"] not in m.text for m in got)
    dead = [q for q in bureau.queue() if q["state"] == "dead"]
    assert [(q["kind"], q["last_error"]) for q in dead] == [("ack", "withdrawn")]
    notes = [e["text"] for e in bureau.ctl("show", ticket["ref"])[0]["timeline"]
             if e["kind"] == "note"]
    assert "the acknowledgment that waited is withdrawn" in notes
    # Not even by mistake.
    assert bureau.ctl_run("queue", "retry", str(dead[0]["id"])).returncode == 65
    assert bureau.to_agents("failure") == []


@pytest.mark.parametrize("words", ["#spam", "#sensible", "#sans-reponse"])
def test_order_that_ends_it(bureau, words):
    marie, ticket = waiting(bureau, "cap")
    order(bureau, ticket, words)
    for minutes in (120, 240):
        bureau.once("-T", at(minutes))
    assert marie.mails() == []


def test_discreet_text_in_its_place_on_order(bureau):
    marie, ticket = waiting(bureau, "cap")
    order(bureau, ticket, "#sensible\n#accuser")
    for minutes in (120, 240):
        bureau.once("-T", at(minutes))
    assert [m["Subject"] for m in marie.mails()] == ["Votre message à la mairie"]


def test_another_ticket_of_hers_that_is_sensitive(bureau):
    marie, _ = waiting(bureau, "delay")
    bureau.put(mails.simple("marie", "aide", VIOLENT), when=START)
    bureau.once("-T", at(1))
    bureau.once("-T", at(120))
    assert len(bureau.tickets()) == 2 and marie.mails() == []


def test_nothing_dangerous_and_it_goes_out(bureau):
    marie, ticket = waiting(bureau, "cap")
    join(bureau, "Voici aussi mon adresse, merci.")
    bureau.once("-T", at(120))
    (ack,) = marie.mails()
    assert ticket["ref"] in str(ack["Subject"])
