"""A relay that refuses, drops, lies and stalls at every stage (faults 19-24): what was refused for
now goes out exactly once later, what was refused for good is tried once, what is in doubt twice at
most, and no mail waits for another."""
import collections
import datetime
import os

import mails
import pytest
from relay import Relay
from waiting import wait_for

SOON = (421, 450, 451, 452, 454)
NEVER = (550, 552, 554)
# Of one mail: nobody else is kept waiting.
ROWS = [(stage, code) for stage in ("rcpt", "data", "dot") for code in SOON + NEVER]


def minutes(n):
    then = datetime.datetime.now().astimezone() + datetime.timedelta(minutes=n)
    return "-T", then.isoformat(timespec="seconds")


def ask(bureau, who):
    """A citizen's mail; the address that is to be answered."""
    bureau.put(mails.simple(who, message_id=f"<{who}@courrier.exemple.test>"))
    return f"{who}@exemple{bureau.tag}.test"


@pytest.fixture
def relay(bureau):
    r = Relay().into(bureau)
    bureau.set("limits", acks_per_hour="0")
    yield r
    r.close()


def acks(relay):
    """How often each citizen was given an acknowledgment; all copies must be the same bytes."""
    seen = collections.defaultdict(list)
    for t in relay.kept("ack"):
        seen[t.to].append(t.raw)
    assert all(len(set(v)) == 1 for v in seen.values())
    return {to: len(v) for to, v in seen.items()}


def states(bureau, to):
    return [q["state"] for q in bureau.queue() if q["to"] == to]


def once_only(relay, stage, code, to=None):
    """That reply, the first time; a refusal of DATA may come after a recipient of somebody else."""
    done = set()

    def says(at, taken):
        if at != stage or (to is not None and taken.to != to) or stage in done:
            return None
        done.add(stage)
        return f"{code} not this time" if isinstance(code, int) else code
    relay.says = says


def test_each_code_for_one_mail_at_each_stage(bureau, relay):
    who = {ask(bureau, f"{stage}{code}"): (stage, code) for stage, code in ROWS}
    good = ask(bureau, "marie")
    tried = collections.Counter()

    def says(at, taken):
        stage, code = who.get(taken.to, (None, None))
        if at != stage:
            return None
        tried[taken.to] += 1
        return f"{code} 5.0.0 no" if code in NEVER or tried[taken.to] == 1 else None
    relay.says = says
    bureau.once(expect=75)
    assert acks(relay)[good] == 1
    for later in (3, 6):
        bureau.bureaud("-1", *minutes(later))
    expected = {to: 1 for to, (_, code) in who.items() if code in SOON}
    assert acks(relay) == {**expected, good: 1}
    for to, (_, code) in who.items():
        assert states(bureau, to) == ["dead" if code in NEVER else "sent"], (to, bureau.queue())
        assert tried[to] == (1 if code in NEVER else 2), to


FEW = [("connect", 554), ("ehlo", 421), ("mail", 450), ("mail", 550), ("connect", "drop"),
       ("rcpt", "drop"), ("body", "reset")]
ALL = [*((stage, code) for stage in ("connect", "ehlo", "mail")
         for code in (*SOON, 530, 535, 538, 550, 554)),
       *((stage, how) for stage in ("connect", "ehlo", "mail", "rcpt", "data", "body")
         for how in ("drop", "reset"))]


@pytest.mark.parametrize("stage, code", ALL if os.environ.get("TORTURE") else FEW)
def test_refused_or_lost_before_the_dot(bureau, relay, stage, code):
    """Of us or of the line: no mail pays for it, and all of them go out once."""
    who = [ask(bureau, name) for name in ("marie", "paul")]
    once_only(relay, stage, code)
    bureau.once(expect=75)
    for later in (3, 6):
        bureau.bureaud("-1", *minutes(later))
    assert acks(relay) == {to: 1 for to in who}
    assert [states(bureau, to) for to in who] == [["sent"]] * 2


