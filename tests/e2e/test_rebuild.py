"""The database is lost: the mailbox and the key alone give it back, and nobody is answered twice."""
import collections
import datetime
import re
import subprocess

import mails
import pytest
from bureau import BIN, kind_of
from servers import SENT
from test_first import lose
from test_orders import opened
from test_orders import says as says_so
from test_orders_confirm import confirm, held
from test_orders_undo import code as undo_code
from test_orders_undo import undo
from test_snapshot import NIGHT, VAULT, vault

VILLE = "ville.test"
FILED, REVIEW = "Bureau/Traités", "Bureau/À voir"
# What a rebuilt ticket tells otherwise: the minute at which an answer was worked on.
ABOUT = {"first_answer"}


def note_of(bureau, who):
    """The notification of claire that shows a citizen's mail (the latest)."""
    address = bureau.person(who).address
    ref = next(t["ref"] for t in bureau.tickets() if t["citizen"] == address)
    return [n for n in bureau.to_agents("notify", bureau.claire) if n["X-Bureaud-Ticket"] == ref][-1]


def says(bureau, who, words, agent="claire.martin"):
    bureau.deliver(mails.reply(note_of(bureau, who), agent, words, domain=VILLE), drain=False)


def by_hand(mail, who):
    """An answer written in the bureau's own mailbox, as its copy in Sent shows it."""
    raw = mails.reply(mail, "bureaudesinterventions", "Écrit depuis la boîte.", domain=VILLE)
    return re.sub(rb"(?m)^To: .*$", f"To: {who}@exemple.test".encode(), raw, count=1)


def first_days(bureau):
    """Citizens, machines, impostors; answers, orders; all of it handled."""
    bureau.set("alerts", group_after=1000)      # a notification a mail, to be answered
    for letter in mails.CITIZENS:
        bureau.person(letter.who)
        bureau.deliver(letter.raw(), drain=False)
    for letter in mails.MACHINES:
        bureau.deliver(letter.raw(BOUNCED="<ailleurs@courrier.exemple.test>"), letter.sender,
                       drain=False)
    for who in ("marie", "paul", "zoe"):
        bureau.person(who)
        bureau.deliver(mails.simple(who), drain=False)
    bureau.deliver(mails.simple("claire.martin", "Un ordre", "#liste", domain=VILLE, proof=False),
                   drain=False)
    bureau.srv.drain()
    bureau.once()
    says(bureau, "marie", "Bonjour Marie,\n\nPassez nous voir jeudi.\n\nClaire")
    says(bureau, "paul", "#prendre\n#urgence haute")
    says(bureau, "zoe", "#note\nElle a rappelé.")
    bureau.srv.drain()
    bureau.once()


def later_days(bureau):
    """What the snapshot does not know."""
    marie, zoe = bureau.person("marie"), bureau.person("zoe")
    (relay,) = bureau.acks(marie, "relay")
    bureau.deliver(mails.reply(relay, "marie", "Jeudi me va."), drain=False)
    bureau.person("lea")
    bureau.deliver(mails.simple("lea", "Une facture", "Je ne peux pas payer ma facture d'eau."),
                   drain=False)
    bureau.deliver(mails.VIOLENCE.raw(), drain=False)      # a copy: no new line
    bureau.srv.drain()
    bureau.once()
    says(bureau, "zoe", "#regler\n\nBonjour Zoé,\n\nC'est réglé.")
    says(bureau, "lea", "#affecter karim\n#categorie finances")
    bureau.srv.drain()
    bureau.once()
    (ack,) = bureau.acks(zoe)
    bureau.put(by_hand(ack, "zoe"), folder=SENT)
    bureau.once()


def picture(bureau):
    """Everything an administrator sees, as far as mail can tell it."""
    tickets = {t["ref"]: {k: v for k, v in t.items() if k not in ABOUT} for t in bureau.tickets()}
    lives = {}
    for ref in tickets:
        (shown,) = bureau.ctl("show", ref)
        lives[ref] = collections.Counter((e["kind"], e["by"], e["text"]) for e in shown["timeline"])
    messages = {m["sha256"]: m for m in bureau.messages()}
    out = {(q["message_id"], q["kind"], q["to"], q["ticket"], q["state"]) for q in bureau.queue()
           if q["kind"] in ("ack", "relay", "invite", "orient", "pieces", "forward")}
    answered = {t["ref"] for t in bureau.tickets() if t["first_answer"]}
    return tickets, lives, messages, out, answered


