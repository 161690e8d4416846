"""What was set aside: a person lets it out as a citizen's mail, or calls it spam."""
import mails
import pytest
from waiting import wait_for

FILED, REVIEW = "Bureau/Traités", "Bureau/À voir"
VILLE = "ville.test"
SPAM = "X-Spam-Flag: YES\n"


def aside(bureau, raw):
    """One mail set aside: its line of `review`."""
    bureau.deliver(raw)
    bureau.once()
    assert len(bureau.mailbox.mails(REVIEW)) == 1 and bureau.mailbox.mails() == []
    (row,) = bureau.ctl("review")
    return row


def of_tickets(bureau):
    """Claire's notifications, but for those of what was set aside."""
    return [m for m in bureau.to_agents("notify", bureau.claire) if m["X-Bureaud-Ticket"]]


def test_the_list(bureau):
    bureau.person("marie")
    row = aside(bureau, mails.simple("marie", headers=SPAM, message_id="<un@courrier.exemple.test>"))
    assert row["from"].startswith("marie@") and row["subject"] == "Demande d'aide"
    assert row["because"] and row["received"].endswith("Z") and row["asked"] is False
    assert "un@courrier" in row["message_id"]
    text = bureau.ctl_run("review").stdout.decode()
    assert str(row["id"]) in text and "Demande d'aide" in text


def test_release_makes_it_a_citizens_mail(bureau):
    marie = bureau.person("marie")
    row = aside(bureau, mails.simple("marie", headers=SPAM))
    assert marie.mails() == []
    bureau.ctl("review", "release", str(row["id"]))
    (asked,) = bureau.ctl("review")
    assert asked["asked"] is True
    assert bureau.ctl_run("review", "release", str(row["id"])).returncode == 65
    assert bureau.ctl_run("review", "spam", str(row["id"])).returncode == 65
    bureau.once()
    assert bureau.ctl("review") == []
    (line,) = bureau.messages()
    assert (line["outcome"], line["role"], line["copies"]) == ("new_ticket", "citizen", 1)
    (t,) = bureau.tickets()
    assert t["category"] == "logement" and t["citizen"] == marie.address
    assert len(bureau.acks(marie)) == 1
    assert len(of_tickets(bureau)) == 1
    # Where a citizen's mail stays until its ticket is closed.
    (mail,) = bureau.mailbox.mails()
    assert "$Bureaud" in mail.flags and bureau.mailbox.mails(REVIEW) == []
    (shown,) = bureau.ctl("show", t["ref"])
    assert [e["kind"] for e in shown["timeline"]].count("admin") == 1
    assert [r["act"] for r in bureau.ctl("journal")] == [f"review release {row['id']}", "show"]
    bureau.once()
    assert len(bureau.acks(marie)) == 1 and len(bureau.messages()) == 1
    assert bureau.ctl_run("review", "release", str(row["id"])).returncode == 65


def test_spam_is_recorded_and_never_answered(bureau):
    marie = bureau.person("marie")
    row = aside(bureau, mails.simple("marie", headers=SPAM))
    bureau.ctl("review", "spam", str(row["id"]))
    assert bureau.ctl("review") == []
    (line,) = bureau.messages()
    assert line["outcome"] == "recorded_no_ack" and line["ticket"] is None
    bureau.once()
    assert marie.mails() == [] and bureau.tickets() == []
    assert bureau.mailbox.mails(REVIEW) == [] and len(bureau.mailbox.mails(FILED)) == 1
    assert [r["act"] for r in bureau.ctl("journal")] == [f"review spam {row['id']}"]


def test_an_agents_name_is_no_proof_once_released(bureau):
    """Anybody may write her name into From: let out, it is a stranger's mail and orders nothing."""
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    note = bureau.to_agents("notify", bureau.claire)[-1]
    (before,) = bureau.tickets()
    forged = mails.simple("claire.martin", f"Re: [{before['ref']}]", "#clore\n#sans-reponse\nBonjour.",
                          domain=VILLE, proof=False)
    row = aside_again(bureau, forged)
    bureau.ctl("review", "release", str(row["id"]))
    bureau.once()
    old, new = bureau.tickets()
    assert (old["state"], old["messages"]) == (before["state"], before["messages"])
    assert new["citizen"] == bureau.claire.address
    assert [m["role"] for m in bureau.messages()] == ["citizen", "citizen"]
    assert not bureau.to_agents("transcript") and note["X-Bureaud-Ticket"] == old["ref"]
    assert [r["act"] for r in bureau.ctl("journal")] == [f"review release {row['id']}"]


