"""The agents' guide: once to each agent with the first notification, and for who asks #aide."""
import mails
from test_orders import VILLE, opened, plain, says, transcript


def guides(bureau, *who):
    return [m for m in bureau.to_agents("admin", *who) if "guide" in str(m["Subject"])]


def test_once_to_each_agent_with_the_first_notification(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Emploi", "Je suis au chômage, je cherche un emploi."))
    bureau.once()
    (guide,) = guides(bureau, bureau.claire)
    assert not guides(bureau, bureau.karim)     # nothing of his categories yet
    text = plain(guide)
    assert "GUIDE DE L’AGENT" in text and "#prendre" in text and "{{" not in text
    assert guide["Auto-Submitted"] == "auto-generated" and "X-Bureaud-Ticket" not in guide
    assert str(guide["To"]) == bureau.claire.address
    bureau.deliver(mails.simple("marie", "Logement", "Je cherche aussi un logement."))
    bureau.once()
    bureau.once()
    assert len(guides(bureau, bureau.claire)) == len(guides(bureau, bureau.karim)) == 1


def test_an_agent_who_comes_later_gets_it_too(bureau):
    opened(bureau)
    nadia = bureau.srv.mailbox(f"nadia@ville{bureau.tag}.test")
    with open(bureau.conf, "a") as conf:
        conf.write(f"\n[agent nadia]\nname = Nadia\naddress = {nadia.address}\ncategories = *\n")
    bureau.once()
    assert nadia.mails() == []
    bureau.deliver(mails.simple("marie", "Logement", "Je cherche encore un logement."))
    bureau.once()
    assert len(guides(bureau, nadia)) == 1 and len(guides(bureau)) == 2


def test_without_agents_nobody_is_greeted(bureau):
    text = bureau.conf.read_text()
    bureau.conf.write_text(text[:text.index("[agent claire]")])
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    assert all("guide" not in str(m["Subject"]) for m in bureau.admin.mails())


def test_help_is_the_guide(bureau):
    _, note = opened(bureau)
    says(bureau, note, "#aide")
    assert "✔ #aide" in transcript(bureau) and "GUIDE DE L’AGENT" in transcript(bureau)
    lines = [line for line in transcript(bureau).splitlines() if line.startswith(("✔", "✘"))]
    assert len(lines) == 1


def test_an_answer_to_the_guide_moves_nothing(bureau):
    _, note = opened(bureau)
    (guide,) = guides(bureau, bureau.claire)
    bureau.deliver(mails.reply(guide, "claire.martin", "Merci, c’est clair.", domain=VILLE))
    bureau.once()
    assert bureau.tickets()[0]["state"] == "open" and len(bureau.tickets()) == 1
    assert not bureau.acks(bureau.person("marie"), "relay")
    assert "#prendre" in transcript(bureau)