def orders(bureau):
    """What came in, ticket by ticket, one after the other, and all that citizens wrote."""
    lives = {t["ref"]: [(e["by"], e["text"]) for e in bureau.ctl("show", t["ref"])[0]["timeline"]
                        if e["kind"] in ("mail_in", "note", "state", "command")]
             for t in bureau.tickets()}
    return lives, [m["message_id"] for m in bureau.messages() if m["role"] == "citizen"]


def boxes(bureau):
    return {box.address: sorted(str(m["Message-ID"]) for m in box.mails())
            for box in [bureau.person(x.who) for x in mails.CITIZENS]
            + [bureau.person(x) for x in ("marie", "paul", "zoe", "lea")]
            + [bureau.claire, bureau.karim, bureau.cabinet, bureau.admin]}


def mailbox(bureau):
    return {f: [(m.uid, m.raw, m.flags - {"\\Recent"}) for m in found]
            for f, found in bureau.mailbox.all_mails().items()}


def rebuild(bureau, expect=0):
    lose(bureau)
    before = mailbox(bureau)
    found = bureau.ctl("rebuild", "--into", bureau.folder / "bureaud.db", expect=expect)
    assert mailbox(bureau) == before        # nothing is marked, moved or removed
    assert [p.name for p in bureau.folder.glob("bureaud.db*") if "lock" not in p.name] == ["bureaud.db"]
    return found[:-1], found[-1]


def same(before, after, messages=True):
    for what, x, y in zip(("tickets", "lives", "messages", "sent", "answered"), before, after):
        if isinstance(x, dict):
            assert x.keys() == y.keys(), what
            for key in x:
                assert x[key] == y[key], (what, key)
        else:
            assert x == y, what


def goes_on(bureau):
    """The daemon on the new database: nobody hears anything twice, and the cases go on."""
    was = boxes(bureau)
    bureau.once()
    bureau.once()
    assert boxes(bureau) == was
    paul, lea = bureau.person("paul"), bureau.person("lea")
    tickets = {t["citizen"]: t["ref"] for t in bureau.tickets()}
    bureau.deliver(mails.reply(bureau.acks(paul)[-1], "paul", "Où en est ma demande ?"))
    bureau.person("nouveau")
    bureau.deliver(mails.simple("nouveau"))
    bureau.once()
    now = {t["citizen"]: t["ref"] for t in bureau.tickets()}
    assert len(now) == len(tickets) + 1 and bureau.acks(paul)[-1]["Message-ID"] in was[paul.address]
    assert now[bureau.person("nouveau").address] > max(tickets.values())
    says(bureau, "lea", "Bonjour Léa,\n\nNous vous rappelons.", agent="karim.benali")
    bureau.srv.drain()
    bureau.once()
    assert len(bureau.acks(lea, "relay")) == 1


def test_from_the_snapshot_and_what_came_since(bureau):
    first_days(bureau)
    bureau.once("-T", NIGHT)
    later_days(bureau)
    before = picture(bureau)
    notes, told = rebuild(bureau)
    assert told["snapshot"] and told["wordless"] == 0
    assert [n["note"] for n in notes] == []
    same(before, picture(bureau))
    goes_on(bureau)


def test_from_no_snapshot_at_all(bureau):
    first_days(bureau)
    later_days(bureau)
    assert vault(bureau) == []
    before = picture(bureau)
    notes, told = rebuild(bureau)
    assert told["snapshot"] is None and told["wordless"] == 0
    # The cases that nobody was written to in: only their place among the others tells their number.
    assert {n["note"] for n in notes} <= {"reference_assumed"}
    assert len(notes) <= 2
    same(before, picture(bureau))
    goes_on(bureau)


