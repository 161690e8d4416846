"""Words that write to citizens and partners: #rdv, #orienter, #transmettre, #pieces, #modele."""
import datetime
import email.utils
import re

import mails
import pytest
from test_orders import opened, plain, says, ticket, transcript

DIRECTORY = """[ccas]
nom = Centre communal d’action sociale
tel = 03 00 00 11 11
courriel = ccas@partenaire{tag}.test
adresse = 2 rue Haute
verifie_le = {today}

[secours]
nom = Secours de Valmont
tel = 03 00 00 22 22
verifie_le = {today}
discret = oui

[vieille]
nom = Vieille fiche
tel = 03 00 00 33 33
courriel = vieille@partenaire{tag}.test
verifie_le = 2020-01-01
"""


@pytest.fixture
def desk(bureau):
    """A bureau with a directory."""
    bureau.write("annuaire.conf", DIRECTORY.format(tag=bureau.tag, today=datetime.date.today()))
    bureau.set("bureau", directory="annuaire.conf")
    return bureau


def open_day(n=0):
    """The n-th Tuesday from a week on that is no holiday, as an agent writes it."""
    day = datetime.date.today() + datetime.timedelta(days=7)
    while day.weekday() != 1 or (day.month, day.day) in (
            (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)) or n > 0:
        n -= day.weekday() == 1
        day += datetime.timedelta(days=1)
    return day