def aside_again(bureau, raw):
    bureau.deliver(raw)
    bureau.once()
    (row,) = bureau.ctl("review")
    return row


@pytest.mark.parametrize("raw", [
    mails.simple("marie", headers="From: a@exemple.test\n"),
    mails.simple("bureaudesinterventions", domain=VILLE, proof=False),
], ids=["two authors", "our own address"])
def test_without_an_author_to_answer_nobody_is_answered(bureau, raw):
    marie, a = bureau.person("marie"), bureau.person("a")
    row = aside(bureau, raw)
    bureau.ctl("review", "release", str(row["id"]))
    bureau.once()
    (t,) = bureau.tickets()
    assert t["state"] == "open" and bureau.messages()[0]["outcome"] == "new_ticket"
    assert marie.mails() == [] and a.mails() == []
    assert not [q for q in bureau.queue() if q["kind"] == "ack"]
    assert len(of_tickets(bureau)) == 1


def test_a_running_daemon_takes_it_up(bureau):
    bureau.set("imap", poll_seconds="1")
    marie = bureau.person("marie")
    d = bureau.start().ready()
    bureau.deliver(mails.simple("marie", headers=SPAM))
    wait_for("the mail to be set aside", lambda: bureau.ctl("review"))
    (row,) = bureau.ctl("review")
    bureau.mailbox.wait("the mail in review", folder=REVIEW)
    bureau.ctl("review", "release", str(row["id"]))
    marie.wait("the acknowledgment")
    assert d.stop() == 0 and len(bureau.tickets()) == 1


def test_what_is_not_in_the_mailbox_waits_and_says_so(bureau):
    marie = bureau.person("marie")
    row = aside(bureau, mails.simple("marie", headers=SPAM))
    (mail,) = bureau.mailbox.mails(REVIEW)
    with bureau.mailbox.session(REVIEW) as s:
        s.uid("STORE", str(mail.uid), "+FLAGS.SILENT", "\\Deleted")
        s.expunge()
    bureau.ctl("review", "release", str(row["id"]))
    bureau.once()
    (waits,) = bureau.ctl("review")
    assert waits["trouble"] and waits["asked"]
    # Somebody finds it again and puts it back.
    bureau.mailbox.append(mail.raw, REVIEW)
    bureau.once()
    assert bureau.ctl("review") == [] and len(bureau.acks(marie)) == 1


def test_moved_out_by_hand_it_is_found_where_it_is(bureau):
    marie = bureau.person("marie")
    row = aside(bureau, mails.simple("marie", headers=SPAM))
    with bureau.mailbox.session(REVIEW) as s:
        uid = s.uid("SEARCH", "ALL")[1][0].split()[-1].decode()
        assert s.uid("MOVE", uid, "INBOX")[0] == "OK"
    bureau.once()
    bureau.ctl("review", "release", str(row["id"]))
    bureau.once()
    bureau.once()
    assert len(bureau.acks(marie)) == 1 and len(bureau.messages()) == 1
    assert len(bureau.mailbox.mails()) == 1 and bureau.ctl("review") == []


@pytest.mark.parametrize("args", [["release"], ["release", "x"], ["spam", "-1"], ["jeter", "1"]])
def test_usage(bureau, args):
    bureau.bureaud("--init")
    assert bureau.ctl_run("review", *args).returncode == 64


def test_no_such_mail(bureau):
    bureau.bureaud("--init")
    for act in ("release", "spam"):
        done = bureau.ctl_run("review", act, "4711")
        assert done.returncode == 65 and len(done.stderr.splitlines()) == 1
    assert bureau.ctl("journal") == []