def test_order_within_one_second(bureau):
    """INTERNALDATE knows no more than seconds, and a filed mail has another UID than it came with:
    what its mails name tells in which order a case was lived."""
    now = "2024-11-19T10:00:00Z"        # long past: Dovecot takes no INTERNALDATE to come
    second = datetime.datetime.fromisoformat(now).timestamp()
    marie, paul, zoe = (bureau.person(x) for x in ("marie", "paul", "zoe"))

    def came(*letters):
        for raw in letters:
            bureau.put(raw, second)
        bureau.once("-T", now)

    def answer(who, words):
        return mails.reply(note_of(bureau, who), "claire.martin", words, domain=VILLE)
    came(mails.simple("marie"), mails.simple("paul"), mails.simple("zoe"))
    came(answer("marie", "Bonjour Marie,\n\nPassez nous voir jeudi."),
         answer("zoe", "#note\nElle a rappelé."))
    (relay,) = bureau.acks(marie, "relay")
    came(mails.reply(relay, "marie", "Jeudi me va."),       # after the agent's, in another folder
         mails.reply(bureau.acks(paul)[0], "paul", "J'ai oublié une pièce."))
    came(answer("zoe", "#regler\n\nBonjour Zoé,\n\nC'est réglé."))     # her first mail is filed now
    last = next(m for m in bureau.mailbox.mails() if "oublié" in m.text)
    bureau.put(by_hand(last, "paul"), second, folder=SENT)
    bureau.once("-T", now)
    written = bureau.mailbox.mails(SENT)[-1]
    assert written["To"] == paul.address
    (relay,) = bureau.acks(zoe, "relay")
    came(mails.reply(relay, "zoe", "Non, ce n'est pas réglé."),
         mails.reply(written, "paul", "La voici."))
    before, order = picture(bureau), orders(bureau)
    assert {t["citizen"]: t["state"] for t in bureau.tickets()} == dict.fromkeys(
        (marie.address, paul.address, zoe.address), "open")
    notes, _ = rebuild(bureau)
    assert notes == []
    same(before, picture(bureau))
    assert orders(bureau) == order


def test_words_come_from_the_mailbox(bureau):
    first_days(bureau)
    bureau.once("-T", NIGHT)
    ref = next(t["ref"] for t in bureau.tickets() if t["citizen"] == bureau.person("marie").address)
    whole = bureau.ctl_run("rules", "replay", "--json").stdout
    gone = bureau.message(next(m["message_id"] for m in bureau.messages() if m["ticket"] == ref
                               and m["role"] == "citizen"))
    for m in bureau.mailbox.mails():
        if str(m["Message-ID"]).strip("<>") == gone["message_id"].strip("<>"):
            with bureau.mailbox.session("INBOX") as s:
                s.uid("STORE", str(m.uid), "+FLAGS", "\\Deleted")
                s.expunge()
    _, told = rebuild(bureau)
    assert told["wordless"] == 1 and told["replayed"] == 0
    assert told["words"] >= len(bureau.messages()) - 2
    assert bureau.ctl_run("rules", "replay", "--json").stdout == whole
    assert ref in {t["ref"] for t in bureau.tickets()}


def test_damaged_snapshot_falls_back_to_the_one_before(bureau):
    first_days(bureau)
    bureau.once("-T", NIGHT)
    later_days(bureau)
    bureau.once("-T", "2026-11-26T03:10:00+01:00")
    before = picture(bureau)
    newest = vault(bureau)[-1]
    at = newest.raw.index(b"base64", 1200) + 400
    bad = bytearray(newest.raw)
    bad[at] = ord("A") if bad[at] != ord("A") else ord("B")
    with bureau.mailbox.session(VAULT) as s:
        s.uid("STORE", str(newest.uid), "+FLAGS", "\\Deleted")
        s.expunge()
    bureau.mailbox.append(bytes(bad), VAULT)
    notes, told = rebuild(bureau)
    assert [n["note"] for n in notes] == ["snapshot_unusable"]
    assert told["snapshot"].startswith("2026-11-25")
    same(before, picture(bureau))


def test_mail_that_was_not_handled_is_left_to_the_daemon(bureau):
    first_days(bureau)
    ines = bureau.person("ines")
    bureau.deliver(mails.simple("ines"))
    _, told = rebuild(bureau)
    assert told["left"] == 1 and ines.address not in {t["citizen"] for t in bureau.tickets()}
    bureau.once()
    assert len(bureau.acks(ines)) == 1


