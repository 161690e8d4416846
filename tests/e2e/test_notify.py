"""What agents are told: one mail each, with all that they need and nothing that must not leave."""
import re
import urllib.parse

import mails

VILLE = "ville.test"


def plain(mail):
    return mail.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def opened(bureau, raw=None):
    """A citizen's ticket, and what tells claire of it: of suspected violence an alert."""
    bureau.deliver(raw or mails.simple("marie"))
    bureau.once()
    alerts = bureau.to_agents("alert", bureau.claire)
    return (alerts or bureau.to_agents("notify", bureau.claire))[-1]


def says(bureau, note, words, who="claire.martin", **more):
    bureau.deliver(mails.reply(note, who, words, domain=VILLE, **more))
    bureau.once()


def told(bureau, who):
    return bureau.to_agents("notify", who)


# What stands in it.

def test_all_that_an_agent_needs_on_one_screen(bureau):
    note = opened(bureau, mails.simple("marie", "Mon loyer", "Bonjour, mon bailleur veut "
                                       "m'expulser, je cherche un logement."))
    (ticket,) = bureau.tickets()
    text = plain(note)
    assert str(note["Subject"]) == f"[{ticket['ref']}] Logement · haute"
    assert text.startswith("— Répondez au-dessus de cette ligne —\n")
    assert "mon bailleur veut m'expulser" in text and "Objet : Mon loyer" in text
    assert re.search(r"(?m)^- Logement : « .*expulser.* »", text)
    assert "Réponse promise au plus tard le" in text and "le silence vaudra refus" in text
    assert "#aide" in text and "None" not in text and "{{" not in text
    assert note.get_content_type() == "text/plain" and "http" not in note.as_string()


def test_subject_follows_what_agents_made_of_the_ticket(bureau):
    marie = bureau.person("marie")
    note = opened(bureau)
    says(bureau, note, "#categorie voirie\n#urgence haute")
    (ack,) = bureau.acks(marie)
    bureau.deliver(mails.reply(ack, "marie", "Et mon logement, et mon loyer, et mon bailleur ?"))
    bureau.once()
    (ticket,) = bureau.tickets()
    last = told(bureau, bureau.claire)[-1]
    assert str(last["Subject"]) == f"[{ticket['ref']}] Voirie et propreté · haute · 2e message"
    assert "bailleur ?" in plain(last) and "Votre message est bien arrivé" not in plain(last)
    # karim has logement and finances: this is no longer his.
    assert len(told(bureau, bureau.karim)) == 1


def test_assigned_ticket_is_the_assignees_alone(bureau):
    marie = bureau.person("marie")
    note = opened(bureau)
    says(bureau, note, "#affecter karim")
    before = len(told(bureau, bureau.claire)), len(told(bureau, bureau.karim))
    bureau.deliver(mails.reply(bureau.acks(marie)[0], "marie", "Je reviens vers vous."))
    bureau.once()
    assert (len(told(bureau, bureau.claire)), len(told(bureau, bureau.karim))) == \
        (before[0], before[1] + 1)


def test_other_tickets_of_the_person_are_listed(bureau):
    opened(bureau, mails.simple("marie", "Route", "Un gros trou dans la chaussée rue Racine."))
    note = opened(bureau, mails.simple("marie", "Logement", "Je cherche un logement."))
    first, second = (t["ref"] for t in bureau.tickets())
    assert re.search(rf"(?m)^- {first} \(Voirie et propreté, ouvert\)", plain(note))
    assert f"- {second}" not in plain(note)


def test_safe_contact_stands_first(bureau):
    marie = bureau.person("marie")
    note = opened(bureau)
    says(bureau, note, "#contact-sur sa soeur, 03 00 00 00 01")
    bureau.deliver(mails.reply(bureau.acks(marie)[0], "marie", "Je suis toujours là."))
    bureau.once()
    lines = [x for x in plain(told(bureau, bureau.claire)[-1]).splitlines() if x]
    assert lines[1] == "Où joindre cette personne sans risque : sa soeur, 03 00 00 00 01"


def test_language_is_named(bureau):
    note = opened(bureau, mails.FOREIGN.raw())
    assert "Langue : ukrainien" in plain(note)


# Files.

def test_files_are_copied_byte_for_byte(bureau):
    raw = mails.attach(mails.simple("marie"), "bail é.pdf", bytes(range(256)) * 700)
    raw = mails.attach(raw, "photo.html", b"<img src='http://x.test/'>", "xhtml+xml")
    note = opened(bureau, raw)
    pdf, page = note.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("bail é.pdf", bytes(range(256)) * 700)
    assert page.get_content() == b"<img src='http://x.test/'>"
    assert page.get_content_type() == "application/octet-stream"
    assert "- bail é.pdf (179 ko)" in plain(note)
    # The mail to karim has them too; both are gone from the database once they are out.
    assert len(list(told(bureau, bureau.karim)[0].iter_attachments())) == 2


