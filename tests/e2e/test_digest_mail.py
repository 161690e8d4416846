"""When the digest goes out: once an ISO week to each address of the cabinet, whatever the clock,
a stop or a crash does."""
import re
import shutil
import sqlite3
import subprocess

import mails
import pytest
from bureau import BIN
from test_first import lose

FRIDAY = "2024-11-22T10:00:00+01:00"
MONDAY = "2024-11-25T08:00:00+01:00"


@pytest.fixture
def began(bureau):
    """Its database begins on Friday 22 November 2024, with one ticket."""
    bureau.deliver(mails.simple("marie", "Logement", "Je cherche un logement pour nous cinq."))
    bureau.once("-T", FRIDAY)
    return bureau


def digests(bureau, box=None):
    return bureau.to_agents("digest", box or bureau.cabinet)


def week_told(mail):
    return re.search(r"semaine (\d+) de (\d+)", str(mail["Subject"])).groups()


def sent_at(bureau, *clocks):
    """How many digests there are after a pass at each of these times."""
    seen = []
    for clock in clocks:
        bureau.once("-T", clock)
        seen.append(len(digests(bureau)))
    return seen


def test_monday_at_eight_once(began):
    assert sent_at(began, "2024-11-25T07:59:00+01:00", MONDAY, MONDAY, "2024-11-29T18:00:00+01:00",
                   "2024-12-02T07:00:00+01:00", "2024-12-02T08:00:00+01:00") == [0, 1, 1, 1, 1, 2]
    assert [week_told(m) for m in digests(began)] == [("47", "2024"), ("48", "2024")]


def test_the_mail_itself(began):
    began.once("-T", MONDAY)
    (mail,) = digests(began)
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Auto-Response-Suppress"] == "All"
    assert mail["To"] == began.cabinet.address and "X-Bureaud-Ticket" not in mail
    assert mail["Return-Path"] in ("<>", None)
    assert mail.get_content_type() == "multipart/alternative"
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    page, *pictures = related.iter_parts()
    assert related.get_content_type() == "multipart/related"
    assert page.get_content_type() == "text/html" and len(pictures) == 2
    source = page.get_content()
    for p in pictures:
        assert p.get_content_type() == "image/png" and p.get_content().startswith(b"\x89PNG\r\n")
        assert f'src="cid:{p["Content-ID"].strip("<>")}"' in source
    assert source.count("<img") == 2 and source.count('alt="') == 2
    assert not re.search(r"(?i)<script|https?:|url\(|<link|<iframe|\bon\w+=", source)
    assert max(len(line) for line in bytes(mail.raw or mail.as_bytes()).splitlines()) <= 998
    # The same words in both.
    words = " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", source, flags=re.S).split())
    assert "Le bureau" not in words and "La santé du service" in words
    for heading in re.findall(r"(?m)^(.+)\n-+$", text.get_content()):
        assert heading in words


def test_a_week_once_told_is_not_told_anew_for_a_few_late_ones(began):
    """Their number would be the difference of two digests."""
    db = sqlite3.connect(began.folder / "bureaud.db")

    def opened(n, week):
        at = f"strftime('%s', '2024-11-{18 if week == 47 else 26} 09:00')"
        for i in range(n):
            db.execute("INSERT INTO ticket (ref, state, outcome, urgency, category, opened,"
                       f" last_activity) VALUES ('x{week}.{n}.{i}', 'open', '', 'normal',"
                       f" 'voirie', {at}, 0)")
        db.commit()
    opened(9, 47)
    began.once("-T", MONDAY)
    opened(3, 47)
    opened(6, 48)
    began.once("-T", "2024-12-02T08:00:00+01:00")
    opened(2, 47)                       # five in all: a difference that may show
    began.once("-T", "2024-12-09T08:00:00+01:00")
    weeks = [re.search(r"(?m)^ +47 +(\d+)", m.text)[1] for m in digests(began)]
    assert weeks == ["9", "9", "14"]


def test_each_address_of_the_cabinet(began):
    other = began.person("elue", "ville")
    began.set("cabinet", address=f"{began.cabinet.address}, {other.address}")
    assert sent_at(began, MONDAY, MONDAY) == [1, 1]
    assert len(digests(began, other)) == 1
    assert digests(began, other)[0]["To"] == other.address


def test_an_address_written_otherwise_is_the_same(began):
    """In other capitals, or twice."""
    assert sent_at(began, MONDAY) == [1]
    local, domain = began.cabinet.address.split("@")
    began.set("cabinet", address=f"{local.upper()}@{domain}, {began.cabinet.address}")
    assert sent_at(began, MONDAY, "2024-12-02T08:00:00+01:00") == [1, 2]


def test_a_rebuilt_database_sends_no_week_again(began):
    """The snapshot of Sunday night knows nothing of Monday's digest."""
    began.once("-T", "2024-11-25T03:00:05+01:00")
    assert sent_at(began, MONDAY) == [1]
    lose(began)
    began.ctl("rebuild", "--into", began.folder / "bureaud.db", "-T", "2024-11-25T09:00:00+01:00")
    assert sent_at(began, "2024-11-25T10:00:00+01:00", "2024-12-02T08:00:00+01:00") == [1, 2]


