"""[selftest] daily: a mail of the bureau to itself, through Postfix and back by Dovecot."""
import datetime
import re

import pytest
from bureau import kind_of

MORNING = datetime.datetime.fromisoformat("2024-11-26T07:05:00+01:00")


def at(**later):
    return (MORNING + datetime.timedelta(**later)).isoformat()


@pytest.fixture
def tested(bureau):
    bureau.set("selftest", daily="yes")
    return bureau


def own_mails(bureau):
    found = [m for mails in bureau.mailbox.all_mails().values() for m in mails
             if m["X-Bureaud-Kind"] == "selftest"]
    return sorted(found, key=lambda m: str(m["Date"]))


def told(bureau):
    return [m for m in bureau.admin.mails() if m["X-Bureaud-Kind"] == "admin"]


def status(bureau, **later):
    (s,) = bureau.ctl("-T", at(**later), "status", expect=None)
    return s


def said_by_status(bureau, **later):
    return bureau.ctl_run("-T", at(**later), "status").stdout.decode()


def test_it_goes_out_and_comes_back(tested):
    tested.once("-T", at())
    (mail,) = own_mails(tested)
    assert kind_of(mail) == "selftest" and mail["To"] == tested.address
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Return-Path"] in (None, "<>")
    assert mail["X-Bureaud-Loop"] == mail["Message-ID"] and mail["X-Bureaud-Ticket"] is None
    s = status(tested)["selftest"]
    assert s.pop("sent").startswith("2024-11-26T06:05:")    # the pass takes a moment
    assert s == {"returned": None, "delay_seconds": None, "late": False}
    tested.once("-T", at(minutes=2))
    (line,) = tested.messages()
    assert line["outcome"] == "ignored_self" and line["ticket"] is None
    s = status(tested, minutes=2)
    assert s["ok"] and s["selftest"]["delay_seconds"] in range(110, 150)
    assert not s["selftest"]["late"] and s["selftest"]["returned"].startswith("2024-11-26T06:07:")
    said = said_by_status(tested, minutes=2)
    assert re.search(r"^selftest +sent 2024-11-26 07:05, back after \d+ (s|min)$", said, re.M), said
    # Once a day, and nothing else comes of it.
    tested.once("-T", at(hours=5))
    tested.once("-T", at(hours=16))
    assert len(own_mails(tested)) == 1 and tested.tickets() == [] and told(tested) == []
    assert tested.to_agents("notify") == []
    tested.once("-T", at(days=1))
    assert len(own_mails(tested)) == 2
    assert status(tested, days=1)["selftest"]["delay_seconds"] is not None   # still the last known


def test_not_before_its_hour_and_not_unasked(bureau):
    bureau.once("-T", at())
    assert own_mails(bureau) == [] and status(bureau)["selftest"] is None
    bureau.set("selftest", daily="yes", time="23:00")
    bureau.once("-T", at(hours=1))
    assert own_mails(bureau) == []


def test_to_a_plus_address_where_answers_come_to_one(tested):
    tested.set("bureau", plus_addresses="yes")
    tested.once("-T", at())
    (mail,) = own_mails(tested)
    local, _, domain = tested.address.partition("@")
    assert re.fullmatch(re.escape(local) + r"\+[a-z2-7]{16}@" + re.escape(domain), mail["To"])
    tested.once("-T", at(minutes=1))
    assert status(tested, minutes=1)["selftest"]["returned"]


def test_one_that_does_not_come_back_is_told_of_once(tested):
    smtps = tested.srv.smtps_port
    tested.set("smtp", url="smtps://localhost:1")
    tested.once("-T", at(), expect=75)
    tested.once("-T", at(minutes=29), expect=75)
    assert not status(tested, minutes=29)["selftest"]["late"]
    for minutes in (31, 60, 24 * 60 + 5, 24 * 60 + 40):
        tested.once("-T", at(minutes=minutes), expect=75)
        assert [q["kind"] for q in tested.queue()].count("admin") == 1
    s = status(tested, minutes=24 * 60 + 40)
    assert s["selftest"]["late"] and not s["ok"]
    tested.set("smtp", url=f"smtps://localhost:{smtps}")
    tested.once("-T", at(minutes=24 * 60 + 50))
    (alert,) = told(tested)
    assert "n’est pas revenu" in alert["Subject"] and alert["X-Bureaud-Ticket"] is None
    assert "mardi 26 novembre 2024 à 7\u00a0h\u00a005" in alert.text
    assert "file d’envoi" in alert.text and "indésirables" not in alert.text
    # Both come late: what is known last is that the road is free again.
    tested.once("-T", at(minutes=24 * 60 + 51))
    s = status(tested, minutes=24 * 60 + 51)
    assert s["selftest"]["returned"] and not s["selftest"]["late"]
    # The next trouble is another one.
    tested.set("smtp", url="smtps://localhost:1")
    tested.once("-T", at(days=2), expect=75)
    tested.once("-T", at(days=2, minutes=31), expect=75)
    assert [q["kind"] for q in tested.queue() if q["state"] == "queued"].count("admin") == 1


def test_accepted_by_the_relay_and_lost(tested):
    tested.once("-T", at())
    (mail,) = own_mails(tested)
    tested.mailbox.store(mail.uid, "\\Deleted")
    with tested.mailbox.session("INBOX") as s:
        s.expunge()
    tested.once("-T", at(minutes=31))
    (alert,) = told(tested)
    assert "indésirables" in alert.text and "file d’envoi" not in alert.text
    assert "NOT BACK" in said_by_status(tested, minutes=31)


def test_nothing_but_the_mail_that_was_sent_counts(tested):
    """Of another id of ours, of an old one sent again, of one with a wrong signature."""
    tested.once("-T", at())
    tested.once("-T", at(minutes=1))
    (old,) = own_mails(tested)
    tested.once("-T", at(days=1))
    fresh = next(m for m in own_mails(tested) if m["Message-ID"] != old["Message-ID"])
    tested.mailbox.store(fresh.uid, "\\Deleted")
    with tested.mailbox.session("INBOX") as s:
        s.expunge()
    again = old.raw + b"\r\nencore\r\n"
    tested.mailbox.append(again)
    ref, kind, token, mac, domain = re.fullmatch(
        r"<(.+)\.(.+)\.(.+)\.(.+)@(.+)>", fresh["Message-ID"]).groups()
    forged = f"<{ref}.{kind}.{token}.{mac[::-1]}@{domain}>"
    tested.put(f"From: lea@exemple.test\nTo: {tested.address}\nMessage-ID: {forged}\n"
               f"X-Bureaud-Loop: {forged}\nX-Bureaud-Kind: selftest\nSubject: Message de contrôle\n"
               "Content-Type: text/plain; charset=utf-8\n\nJe cherche un logement.\n")
    tested.once("-T", at(days=1, minutes=31))
    assert status(tested, days=1, minutes=31)["selftest"]["late"]
    assert len(tested.tickets()) == 1       # the forged one is a person's mail like any other


def test_after_a_stop_the_mailbox_is_looked_at_first(tested):
    tested.once("-T", at())
    d = tested.start("-T", at(hours=2))
    d.settled(1)
    d.stop()
    assert status(tested, hours=2)["selftest"]["returned"] and told(tested) == []
