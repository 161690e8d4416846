"""Agents answer and give orders from their own mail client, on the real servers."""
import mails
import pytest
from servers import SENT

VILLE = "ville.test"


def plain(mail):
    return mail.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def opened(bureau, who="marie", **mail):
    """A citizen's ticket: her mailbox, the notification of claire."""
    marie = bureau.person(who)
    bureau.deliver(mails.simple(who, **mail))
    bureau.once()
    told = bureau.to_agents("alert", bureau.claire) or bureau.to_agents("notify", bureau.claire)
    return marie, told[-1]


def says(bureau, note, words, who="claire.martin", **more):
    """An agent's answer to a notification, and the pass that handles it."""
    bureau.deliver(mails.reply(note, who, words, domain=VILLE, **more))
    bureau.once()


def transcript(bureau):
    return plain(bureau.to_agents("transcript", bureau.claire)[-1])


def ticket(bureau, n=0):
    return bureau.tickets()[n]


def test_answer_goes_to_the_citizen_from_the_bureau(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "Bonjour Marie,\n\nPassez nous voir jeudi matin.\n\nClaire Martin")
    (relay,) = bureau.acks(marie, "relay")
    text = plain(relay)
    assert "Passez nous voir jeudi matin." in text
    assert "Répondez au-dessus" not in text and "a écrit" not in text and "#aide" not in text
    assert "claire.martin" not in str(relay) and "X-Bureaud-Kind" not in relay
    assert str(relay["From"]).endswith(f"<{bureau.address}>")
    assert relay["Return-Path"] == f"<{bureau.address}>"
    assert str(relay["Subject"]) == f"Re: Demande d'aide [{ticket(bureau)['ref']}]"
    first = [m for m in bureau.messages() if m["role"] == "citizen"][0]
    assert str(relay["In-Reply-To"]) == first["message_id"]
    t = ticket(bureau)
    assert (t["state"], t["agent"]) == ("waiting", "claire") and t["first_answer"]
    assert not bureau.to_agents("transcript")       # a plain answer needs no answer
    sent = bureau.mailbox.mails(SENT)
    assert [m["Message-ID"] for m in sent].count(relay["Message-ID"]) == 1


def test_the_citizen_answers_back_and_the_assigned_agent_alone_is_told(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "Que disent vos papiers ?")
    before = len(bureau.to_agents("notify", bureau.karim))
    (relay,) = bureau.acks(marie, "relay")
    bureau.deliver(mails.reply(relay, "marie", "Ils disent le 30."))
    bureau.once()
    assert ticket(bureau)["state"] == "open" and len(bureau.tickets()) == 1
    assert "Ils disent le 30." in plain(bureau.to_agents("notify", bureau.claire)[-1])
    assert len(bureau.to_agents("notify", bureau.karim)) == before


def test_attachments_go_along_byte_for_byte(bureau):
    marie, note = opened(bureau)
    data = bytes(range(256)) * 300
    bureau.deliver(mails.attach(mails.reply(note, "claire.martin", "Voici le formulaire.",
                                            domain=VILLE), "formulaire é.pdf", data))
    bureau.once()
    (relay,) = bureau.acks(marie, "relay")
    (part,) = relay.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("formulaire é.pdf", data)
    assert "Voici le formulaire." in plain(relay)