def test_large_files_are_named(bureau):
    note = opened(bureau, mails.attach(mails.simple("marie"), "film.mp4", b"x" * (6 << 20)))
    assert not list(note.iter_attachments()) and len(note.as_bytes()) < 100_000
    assert "film.mp4 (6,2 Mo)" in plain(note) and "trop lourdes" in plain(note)


def test_an_answer_with_the_files_quoted_sends_none_of_them_back(bureau):
    """They belong to the notification; only what the agent attaches goes out."""
    marie = bureau.person("marie")
    note = opened(bureau, mails.attach(mails.simple("marie"), "a.pdf", b"1234"))
    says(bureau, note, "Bien reçu, merci.")
    (relay,) = bureau.acks(marie, "relay")
    assert not list(relay.iter_attachments()) and "a.pdf" not in plain(relay)


# Sensitive tickets.

def test_sensitive_ticket_is_a_reference_and_a_link(bureau):
    raw = mails.attach(mails.simple("nadia", "aide", "Mon mari me frappe devant les enfants, "
                                    "j'ai peur de rentrer."), "photo-preuve.jpg", b"\xff\xd8", "x")
    note = opened(bureau, raw)
    (ticket,) = bureau.tickets()
    assert ticket["sensitive"]
    assert str(note["Subject"]) == f"[{ticket['ref']}] sensible"
    whole = note.as_string() + plain(note)
    for word in ("nadia", "frappe", "photo", "iolence", "enfants"):
        assert word not in whole
    assert "article 40" in whole and not list(note.iter_attachments())
    (link,) = re.findall(r"<(mailto:[^>]*)>", note.text)
    assert re.fullmatch(r"[!-~]+", link)
    u = urllib.parse.urlsplit(link)
    fields = dict(x.split("=", 1) for x in u.query.split("&"))
    fields = {k: urllib.parse.unquote(v) for k, v in fields.items()}
    assert urllib.parse.unquote(u.path) == bureau.address
    assert fields["body"] == "#voir" and ticket["ref"] in fields["subject"]
    assert fields["In-Reply-To"] == str(note["Message-ID"])


def tapped(bureau, note, who, honoured=True, **more):
    """The mail that a client makes of the link: some leave In-Reply-To out."""
    (link,) = re.findall(r"<(mailto:[^>]*)>", note.text)
    u = urllib.parse.urlsplit(link)
    fields = {k: urllib.parse.unquote(v) for k, v in (x.split("=", 1) for x in u.query.split("&"))}
    headers = f"In-Reply-To: {fields['In-Reply-To']}\n" if honoured else ""
    raw = mails.simple(who, fields["subject"], fields["body"], headers, **more)
    bureau.deliver(raw, to=urllib.parse.unquote(u.path))
    bureau.once()


def test_one_tap_shows_the_ticket_to_a_proven_agent_only(bureau):
    eve = bureau.person("eve")
    note = opened(bureau, mails.VIOLENCE.raw())
    tapped(bureau, note, "claire.martin", domain=VILLE, proof=False)
    (shown,) = bureau.to_agents("transcript")
    assert "frappe" in plain(shown) and "frappe" not in plain(note)
    assert str(shown["To"]) == bureau.claire.address
    # Without the header the border's word is needed.
    tapped(bureau, note, "claire.martin", honoured=False, domain=VILLE)
    assert len(bureau.to_agents("transcript")) == 2
    tapped(bureau, note, "claire.martin", honoured=False, domain=VILLE, proof=False)
    tapped(bureau, note, "eve")
    assert len(bureau.to_agents("transcript")) == 2
    (ack,) = eve.mails()
    assert "frappe" not in plain(ack) and bureau.tickets()[0]["ref"] not in ack.as_string()


# The token as an address: for clients that keep no In-Reply-To.

def bare_answer(bureau, mail, who, words, to=None, domain=VILLE, proof=False, headers=""):
    """To the mail's Reply-To and with no other trace of it."""
    to = to or str(mail["Reply-To"])
    raw = mails.simple(who, "Suite", words, headers, domain=domain, proof=proof)
    bureau.deliver(raw.replace(b"To: " + mails.BUREAU.encode(), b"To: " + to.encode()), to=to)
    bureau.once()


def plus(bureau):
    bureau.set("bureau", plus_addresses="yes")
    marie = bureau.person("marie")
    note = opened(bureau, mails.simple("marie", message_id="<1@courrier.exemple.test>"))
    return marie, note


def test_no_token_address_unless_asked_for(bureau):
    marie = bureau.person("marie")
    note = opened(bureau)
    assert "Reply-To" not in note and "Reply-To" not in bureau.acks(marie)[0]


def test_token_address_proves_its_agent(bureau):
    marie, note = plus(bureau)
    local, _, domain = str(note["Reply-To"]).partition("@")
    assert local.startswith("bureaudesinterventions+") and domain == bureau.address.split("@")[1]
    assert local.split("+")[1] == str(note["Message-ID"]).split(".")[2]
    bare_answer(bureau, note, "claire.martin", "#prendre\n\nPassez jeudi.")
    (ticket,) = bureau.tickets()
    assert ticket["agent"] == "claire" and "Passez jeudi." in plain(bureau.acks(marie, "relay")[0])
    assert "+" not in str(bureau.acks(marie, "relay")[0]["From"])