def fold_free(raw):
    """The content lines of an iCalendar object, checked as RFC 5545 3.1 wants them."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()                   # no character is cut in two
    lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    out = []
    for line in lines:
        found = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line)
        assert found, line
        out.append((found[1], dict(p.split("=", 1) for p in found[2].split(";")[1:]), found[3]))
    return out


def event(mail):
    """(method of the MIME type, {property: (parameters, value)} of the VEVENT, all lines)."""
    (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    lines = fold_free(part.get_payload(decode=True))
    stack, found = [], {}
    for name, params, value in lines:
        if name == "BEGIN":
            stack.append(value)
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in found
            found[name] = (params, value)
    assert not stack
    method = part["Content-Type"].params["method"]
    assert ("METHOD", {}, method) in lines
    return method, found, lines


def invites(bureau, who):
    return sorted(bureau.acks(who, "invite"), key=lambda m: int(event(m)[1]["SEQUENCE"][1]))


def threaded(bureau, mail):
    first = [m for m in bureau.messages() if m["role"] == "citizen"][0]
    return str(mail["In-Reply-To"]) == first["message_id"]


def test_meeting_change_and_cancel(desk):
    marie, note = opened(desk)
    day, other = open_day(), open_day(1)
    says(desk, note, f"#rdv {day:%d/%m/%Y} 14:30 Salle des fêtes, 1er étage")
    (mail,) = invites(desk, marie)
    method, e, lines = event(mail)
    ref = ticket(desk)["ref"]
    assert method == "REQUEST" and e["SEQUENCE"][1] == "0" and e["STATUS"][1] == "CONFIRMED"
    assert e["UID"][1] == f"{ref}@ville{desk.tag}.test"
    assert e["DTSTART"] == ({"TZID": "Europe/Paris"}, f"{day:%Y%m%d}T143000")
    assert e["DTEND"] == ({"TZID": "Europe/Paris"}, f"{day:%Y%m%d}T150000")
    assert re.fullmatch(r"\d{8}T\d{6}Z", e["DTSTAMP"][1])
    assert e["LOCATION"][1] == "Salle des fêtes\\, 1er étage"
    assert e["ORGANIZER"][1] == f"mailto:{desk.address}"
    assert e["ATTENDEE"][1] == f"mailto:{marie.address}"
    assert e["ATTENDEE"][0]["RSVP"] == "TRUE"
    assert e["ATTENDEE"][0]["PARTSTAT"] == "NEEDS-ACTION"
    assert ("TZID", {}, "Europe/Paris") in lines and ("BEGIN", {}, "VTIMEZONE") in lines
    assert "14 h 30" in plain(mail) and "Salle des fêtes" in plain(mail)
    assert f"[{ref}]" in str(mail["Subject"]) and threaded(desk, mail)
    assert mail["Return-Path"] == f"<{desk.address}>" and "X-Bureaud-Kind" not in mail
    assert "claire.martin" not in str(mail)
    t = ticket(desk)
    assert (t["state"], t["due"], t["agent"]) == ("waiting", f"{day}", "claire")
    assert "✔ #rdv" in transcript(desk) and "Rien n" not in transcript(desk)

    says(desk, note, f"#rdv {other:%d/%m/%Y} 9h")
    second = invites(desk, marie)[1]
    method, f, _ = event(second)
    assert (method, f["SEQUENCE"][1], f["UID"]) == ("REQUEST", "1", e["UID"])
    assert f["DTSTART"][1] == f"{other:%Y%m%d}T090000" and "déplacé" in plain(second)
    assert f["LOCATION"][1].startswith("1 place de la Mairie")

    says(desk, note, "#rdv annuler")
    third = invites(desk, marie)[2]
    method, g, _ = event(third)
    assert (method, g["SEQUENCE"][1], g["UID"]) == ("CANCEL", "2", e["UID"])
    assert g["STATUS"][1] == "CANCELLED" and g["DTSTART"] == f["DTSTART"]
    assert "annulé" in plain(third)
    says(desk, note, "#rdv annuler")
    assert len(invites(desk, marie)) == 3 and "✘ #rdv" in transcript(desk)


def test_meeting_refused(desk):
    marie, note = opened(desk)
    day = open_day()
    for words in (f"#rdv {day:%d/%m/%Y} 3h", f"#rdv {day:%d/%m/%Y}", "#rdv annuler",
                  f"#sensible\n#rdv {day:%d/%m/%Y} 9h", f"#rdv {day:%d/%m/%Y} 9h\n#sensible",
                  f"#clore\n#rdv {day:%d/%m/%Y} 9h"):
        says(desk, note, words)
        assert "✘ #rdv" in transcript(desk), words
    assert not invites(desk, marie)
    t = ticket(desk)
    assert (t["state"], t["sensitive"]) == ("open", False)


def test_no_invitation_on_a_sensitive_ticket(desk):
    marie, note = opened(desk, body="Mon mari me frappe, j'ai peur, aidez-moi.")
    says(desk, note, f"#rdv {open_day():%d/%m/%Y} 9h")
    assert marie.mails() == [] and "✘ #rdv" in transcript(desk)
    says(desk, note, "#transmettre ccas")
    assert marie.mails() == [] and "#confirmer" in transcript(desk)
    assert desk.person("ccas", "partenaire").mails() == []
    says(desk, note, "#orienter ccas, secours")
    (mail,) = desk.acks(marie, "orient")
    assert "Secours de Valmont" in plain(mail) and "Centre communal" not in plain(mail)
    assert str(mail["Subject"]) == "Votre message à la mairie"
    assert ticket(desk)["ref"] not in plain(mail) and "ccas" in transcript(desk)


def test_directing_to_others(desk):
    marie, note = opened(desk)
    says(desk, note, "#orienter CCAS, secours, vieille\n\nBon courage, Marie.")
    (mail,) = desk.acks(marie, "orient")
    text = plain(mail)
    assert "03 00 00 11 11" in text and "2 rue Haute" in text and "Secours de Valmont" in text
    assert "Vieille" not in text and "vieille" in transcript(desk)
    assert "Bon courage" in plain(desk.acks(marie, "relay")[0]) and threaded(desk, mail)
    t = ticket(desk)
    assert (t["state"], t["outcome"], t["agent"]) == ("waiting", "referred", "claire")
    assert t["first_answer"]
    says(desk, note, "#orienter vieille")
    assert "✘ #orienter" in transcript(desk) and len(desk.acks(marie, "orient")) == 1
    # The partner that was named may write into the ticket.
    desk.person("ccas", "partenaire")
    desk.deliver(mails.reply(mail, "ccas", "Elle est venue.", domain="partenaire.test"))
    desk.once()
    assert len(desk.tickets()) == 1 and ticket(desk)["state"] == "open"


def test_proposed_outcome_is_kept_when_closed(desk):
    _, note = opened(desk)
    says(desk, note, "#orienter ccas\n#clore")
    assert (ticket(desk)["state"], ticket(desk)["outcome"]) == ("closed", "referred")
    says(desk, note, "#orienter ccas")
    assert "#rouvrir" in transcript(desk)


def test_passing_on(desk):
    ccas = desk.person("ccas", "partenaire")
    marie = desk.person("marie")
    desk.deliver(mails.attach(mails.simple("marie"), "bail é.pdf", b"%PDF-1"))
    desk.once()
    note = desk.to_agents("notify", desk.claire)[-1]
    desk.deliver(mails.simple("marie", f"Re: [{ticket(desk)['ref']}]", "Autre précision : le 30."))
    desk.once()
    says(desk, note, "#transmettre ccas")
    (forward,) = desk.acks(ccas, "forward")
    text = plain(forward)
    assert "je dois quitter le mien" in text and "Autre précision" in text
    assert text.index("je dois quitter") < text.index("Autre précision")
    assert marie.address in text and "bail é.pdf" in text and "L. 114-2" in text
    assert not list(forward.iter_attachments()) and "claire.martin" not in str(forward)
    assert forward["Return-Path"] == f"<{desk.address}>" and "X-Bureaud-Kind" not in forward
    (told,) = desk.acks(marie, "orient")
    assert "Centre communal d’action sociale" in plain(told) and "L. 114-2" in plain(told)
    assert str(told["To"]) == marie.address and len(desk.acks(marie, "forward")) == 0
    t = ticket(desk)
    assert (t["state"], t["outcome"]) == ("waiting", "transferred")
    assert "pièces jointes" in transcript(desk)
    # Its answer reaches the agents in the same ticket.
    desk.deliver(mails.reply(forward, "ccas", "Nous la recevons lundi.",
                             domain="partenaire.test"))
    desk.once()
    assert len(desk.tickets()) == 1
    assert "Nous la recevons lundi." in plain(desk.to_agents("notify", desk.claire)[-1])


def test_passing_on_refused(desk):
    marie, note = opened(desk)
    says(desk, note, "#transmettre secours")
    assert "courriel" in transcript(desk) and not desk.acks(marie, "orient")
    assert ticket(desk)["state"] == "open"


def test_missing_documents(desk):
    marie, note = opened(desk)
    day = open_day()
    says(desk, note, f"#pièces avis d'imposition, quittance de loyer, {day:%d/%m/%Y}")
    (mail,) = desk.acks(marie, "pieces")
    assert "– avis d'imposition\n– quittance de loyer" in plain(mail) and threaded(desk, mail)
    assert str(day.day) in plain(mail)
    t = ticket(desk)
    assert (t["state"], t["due"]) == ("waiting", f"{day}")
    says(desk, note, "#clore")
    says(desk, note, f"#pieces quittance, {day:%d/%m/%Y}")
    assert "#rouvrir" in transcript(desk) and len(desk.acks(marie, "pieces")) == 1


def test_canned_answer(desk):
    marie, note = opened(desk)
    says(desk, note, "#modele passer-nous-voir")
    (mail,) = desk.acks(marie, "relay")
    assert "1 place de la Mairie" in plain(mail) and "Claire Martin" in plain(mail)
    assert "{{" not in plain(mail) and threaded(desk, mail)
    assert (ticket(desk)["state"], ticket(desk)["agent"]) == ("waiting", "claire")
    says(desk, note, "#modele passer nous voir\n\nJe vous attends.\n\nClaire")
    assert len(desk.acks(marie, "relay")) == 2
    (both,) = [m for m in desk.acks(marie, "relay") if "Je vous attends." in plain(m)]
    assert "pièce d’identité" in plain(both)
    says(desk, note, "#modele inconnu")
    assert "✘ #modele" in transcript(desk) and len(desk.acks(marie, "relay")) == 2


def test_all_or_nothing(desk):
    """What was written before the word that fails is not sent either."""
    marie, note = opened(desk)
    says(desk, note, "#orienter ccas\n#modele passer-nous-voir\n#transmettre secours\n\nBonjour.")
    kinds = ("orient", "relay", "forward", "invite", "pieces")
    assert not [m for k in kinds for m in desk.acks(marie, k)]
    t = ticket(desk)
    assert (t["state"], t["outcome"], t["agent"]) == ("open", None, None)
    assert "✔" not in transcript(desk)


def test_too_many_letters_in_one_mail(desk):
    marie, note = opened(desk)
    says(desk, note, "\n".join(["#orienter ccas", "#orienter secours"] * 6))
    assert not desk.acks(marie, "orient") and "trop de courriers" in transcript(desk)


def test_safe_address_gets_the_letters(desk):
    marie, note = opened(desk)
    sure = desk.person("soeur")
    says(desk, note, f"#contact-sur {sure.address}")
    says(desk, note, f"#rdv {open_day():%d/%m/%Y} 9h\n#orienter ccas")
    assert not invites(desk, marie) and not desk.acks(marie, "orient")
    (mail,) = invites(desk, sure)
    assert event(mail)[1]["ATTENDEE"][1] == f"mailto:{sure.address}"
    assert email.utils.parseaddr(str(mail["To"]))[1] == sure.address