def test_login_refused_pauses_all_and_loses_none(bureau, relay):
    who = [ask(bureau, f"p{i}") for i in range(30)]
    relay.says = lambda at, taken: "530 5.7.0 log in first" if at == "mail" else None
    bureau.once(expect=75)
    assert sum(line.upper().startswith(b"MAIL") for line in relay.heard) < 10
    assert {q["state"] for q in bureau.queue()} == {"queued"}
    relay.says = lambda at, taken: None
    bureau.once(*minutes(1))
    assert acks(relay) == {to: 1 for to in who}


def test_greylisting(bureau, relay):
    """The first try of each recipient is put off; the next is a minute later at least."""
    to = ask(bureau, "marie")
    known = set()

    def says(at, taken):
        if at == "rcpt" and taken.to not in known:
            known.add(taken.to)
            return "450 4.2.0 come back later"
    relay.says = says
    before = datetime.datetime.now(datetime.timezone.utc)
    bureau.once(expect=75)
    (q,) = [q for q in bureau.queue() if q["to"] == to]
    due = datetime.datetime.fromisoformat(q["next"].replace("Z", "+00:00"))
    assert due - before >= datetime.timedelta(seconds=59)
    bureau.once()                       # not yet
    assert acks(relay) == {}
    bureau.once(*minutes(2))
    assert acks(relay) == {to: 1}


@pytest.mark.parametrize("lie, copies", [
    ("drop", 1), ("reset", 1), ("keep drop", 2), ("keep reset", 2),
    ("keep 451 4.3.0 try again", 2), ("keep 250 fine", 1), ("what", 1),
])
def test_the_answer_to_the_dot_is_lost_or_a_lie(bureau, relay, lie, copies):
    """I4: at most two copies, the same bytes."""
    to = ask(bureau, "marie")
    once_only(relay, "dot", lie, to)
    bureau.bureaud("-1")
    for later in (3, 6):
        bureau.bureaud("-1", *minutes(later))
    assert acks(relay) == {to: copies}
    assert states(bureau, to) == ["sent"]
    assert sum(t.to == to for t in relay.offered) <= 2


def test_no_answer_to_the_dot_ever(bureau, relay):
    """Tried twice, then it is a human's: never a third copy."""
    to = ask(bureau, "marie")
    relay.says = lambda at, taken: "keep drop" if at == "dot" and taken.to == to else None
    for later in (0, 3, 6, 90, 1500):
        bureau.bureaud("-1", *minutes(later))
    assert acks(relay) == {to: 2}
    assert states(bureau, to) == ["unsure"]


def test_stopped_while_the_relay_thinks_about_the_dot(bureau, relay):
    to = ask(bureau, "marie")
    thinking = []

    def says(at, taken):
        if at == "dot" and taken.to == to and not thinking:
            thinking.append(taken)
            return "keep stall"
    relay.says = says
    d = bureau.start()
    wait_for("the dot", lambda: d.check() and thinking)
    assert d.stop(seconds=10) == 0
    assert states(bureau, to) == ["unsure"]
    bureau.once()
    assert acks(relay) == {to: 2} and states(bureau, to) == ["sent"]


def test_relay_down_for_days(bureau, relay):
    """Intake goes on, nothing expires that was never refused, everything drains."""
    bureau.set("smtp", url="smtp://127.0.0.1:1")
    who = []
    for day in range(5):
        who.append(ask(bureau, f"p{day}"))
        bureau.once(*minutes(day * 1440), expect=75)
        assert len(bureau.messages()) == len(bureau.tickets()) == day + 1
    relay.into(bureau)
    bureau.once(*minutes(4 * 1440 + 70))
    assert acks(relay) == {to: 1 for to in who}


def test_mailbox_down_while_mail_waits_to_go_out(bureau, relay):
    """The reverse: post does not need the mailbox."""
    to = ask(bureau, "marie")
    relay.says = lambda at, taken: "450 later" if at == "rcpt" else None
    bureau.once(expect=75)
    relay.says = lambda at, taken: None
    bureau.set("imap", url="imaps://localhost:1")
    done = bureau.bureaud("-1", *minutes(3))
    assert done.returncode == 75 and acks(relay) == {to: 1}