def test_note_stays_inside(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#note\nElle a rappelé, le bailleur ment.")
    assert not bureau.acks(marie, "relay")
    assert "✔ #note" in transcript(bureau)
    (shown,) = bureau.ctl("show", ticket(bureau)["ref"])
    assert any(e["kind"] == "note" and "le bailleur ment" in e["text"] for e in shown["timeline"])
    assert ticket(bureau)["state"] == "open"


def test_orders_and_prose_in_one_mail(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#Catégorie finances\n# regler\n\nC'est réglé, bonne journée.")
    t = ticket(bureau)
    assert (t["state"], t["outcome"], t["category"]) == ("closed", "resolved", "finances")
    assert "C'est réglé, bonne journée." in plain(bureau.acks(marie, "relay")[0])
    assert "#regler" in transcript(bureau) and "La réponse est partie." in transcript(bureau)
    # A closed ticket's original is filed.
    assert any("marie" in str(m["From"]) for m in bureau.mailbox.mails("Bureau/Traités"))


def test_unknown_word_holds_the_whole_mail(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#prendre\n#reglr\n\nBonjour, tout va bien.")
    t = ticket(bureau)
    assert (t["state"], t["agent"]) == ("open", None)
    assert not bureau.acks(marie, "relay")
    assert "✘" in transcript(bureau) and "#reglr" in transcript(bureau)
    assert "✔" not in transcript(bureau)


def test_word_of_a_later_version_holds_the_whole_mail(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "#prendre\n#scinder\n\nBonjour.")
    assert ticket(bureau)["agent"] is None and not bureau.acks(marie, "relay")
    assert "pas encore disponible" in transcript(bureau)


def test_close_reopen_wait(bureau):
    _, note = opened(bureau)
    says(bureau, note, "#clore injoignable")
    assert (ticket(bureau)["state"], ticket(bureau)["outcome"]) == ("closed", "unreachable")
    says(bureau, note, "#attendre lundi")
    assert ticket(bureau)["state"] == "closed" and "#rouvrir" in transcript(bureau)
    says(bureau, note, "#rouvrir\n#urgence haute")
    t = ticket(bureau)
    assert (t["state"], t["outcome"], t["urgency"]) == ("open", None, "high")


def test_violence_the_discreet_text_on_order(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    assert marie.mails() == []
    says(bureau, note, "#accuser")
    (ack,) = bureau.acks(marie)
    assert str(ack["Subject"]) == "Votre message à la mairie"
    assert "frappe" not in plain(ack) and "violence" not in plain(ack).lower()
    says(bureau, note, "#accuser")
    assert len(bureau.acks(marie)) == 1 and "✘ #accuser" in transcript(bureau)


def test_sensitive_words_only_on_demand(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    assert "frappe" not in note.text
    says(bureau, note, "#voir")
    assert "Mon mari me frappe" in transcript(bureau)
    says(bureau, note, "Vous pouvez venir quand vous voulez.")
    (relay,) = bureau.acks(marie, "relay")
    assert str(relay["Subject"]) == "Votre message à la mairie"


def test_safe_contact_and_silence(bureau):
    marie, note = opened(bureau)
    sure = bureau.person("soeur")
    address = sure.address
    says(bureau, note, f"#contact-sur {address}\n#sans-reponse")
    says(bureau, note, "Bonjour, voici la suite.")
    assert not bureau.acks(marie, "relay") and len(bureau.acks(sure, "relay")) == 1
    acks = len(bureau.acks(marie))
    bureau.deliver(mails.simple("marie", "Autre chose", "Je cherche aussi un emploi."))
    bureau.once()
    assert len(bureau.acks(marie)) == acks


def test_a_token_proves_its_agent_only(bureau):
    """Without a proof of the border, an answer to one's own notification is believed; a citizen
    who answers a forwarded notification, or another agent's name, changes nothing."""
    marie, note = opened(bureau)
    says(bureau, note, "#prendre", proof=False)
    assert ticket(bureau)["agent"] == "claire"
    says(bureau, note, "#regler", who="karim.benali", proof=False)
    assert ticket(bureau)["state"] == "open"
    bureau.deliver(mails.reply(note, "marie", "#regler"))
    bureau.once()
    assert ticket(bureau, 0)["state"] == "open"


def test_only_a_signature_or_nothing_is_not_sent(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "")
    assert not bureau.acks(marie, "relay")
    assert bureau.to_agents("transcript", bureau.claire)


def test_a_proven_mail_that_answers_nothing_gets_the_language(bureau):
    bureau.deliver(mails.simple("claire.martin", "bonjour", "Comment ça marche ?", domain=VILLE))
    bureau.once()
    assert "#prendre" in transcript(bureau) and bureau.tickets() == []
    assert [m["outcome"] for m in bureau.messages()] == ["recorded_no_ack"]


def test_agent_away_reaches_nobody(bureau):
    marie, note = opened(bureau)
    says(bureau, note, "Je suis absente.", headers="Auto-Submitted: auto-replied\n")
    assert not bureau.acks(marie, "relay") and not bureau.to_agents("transcript")


@pytest.mark.parametrize("copies", ["yes", "no"])
def test_answers_written_from_the_mailbox_itself_are_followed(bureau, copies):
    """Found in Sent, also where the provider makes the copies of our own mail: joined as the
    agent's, the first answer; sent to nobody again."""
    bureau.set("imap", sent_copy=copies)
    marie = bureau.person("marie")
    bureau.deliver(mails.simple("marie", message_id="<premiere@courrier.exemple.test>"))
    bureau.once()
    answer = mails.simple("bureaudesinterventions", "Re: Demande d'aide", "Passez jeudi.",
                          "In-Reply-To: <premiere@courrier.exemple.test>\n", domain=VILLE,
                          proof=False)
    bureau.put(answer, folder=SENT)
    bureau.put(mails.simple("paul", "un brouillon", domain="exemple.test"), folder=SENT)
    if copies == "no":
        (ack,) = marie.mails()
        bureau.put(ack.raw, folder=SENT)
    before = len(bureau.queue())
    bureau.once()
    t = ticket(bureau)
    assert t["state"] == "waiting" and t["first_answer"]
    assert len(bureau.mailbox.mails(SENT)) == 3
    assert [(m["role"], m["outcome"]) for m in bureau.messages()] == [
        ("citizen", "new_ticket"), ("agent", "append"), ("system", "recorded_no_ack")]
    assert len(bureau.queue()) == before


def test_held_mail_leaves_nothing_behind(bureau):
    """All or nothing: an order that was understood beside one that was not is not carried out."""
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    before = ticket(bureau)
    says(bureau, note, "#accuser\n#attendre lundi\n#historique BI-1999-00001")
    assert marie.mails() == []
    assert ticket(bureau)["due"] == before["due"] and ticket(bureau)["state"] == "open"
    assert "✔" not in transcript(bureau)


def test_orders_above_an_answer_that_cannot_go_out(bureau):
    """It answers no case: neither is done, and the transcript says so."""
    bureau.deliver(mails.simple("claire.martin", "Bonjour",
                                "#aide\n\nBonjour Marie,\n\nPassez nous voir.", domain=VILLE))
    bureau.once()
    (line,) = bureau.messages()
    assert (line["role"], line["outcome"]) == ("agent", "recorded_no_ack")
    text = transcript(bureau)
    assert "aucun dossier" in text and "✘ #aide : compris, mais pas fait" in text


def test_one_acknowledgment_however_often_it_is_ordered(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(bureau, note, "#accuser\n#accuser")
    assert len(bureau.acks(marie)) <= 1
    says(bureau, note, "\n".join(["#accuser"] * 8))
    assert len(bureau.acks(marie)) <= 1
    says(bureau, note, "\n".join(["#note"] * 12) + "\nvue ce matin")
    assert ticket(bureau)["state"] == "open"


def test_the_discreet_text_goes_to_the_safe_address(bureau):
    marie, note = opened(bureau, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    sure = bureau.person("soeur")
    says(bureau, note, f"#contact-sur {sure.address}")
    says(bureau, note, "#accuser")
    assert marie.mails() == [] and len(bureau.acks(sure)) == 1
    bureau.deliver(mails.simple("marie", "Une question", "Je cherche aussi un emploi."))
    bureau.once()
    assert sure.address in plain(bureau.to_agents("notify", bureau.claire)[-1])


def test_a_token_of_one_ticket_opens_no_other(bureau):
    """References to one's own notification, In-Reply-To another citizen's mail: no proof."""
    marie, note = opened(bureau)
    paul = bureau.person("paul")
    bureau.deliver(mails.simple("paul", "Travail", "Je cherche un emploi."))
    bureau.once()
    (ack,) = bureau.acks(paul)
    raw = mails.simple("claire.martin", "Re: bonjour", "Envoyez-moi vos papiers.",
                       f"In-Reply-To: {ack['Message-ID']}\nReferences: {note['Message-ID']}\n",
                       domain=VILLE, proof=False)
    bureau.deliver(raw)
    bureau.once()
    assert not bureau.acks(paul, "relay") and not bureau.acks(marie, "relay")


def test_silence_stops_what_waits(bureau):
    bureau.set("limits", ack_delay_seconds=3600)
    marie, note = opened(bureau)
    assert [q["state"] for q in bureau.queue() if q["kind"] == "ack"] == ["queued"]
    says(bureau, note, "#sans-reponse")
    assert [q["state"] for q in bureau.queue() if q["kind"] == "ack"] == ["dead"]
    assert not bureau.acks(marie)