def test_no_address_no_digest(began):
    began.set("cabinet", address=None)
    began.once("-T", MONDAY)
    assert [q for q in began.queue() if q["kind"] == "digest"] == []


def test_a_new_database_tells_of_no_week_before_it(bureau):
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", MONDAY)
    assert digests(bureau) == []


def test_day_and_time_of_the_configuration(began):
    began.set("cabinet", day="wednesday", time="17:30")
    assert sent_at(began, MONDAY, "2024-11-27T17:29:00+01:00", "2024-11-27T17:30:00+01:00") == \
        [0, 0, 1]


def test_first_working_day_after_a_holiday(bureau):
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", "2025-06-06T10:00:00+02:00")
    # Whit Monday.
    assert sent_at(bureau, "2025-06-09T08:00:00+02:00", "2025-06-09T23:00:00+02:00",
                   "2025-06-10T07:59:00+02:00", "2025-06-10T08:00:00+02:00") == [0, 0, 0, 1]


def test_missed_goes_out_once_late(began):
    """Off for three weeks: the latest week, and no burst."""
    assert sent_at(began, "2024-12-12T22:00:00+01:00", "2024-12-12T23:00:00+01:00") == [1, 1]
    assert week_told(digests(began)[0]) == ("49", "2024")


@pytest.mark.parametrize("other", ["2034-11-27T09:00:00+01:00", "2014-11-27T09:00:00+01:00",
                                   "1970-01-05T09:00:00+01:00"])
def test_a_clock_that_jumps_sends_no_week_twice(began, other):
    assert sent_at(began, MONDAY) == [1]
    began.once("-T", other)
    began.once("-T", "2024-11-25T09:00:00+01:00")
    began.once("-T", other)
    began.once("-T", "2024-11-25T10:00:00+01:00")
    told = [week_told(m) for m in digests(began)]
    assert len(set(told)) == len(told) and told.count(("47", "2024")) == 1


@pytest.mark.parametrize("clocks", [
    # Clocks go back in the night before Monday 28 October 2024, forward before 31 March 2025.
    ("2024-10-25T10:00:00+02:00", "2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00",
     "2024-10-28T07:30:00+01:00", "2024-10-28T08:00:00+01:00", "2024-10-28T09:00:00+01:00"),
    ("2025-03-28T10:00:00+01:00", "2025-03-30T01:59:00+01:00", "2025-03-30T03:01:00+02:00",
     "2025-03-31T07:30:00+02:00", "2025-03-31T08:00:00+02:00", "2025-03-31T09:00:00+02:00"),
])
def test_summer_time_begins_and_ends(bureau, clocks):
    bureau.deliver(mails.simple("marie"))
    assert sent_at(bureau, *clocks) == [0, 0, 0, 0, 1, 1]


def test_killed_at_every_commit_it_goes_out_once(began):
    """fdatasync number n of a process is its last: no digest is lost, none has two ids."""
    database = began.folder / "bureaud.db"
    kept = began.folder / "kept.db"
    shutil.copy(database, kept)
    killed = 0
    for n in range(1, 7):
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(kept, database)
        before = len({str(m["Message-ID"]) for m in digests(began)})
        done = began.bureaud("-1", "-T", MONDAY, wrap=(
            "strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e",
            f"inject=fdatasync,fsync:signal=SIGKILL:when={n}"))
        killed += done.returncode != 0
        for minute in (5, 10):
            began.bureaud("-1", "-T", f"2024-11-25T08:{minute:02}:00+01:00")
        began.srv.drain()
        assert len({str(m["Message-ID"]) for m in digests(began)}) == before + 1, n
        (row,) = [q for q in began.queue() if q["kind"] == "digest"]
        assert row["state"] in ("sent", "unsure")
    assert killed >= 3


def test_bureauctl_prints_what_is_sent_and_sends_nothing(began):
    began.once("-T", MONDAY)
    (mail,) = digests(began)
    queue = began.queue()
    clock = ("-T", "2024-11-25T08:00:10+01:00")

    def ctl(*args):
        return subprocess.run([BIN / "bureauctl", "-c", began.conf, *clock, "digest", *args],
                              capture_output=True, text=True)
    text = ctl().stdout
    assert text == ctl("--text", "--week", "2024-W47").stdout
    assert text.rstrip("\n") == mail.text.replace("\r", "").rstrip("\n")
    page = ctl("--html", "--week", "2024-w47").stdout
    assert page.startswith("<!DOCTYPE html>") and page.count("data:image/png;base64,") == 2
    assert "cid:" not in page
    assert ctl("--eml").stdout.count("\nX-Bureaud-Kind: digest\n") == 1
    for wrong in (("--week", "2024-W54"), ("--week", "2024-47"), ("--week", "2024-W49"),
                  ("--html", "--eml"), ("now",)):
        done = ctl(*wrong)
        assert done.returncode == 64 and done.stderr.startswith("bureauctl: ")
    assert began.queue() == queue
    db = sqlite3.connect(began.folder / "bureaud.db")
    assert db.execute("SELECT count(*) FROM duty WHERE name = 'digest'").fetchone() == (1,)