def test_token_address_in_a_sensitive_link(bureau):
    bureau.set("bureau", plus_addresses="yes")
    note = opened(bureau, mails.VIOLENCE.raw())
    (link,) = re.findall(r"<(mailto:[^>]*)>", note.text)
    to = urllib.parse.unquote(urllib.parse.urlsplit(link).path)
    assert to == str(note["Reply-To"])
    bare_answer(bureau, note, "claire.martin", "#voir", to)
    assert "frappe" in plain(bureau.to_agents("transcript", bureau.claire)[0])


def test_token_address_is_its_agents_alone(bureau):
    """karim with claire's, a stranger with claire's, claire's disowned by her own domain."""
    marie, note = plus(bureau)
    eve = bureau.person("eve")
    bare_answer(bureau, note, "karim.benali", "Je réponds.")
    bare_answer(bureau, note, "eve", "Que disait-elle ?", domain="exemple.test", proof=True)
    fail = "Authentication-Results: mx.ville.test; dmarc=fail header.from=ville.test\n"
    bare_answer(bureau, note, "claire.martin", "Au revoir.", headers=fail)
    assert not bureau.acks(marie, "relay")
    ref = bureau.tickets()[0]["ref"]
    assert [t["ref"] for t in bureau.tickets() if t["citizen"] == eve.address] != [ref]
    assert all(ref not in m.as_string() + plain(m) for m in eve.mails())
    assert [m["outcome"] for m in bureau.messages()].count("quarantined") == 2


def test_citizens_token_address_proposes_the_ticket(bureau):
    marie, note = plus(bureau)
    (ack,) = bureau.acks(marie)
    assert str(ack["Reply-To"]) != str(note["Reply-To"]) and "+" in str(ack["Reply-To"])
    bare_answer(bureau, ack, "marie", "La suite.", domain="exemple.test", proof=True)
    assert len(bureau.tickets()) == 1 and bureau.tickets()[0]["messages"] == 2
    bare_answer(bureau, ack, "eve", "Et moi ?", domain="exemple.test", proof=True)
    assert len(bureau.tickets()) == 2


def test_token_address_is_quoted_to_nobody(bureau):
    marie, note = plus(bureau)
    (ack,) = bureau.acks(marie)
    secret = {str(m["Reply-To"]).partition("+")[2].partition("@")[0] for m in (note, ack)}
    says(bureau, note, f"Bonjour, écrivez-moi à {note['Reply-To']} ou citez {note['Message-ID']}.")
    bureau.deliver(mails.reply(ack, "marie", f"J'écris à {ack['Reply-To']}, {ack['Message-ID']}."))
    bureau.once()
    (relay,) = bureau.acks(marie, "relay")
    last = told(bureau, bureau.claire)[-1]
    assert "écrivez-moi à " + bureau.address in plain(relay)
    assert "J'écris à " + bureau.address in plain(last)
    for text in (relay.text, last.text):
        assert not any(s in text for s in secret)


# Two agents.

def test_first_answer_takes_the_ticket_and_a_second_is_told_to_both(bureau):
    marie = bureau.person("marie")
    hers = opened(bureau)
    (his,) = told(bureau, bureau.karim)
    says(bureau, hers, "Passez jeudi.")
    assert bureau.tickets()[0]["agent"] == "claire" and len(told(bureau, bureau.karim)) == 1
    says(bureau, his, "Plutôt vendredi.", who="karim.benali")
    assert [("jeudi" in plain(m), "vendredi" in plain(m)) for m in bureau.acks(marie, "relay")] \
        == [(True, False), (False, True)]
    assert bureau.tickets()[0]["agent"] == "claire"
    (transcript,) = bureau.to_agents("transcript", bureau.karim)
    assert "Ce dossier est suivi par claire." in plain(transcript)
    note = told(bureau, bureau.claire)[-1]
    assert note["X-Bureaud-Ticket"] == bureau.tickets()[0]["ref"]
    assert "Karim Benali a répondu" in plain(note) and "Plutôt vendredi." in plain(note)
    # Her answer to that is one to the citizen, proven by its token.
    says(bureau, note, "Les deux conviennent.", proof=False)
    assert "Les deux conviennent." in plain(bureau.acks(marie, "relay")[-1])
    assert "Plutôt" not in plain(bureau.acks(marie, "relay")[-1])
    assert len(told(bureau, bureau.karim)) == 1


def test_second_answer_in_a_sensitive_ticket_is_told_without_its_words(bureau):
    bureau.person("nadia.k")
    note = opened(bureau, mails.VIOLENCE.raw())
    says(bureau, note, "#affecter karim")
    says(bureau, note, "Venez me voir, je suis là.")
    (mail,) = [m for m in told(bureau, bureau.karim)
               if "a répondu" in plain(m)]
    assert "Venez" not in plain(mail) and "nadia" not in mail.as_string()
    assert "sensible · réponse de Claire Martin" in str(mail["Subject"])