def test_acknowledgment_that_left_no_trace_waits_for_a_human(bureau):
    """It was on its way when all was lost: perhaps it went out, so it does not go by itself."""
    marie = bureau.person("marie")
    bureau.set("limits", ack_delay_seconds=600)
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    notes, told = rebuild(bureau)
    assert told["unsure"] == 1
    assert sorted(n["note"] for n in notes) == ["reference_assumed", "sending_unknown"]
    bureau.once("-T", "2026-12-24T10:00:00Z")
    assert marie.mails() == []
    (row,) = [q for q in bureau.queue() if q["kind"] == "ack"]
    assert row["state"] == "unsure" and row["last_error"]
    assert bureau.ctl_run("queue", "retry", str(row["id"]), "--yes").returncode == 0
    bureau.once()
    (ack,) = marie.mails()
    assert kind_of(ack) == "ack" and row["ticket"] in str(ack["Subject"])


def test_agent_without_results_is_believed_where_the_mail_was_filed(bureau):
    """No Authentication-Results: the token proved the agent then; that the mail was filed and not
    set aside proves it now."""
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once()
    bureau.deliver(mails.reply(note_of(bureau, "marie"), "claire.martin", "#prendre",
                               domain=VILLE, proof=False))
    bureau.once()
    assert bureau.tickets()[0]["agent"] == "claire"
    before = picture(bureau)
    rebuild(bureau)
    same(before, picture(bureau))


@pytest.mark.parametrize("when", ["before", "between", "never"])
def test_codes_work_again_as_they_did(bureau, when):
    """What a code took back stays taken back; what one set free is not carried out twice."""
    def snapshot(now):
        if when == now:
            bureau.once("-T", NIGHT)
    marie, note = opened(bureau)
    ref = bureau.tickets()[0]["ref"]
    snapshot("before")
    says_so(bureau, note, "#urgence haute")
    undo(bureau, note, undo_code(bureau))
    mail, code = held(bureau)
    snapshot("between")
    confirm(bureau, mail, code, proof=False)
    assert len(bureau.acks(marie, "relay")) == 1
    before = picture(bureau)
    (t,) = bureau.tickets()
    assert (t["urgency"], t["state"], t["outcome"]) == ("normal", "closed", "resolved")
    _, told = rebuild(bureau)
    assert told["unsure"] == 0
    same(before, picture(bureau))
    was = boxes(bureau)
    bureau.once()
    assert boxes(bureau) == was and len(bureau.acks(marie, "relay")) == 1
    # A token of a notification that no copy shows still proves its agent.
    bureau.deliver(mails.reply(note, "claire.martin", "#rouvrir", domain=VILLE, proof=False))
    bureau.once()
    assert bureau.tickets()[0]["state"] == "open" and bureau.tickets()[0]["ref"] == ref


def test_refusals_and_a_text_for_eyes(bureau):
    first_days(bureau)
    bureau.once("-T", NIGHT)
    path = bureau.folder / "bureaud.db"
    held = path.read_bytes()
    done = bureau.ctl_run("rebuild", "--into", path)
    assert done.returncode == 77 and b"exists already" in done.stderr
    assert path.read_bytes() == held
    assert bureau.ctl_run("rebuild").returncode == 64
    bureau.write("imap-password", "wrong\n", 0o600)
    done = bureau.ctl_run("rebuild", "--into", bureau.folder / "new.db")
    assert done.returncode == 77 and b"login refused" in done.stderr
    bureau.write("imap-password", "secret\n", 0o600)
    done = bureau.ctl_run("rebuild", "--into", bureau.folder / "new.db")
    assert done.returncode == 0, done.stderr
    assert (bureau.folder / "new.db").stat().st_mode & 0o777 == 0o600
    text = done.stdout.decode()
    assert "from the snapshot of 2026-11-25T02:00:0" in text and "start bureaud" in text


@pytest.mark.parametrize("syscall, nth", [("fdatasync", 2), ("pwrite64", 60), ("sendmsg", 20),
                                          ("sendmsg", 60)])
def test_killed_in_the_middle_leaves_no_half(bureau, syscall, nth):
    first_days(bureau)
    bureau.once("-T", NIGHT)
    later_days(bureau)
    lose(bureau)
    path = bureau.folder / "bureaud.db"
    killed = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}", "-e",
                             f"inject={syscall}:signal=SIGKILL:when={nth}", BIN / "bureauctl", "-c",
                             bureau.conf, "rebuild", "--into", path], capture_output=True)
    assert killed.returncode != 0 and not path.exists()
    done = bureau.ctl_run("rebuild", "--into", path)
    assert done.returncode == 0, done.stderr
    assert [p.name for p in bureau.folder.glob("bureaud.db*") if "lock" not in p.name] == ["bureaud.db"]
