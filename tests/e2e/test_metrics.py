"""[metrics] file: a strict reader takes it, its figures are those of bureauctl, nothing of a
person is in it; and what status says of a daemon that is well, broken or stopped."""
import os
import time

import mails
import openmetrics
import pytest
from bureau import FakeServer
from waiting import wait_for


def metrics(bureau):
    return openmetrics.parse((bureau.folder / "m" / "bureaud.prom").read_text())


@pytest.fixture
def measured(bureau):
    (bureau.folder / "m").mkdir()
    bureau.set("metrics", file="m/bureaud.prom")
    return bureau


def test_the_reader_itself_is_strict():
    good = "# TYPE a counter\n# HELP a b\na_total{x=\"y\"} 1\n# EOF\n"
    openmetrics.parse(good)
    for bad in (good[:-1], good + "\n", good.replace("a_total", "a"), good.replace(" 1", "  1"),
                good.replace('"y"', "y"), good.replace(" 1", " -1"), good.replace("# HELP a b\n", ""),
                good.replace("# EOF", "a_total{x=\"y\"} 1\n# EOF"), good.replace("\n", "\r\n"),
                good.replace("# TYPE a counter\n", ""), "# TYPE a gauge\n# HELP a b\n# EOF\n",
                good.replace("# HELP", "# UNIT a seconds\n# HELP"), good.replace('x="y"', 'x="y",x="z"'),
                good.replace("a b\n", "a b\n# note\n"), ""):
        with pytest.raises(ValueError):
            openmetrics.parse(bad)


def test_figures_of_one_pass(measured):
    for m in (mails.EXPULSION, mails.VIOLENCE, mails.THANKS):
        measured.person(m.who)
        measured.deliver(m.raw(), drain=False)
    measured.deliver(mails.NEWSLETTER.raw(), mails.NEWSLETTER.sender)
    before = int(time.time())
    measured.once()
    families, s = metrics(measured)
    (status,) = measured.ctl("status", expect=None)
    assert all(name.startswith("bureaud_") for name in families)
    assert {k: s[f'bureaud_tickets{{state="{k}"}}'] for k in status["tickets"]} == status["tickets"]
    outcomes = [m["outcome"] for m in measured.messages()]
    for outcome in ("new_ticket", "append", "bounce", "recorded_no_ack", "quarantined", "ignored_self"):
        assert s[f'bureaud_mails_total{{outcome="{outcome}"}}'] == outcomes.count(outcome)
    states = [q["state"] for q in measured.queue()]
    for state in ("queued", "sending", "sent", "dead", "unsure"):
        assert s[f'bureaud_outbox_mails{{state="{state}"}}'] == states.count(state)
    assert s["bureaud_outbox_oldest_seconds"] == s["bureaud_outbox_held_mails"] == 0
    assert s["bureaud_breaker_tripped"] == 0 and s["bureaud_ok"] == 1
    assert before <= s["bureaud_mailbox_last_poll_timestamp_seconds"] <= time.time()
    assert before <= s["bureaud_written_timestamp_seconds"] <= time.time()
    text = (measured.folder / "m" / "bureaud.prom").read_text()
    for word in (mails.EXPULSION.who, "@", "test", "BI-", "Dupuis", "claire"):
        assert word not in text, word


def test_the_file_is_replaced_and_readable(measured):
    measured.person("marie")
    measured.deliver(mails.simple("marie"))
    old = os.umask(0o077)
    try:
        measured.once()
    finally:
        os.umask(old)
    path = measured.folder / "m" / "bureaud.prom"
    first = path.stat()
    assert first.st_mode & 0o777 == 0o644
    with open(path) as held:
        measured.once()
        openmetrics.parse(held.read())      # who reads meanwhile has a whole file
    assert path.stat().st_ino != first.st_ino
    assert os.listdir(path.parent) == ["bureaud.prom"]


def test_a_folder_that_is_missing_stops_no_mail(bureau):
    bureau.set("metrics", file="nowhere/bureaud.prom")
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    done = bureau.once()
    assert "metrics" in done.stderr and len(bureau.acks(bureau.person("marie"))) == 1


def test_held_acknowledgments_trip_the_breaker(measured):
    measured.set("limits", acks_per_hour=1)
    for who in ("marie", "paul", "lea"):
        measured.person(who)
        measured.put(mails.simple(who))
    measured.once()
    _, s = metrics(measured)
    assert (s["bureaud_breaker_tripped"], s["bureaud_outbox_held_mails"]) == (1, 2)
    (status,) = measured.ctl("status")
    assert status["breaker"] == "tripped" and status["ok"] is True


def test_running_and_stopped(measured):
    d = measured.start().ready()
    wait_for("the metrics of the first poll", lambda: os.path.exists(
        measured.folder / "m" / "bureaud.prom") and metrics(measured)[1]["bureaud_mailbox_connected"] == 1)
    assert measured.ctl_run("status").returncode == 0
    d.stop()
    _, s = metrics(measured)
    assert (s["bureaud_ok"], s["bureaud_mailbox_connected"]) == (0, 0)
    (status,) = measured.ctl("status", expect=1)
    assert status["ok"] is False and status["mailbox"]["connected"] is False
    assert status["mailbox"]["last_poll"] is not None
    text = measured.ctl_run("status").stdout.decode()
    assert text.startswith("NOT OK") and "why" in text and "stopped" in text


def test_killed_is_told_by_the_last_heartbeat(bureau):
    d = bureau.start().ready()
    d.kill()
    done = bureau.ctl_run("-T", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)),
                          "status")
    assert done.returncode == 1 and b"sign of life" in done.stdout


def test_a_mailbox_that_is_gone(measured):
    def hang_up(server, c):
        c.close()
    server = FakeServer(hang_up)
    assert measured.bureaud("--init").returncode == 0
    measured.set("imap", url=f"imaps://localhost:{server.port}")
    measured.start()
    wait_for("metrics that tell of it", lambda: os.path.exists(
        measured.folder / "m" / "bureaud.prom") and metrics(measured)[1]["bureaud_ok"] == 0)
    wait_for("status to tell of it", lambda: measured.ctl_run("status").returncode == 1)
    server.close()
