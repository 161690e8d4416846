"""The command lines: what they print, in which shape, with which exit code; bad input."""
import json
import re
import sqlite3

import mails
import pytest
from bureau import BIN, bare

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
STR, INT, BOOL, LIST, DICT, NUM = (str,), (int,), (bool,), (list,), (dict,), (int, float)
NULL = type(None)

TICKET = {
    "ref": STR, "state": STR, "outcome": (str, NULL), "category": STR, "urgency": STR,
    "sensitive": BOOL, "agent": (str, NULL), "citizen": STR, "subject": STR, "lang": STR,
    "opened": STR, "last_activity": STR, "due": (str, NULL), "first_answer": (str, NULL),
    "quartier": (str, NULL), "messages": INT,
}
MESSAGE = {
    "message_id": STR, "sha256": STR, "copies": INT, "received": STR, "outcome": STR,
    "ticket": (str, NULL), "role": STR, "visible": BOOL, "because": STR,
}
EXPLAIN = {
    "message_id": STR, "date": (str, NULL), "from": (dict, NULL), "subject": STR, "text": STR,
    "reply_text": STR, "lang": STR, "attachments": LIST, "who": STR, "who_because": STR,
    "bounce": (dict, NULL), "references": LIST, "category": (str, NULL), "categories": LIST,
    "urgency": STR, "sensitive": BOOL, "rules": LIST, "ack": STR, "ack_because": STR,
    "thread": (str, NULL), "ticket": (str, NULL), "plan": DICT,
}
QUEUE = {
    "id": INT, "kind": STR, "ticket": (str, NULL), "to": STR, "state": STR, "tries": INT,
    "next": (str, NULL), "last_error": (str, NULL), "message_id": STR,
}
STATUS = {"ok": BOOL, "mailbox": DICT, "outbox": DICT, "tickets": DICT, "breaker": STR,
          "version": STR}
EVENT = {"at": STR, "kind": STR, "by": (str, NULL), "text": STR}
RULES = {"category": STR, "n": INT, "precision": NUM, "recall": NUM, "f1": NUM}


def shape(found, wanted):
    """Every key is there and of its kind."""
    for key, kinds in wanted.items():
        assert key in found, f"{key} is missing in {found}"
        value = found[key]
        assert isinstance(value, kinds), f"{key} is {value!r}"
        assert bool in kinds or not isinstance(value, bool), f"{key} is {value!r}"


@pytest.fixture
def worked(bureau):
    """A bureau that has handled one mail of each sort."""
    for m in (mails.EXPULSION, mails.VIOLENCE, mails.THANKS):
        bureau.person(m.who)
        bureau.deliver(m.raw(), drain=False)
    for m in (mails.NEWSLETTER, mails.OUT_OF_OFFICE):
        bureau.deliver(m.raw(), m.sender, drain=False)
    bureau.srv.drain()
    bureau.once()
    return bureau


def test_list(worked):
    tickets = worked.tickets()
    assert len(tickets) == 3
    for t in tickets:
        shape(t, TICKET)
        assert t["state"] == "open" and t["outcome"] is None and t["agent"] is None
        assert re.fullmatch(TIME, t["opened"]) and re.fullmatch(TIME, t["last_activity"])
        assert t["urgency"] in ("normal", "high", "vital")
        assert t["due"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", t["due"])
    sensitive = [t for t in tickets if t["sensitive"]]
    assert [t["category"] for t in sensitive] == ["violences"]


def test_list_filters(worked):
    assert [t["category"] for t in worked.tickets("--category", "logement")] == ["logement"]
    assert len(worked.tickets("--state", "open")) == 3
    assert worked.tickets("--state", "closed") == []
    assert worked.tickets("--agent", "claire") == []


def test_list_for_people(worked):
    done = worked.ctl_run("list")
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0
    for t in worked.tickets():
        assert sum(t["ref"] in line for line in lines) == 1


def test_show(worked):
    for t in worked.tickets():
        (shown,) = worked.ctl("show", t["ref"])
        shape(shown, {**TICKET, "timeline": LIST})
        assert {k: shown[k] for k in TICKET} == {k: t[k] for k in TICKET}
        kinds = [e["kind"] for e in shown["timeline"]]
        assert "mail_in" in kinds
        for e in shown["timeline"]:
            shape(e, EVENT)
            assert re.fullmatch(TIME, e["at"])
            assert e["kind"] in ("mail_in", "mail_out", "note", "state", "command", "alert",
                                 "bounce", "admin")
        assert [e["at"] for e in shown["timeline"]] == sorted(e["at"] for e in shown["timeline"])
        assert t["ref"] in worked.ctl_run("show", t["ref"]).stdout.decode()


def test_show_of_an_unknown_reference(worked):
    done = worked.ctl_run("show", "BI-1999-00001")
    assert done.returncode != 0 and done.stdout == b""
    assert one_line(done.stderr).startswith("bureauctl: ")


def test_messages(worked):
    lines = worked.messages()
    assert len(lines) == 5
    for m in lines:
        shape(m, MESSAGE)
        assert re.fullmatch(r"[0-9a-f]{64}", m["sha256"]) and re.fullmatch(TIME, m["received"])
        assert m["copies"] == 1 and m["visible"] is True
        assert m["role"] in ("citizen", "agent", "system", "unknown")
    by = {bare(m["message_id"]).partition(".")[0]: m for m in lines}
    assert by["expulsion"]["outcome"] == "new_ticket" and by["expulsion"]["role"] == "citizen"
    assert by["lettre"]["outcome"] == "recorded_no_ack" and by["lettre"]["role"] == "system"
    assert worked.ctl("messages", "--since", "2100-01-01T00:00:00Z") == []


def test_sha256_is_of_the_raw_bytes(bureau):
    import hashlib
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    (before,) = bureau.mailbox.mails()
    bureau.once()
    assert bureau.messages()[0]["sha256"] == hashlib.sha256(before.raw).hexdigest()


def test_queue(worked):
    items = worked.queue()
    for q in items:
        shape(q, QUEUE)
        assert q["state"] == "sent" and q["tries"] == 1
    acks = [q for q in items if q["kind"] == "ack"]
    assert sorted(q["to"].partition("@")[0] for q in acks) == sorted(
        [mails.EXPULSION.who, mails.THANKS.who])
    assert all(f"{q['ticket']}.ack." in q["message_id"] for q in acks)
    assert {q["kind"] for q in items} >= {"ack", "notify"}


def test_status(worked):
    (s,) = worked.ctl("status", expect=None)
    shape(s, STATUS)
    shape(s["mailbox"], {"connected": BOOL, "last_poll": (str, NULL), "idle": BOOL, "backlog": INT})
    shape(s["outbox"], {"queued": INT, "unsure": INT, "dead": INT, "oldest_seconds": INT})
    shape(s["tickets"], {"open": INT, "waiting": INT, "closed": INT})
    assert s["tickets"] == {"open": 3, "waiting": 0, "closed": 0}
    assert s["breaker"] == "ok" and s["outbox"]["queued"] == 0


def test_status_of_the_running_daemon(bureau):
    d = bureau.start().ready()
    (s,) = bureau.ctl("status")
    assert s["ok"] is True and s["mailbox"]["connected"] is True and s["mailbox"]["idle"] is True
    assert bureau.ctl_run("status").returncode == 0
    assert d.stop() == 0


def test_explain(bureau):
    for m in mails.ALL:
        e = bureau.explain(m.raw(BOUNCED="<x@courrier.exemple.test>"))
        shape(e, EXPLAIN)
        assert bare(e["message_id"]) == bare(m.message_id)
        assert e["plan"]["outcome"] == m.outcome, m.name
        shape(e["plan"], {"outcome": STR, "state": (str, NULL), "mails": LIST})
        assert e["who"] in ("citizen", "agent", "agent_unproven", "self", "machine", "list",
                            "bounce", "unreadable")
        assert e["ack"] in ("standard", "short", "discreet", "agent", "none")
        assert e["ack"] == m.ack, m.name
        for r in e["rules"]:
            shape(r, {"name": STR, "category": STR, "weight": INT, "where": STR, "match": STR})
            assert r["where"] in ("subject", "body", "sender", "header", "attachment")
        for c in e["categories"]:
            shape(c, {"name": STR, "score": INT})
        for a in e["attachments"]:
            shape(a, {"filename": STR, "type": STR, "size": INT})
        for p in e["plan"]["mails"]:
            shape(p, {"kind": STR, "to": STR})
        if m.outcome != "new_ticket":
            assert e["thread"] is None and e["plan"]["state"] is None
    assert not (bureau.folder / "bureaud.db").exists()


def test_explain_reads_what_the_client_wrote(bureau):
    e = bureau.explain(mails.ROAD.raw())
    assert e["from"] == {"name": "Chantal Vasseur",
                         "address": bureau.person("chantal.vasseur").address}
    assert e["subject"] == "Trou dans la chaussée"
    assert "énorme trou dans la chaussée" in e["text"]
    (a,) = e["attachments"]
    assert a == {"filename": "IMG_4021.jpeg", "type": "image/jpeg", "size": len(mails.JPEG)}
    assert "colis alimentaires" in bureau.explain(mails.HTML_ONLY.raw())["text"]
    assert bureau.explain(mails.FOREIGN.raw())["lang"] == "uk"


def test_explain_needs_little(bureau):
    """Neither key, secrets, network, agents nor database: the address, rules, templates."""
    kept = [line for line in bureau.conf.read_text().split("[imap]")[0].splitlines()
            if not line.startswith("key_file")]
    bureau.conf.write_text("\n".join(kept) + "\n")
    for name in ("key", "imap-password", "smtp-password"):
        (bureau.folder / name).unlink()
    e = bureau.explain(mails.EXPULSION.raw())
    assert e["who"] == "citizen" and e["category"] == "logement" and e["ack"] == "standard"


def test_explain_touches_nothing(worked):
    before = worked.messages(), worked.tickets(), worked.queue()
    e = worked.explain(mails.simple("un-autre"))
    assert e["plan"]["outcome"] == "new_ticket"
    assert (worked.messages(), worked.tickets(), worked.queue()) == before


def test_explain_reads_a_file(bureau):
    path = bureau.write("mail.eml", mails.EMPLOI.raw().decode())
    (e,) = bureau.ctl("explain", str(path))
    assert e["category"] == "emploi"


def test_explain_agrees_with_what_then_happens(bureau):
    """The plan that explain prints is the plan that is carried out."""
    raws = [m.raw(BOUNCED="<x@courrier.exemple.test>") for m in mails.ALL]
    told = [bureau.explain(r)["plan"]["outcome"] for r in raws]
    for m, raw in zip(mails.ALL, raws):
        bureau.deliver(raw, m.sender, drain=False)
    bureau.srv.drain()
    bureau.once()
    assert [bureau.message(m.message_id)["outcome"] for m in mails.ALL] == told


@pytest.mark.parametrize("raw", [b"", b"\n", b"\0\0\0", b"garbage without any header", b"\xff" * 5000,
                                 b"From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n--x"],
                         ids=["empty", "newline", "nul", "garbage", "high", "cut"])
def test_explain_of_an_unreadable_mail(bureau, raw):
    (e,) = bureau.ctl("explain", "-", data=raw)
    shape(e, EXPLAIN)


def test_explain_of_a_missing_file(bureau):
    done = bureau.ctl_run("explain", "/nowhere.eml")
    assert done.returncode == 66 and "/nowhere.eml" in one_line(done.stderr)


def test_rules_test(bureau):
    done = bureau.ctl_run("rules", "test", "--json")
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert {line["category"] for line in lines} >= {"logement", "finances", "violences"}
    for line in lines:
        shape(line, RULES)
        assert 0 <= line["precision"] <= 1 and 0 <= line["recall"] <= 1
    assert b"logement" in bureau.ctl_run("rules", "test").stdout


def test_rules_test_on_examples_of_ones_own(bureau):
    examples = [{"id": "1", "subject": "appartement", "body": "Je suis expulsé de mon logement.",
                 "category": "logement", "urgency": "normal", "sensitive": False},
                {"id": "2", "subject": "dette", "body": "Je suis surendetté, la CAF a coupé mon RSA.",
                 "category": "finances", "urgency": "normal", "sensitive": False}]
    path = bureau.write("examples.jsonl", "".join(json.dumps(e) + "\n" for e in examples))
    lines = {x["category"]: x for x in bureau.ctl("rules", "test", str(path))}
    assert lines["logement"]["n"] == 1 and lines["logement"]["recall"] == 1


def test_time_can_be_set(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", "2031-03-04T10:00:00Z")
    (ack,) = bureau.person("marie").mails()
    assert "2031" in str(ack["Date"])
    assert bureau.tickets()[0]["ref"].startswith("BI-")


def test_init_and_check(bureau):
    done = bureau.bureaud("-n")
    assert done.returncode == 0 and "configuration OK" in done.stdout + done.stderr
    (bureau.folder / "key").unlink()
    assert bureau.bureaud("--init").returncode == 0
    key = bureau.folder / "key"
    assert key.stat().st_mode & 0o777 == 0o600 and len(key.read_bytes()) >= 32
    assert (bureau.folder / "bureaud.db").exists()
    first = key.read_bytes()
    bureau.bureaud("--init")
    assert key.read_bytes() == first


def test_check_mode_opens_nothing(bureau):
    bureau.bureaud("-n")
    assert not (bureau.folder / "bureaud.db").exists()


# Bad input: one clear line, file and line where there is one, the right exit code.

def one_line(stderr):
    text = stderr.decode() if isinstance(stderr, bytes) else stderr
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def refused(bureau, *, where=None, code=78, says=(), args=("-n", "-1")):
    for arg in args:
        done = bureau.bureaud(arg)
        line = one_line(done.stderr)
        assert done.returncode == code, line
        assert where is None or where in line, line
        for word in says:
            assert word in line, line
    assert bureau.mailbox.folders() == ["Corbeille", "INBOX", "Éléments envoyés"]


def at(bureau, text):
    return f"{bureau.conf}:{bureau.line_of(text)}: "


def test_unknown_key(bureau):
    bureau.set("imap", uzer="x")
    refused(bureau, where=at(bureau, "uzer"), says=["uzer"])


def test_unknown_section(bureau):
    bureau.set("imapp", user="x")
    refused(bureau, where=str(bureau.conf) + ":", says=["imapp"])


@pytest.mark.parametrize("section, key, value", [
    ("imap", "poll_seconds", "souvent"),
    ("imap", "poll_seconds", "-1"),
    ("imap", "file_when", "demain"),
    ("imap", "url", "http://localhost/"),
    ("imap", "since", "hier"),
    ("smtp", "url", "localhost"),
    ("bureau", "timezone", "Europe/Atlantide"),
    ("bureau", "violence_ack", "oui"),
    ("bureau", "hours", "lundi"),
    ("bureau", "address", "pas une adresse"),
    ("agent claire", "address", "claire"),
])
def test_bad_value(bureau, section, key, value):
    bureau.set(section, **{key: value})
    refused(bureau, where=at(bureau, f"{key} = {value}"))


@pytest.mark.parametrize("section, key", [("bureau", "address"), ("imap", "url"), ("imap", "user"),
                                          ("smtp", "url")])
def test_missing_key(bureau, section, key):
    bureau.set(section, **{key: None})
    refused(bureau, says=[key])


def test_not_a_configuration(bureau):
    bureau.conf.write_text("ceci n'est pas une configuration\n")
    refused(bureau, where=f"{bureau.conf}:1: ")


def test_configuration_missing(bureau):
    done = bureau.bureaud("-n", conf=bureau.folder / "absent.conf")
    assert done.returncode == 78 and "absent.conf" in one_line(done.stderr)


def own_rules(bureau, text):
    bureau.write("rules/00.rules", text)
    bureau.set("bureau", rules=bureau.folder / "rules")
    bureau.set("agent karim", categories="*")
    return bureau.folder / "rules/00.rules"


@pytest.mark.parametrize("line, says", [
    ("body X_BAD +3 /(/", "X_BAD"),
    ("body X_BAD +3 /a", "X_BAD"),
    ("boddy X_BAD +3 /a/", "boddy"),
    ("body X_BAD trois /a/", "trois"),
    ('example nulle_part "un texte"', "nulle_part"),
], ids=["regex", "unclosed", "word", "weight", "example"])
def test_bad_rule(bureau, line, says):
    path = own_rules(bureau, 'category logement label="Logement" template=ack-logement threshold=4\n'
                     f'body LOG +6 /logement/\n{line}\n')
    refused(bureau, where=f"{path}:3: ", says=[says])


def test_rule_that_breaks_its_example(bureau):
    path = own_rules(bureau, 'category logement label="Logement" template=ack-logement threshold=4\n'
                     'body LOG +6 /logement/\nexample logement "je cherche un emploi"\n')
    refused(bureau, where=f"{path}:3: ")


def test_unreadable_secret(bureau):
    (bureau.folder / "imap-password").unlink()
    refused(bureau, says=["imap-password"])


def test_secret_that_others_can_read(bureau):
    (bureau.folder / "imap-password").chmod(0o644)
    refused(bureau, says=["imap-password"])


def test_empty_secret(bureau):
    bureau.write("imap-password", "", 0o600)
    refused(bureau, says=["imap-password"])


def test_short_key(bureau):
    bureau.write("key", "court", 0o600)
    refused(bureau, says=["key"])


def test_missing_template(bureau):
    bureau.set("bureau", templates=bureau.folder / "nowhere")
    refused(bureau, says=["nowhere"])


def test_unknown_placeholder_in_a_template(bureau):
    import shutil

    from bureau import TREE
    shutil.copytree(TREE / "templates", bureau.folder / "templates")
    (victim,) = [p for p in (bureau.folder / "templates").iterdir() if p.stem == "ack-logement"]
    lines = victim.read_text().splitlines()
    lines.append("{{mot_inconnu}} ${mot_inconnu} {mot_inconnu} @mot_inconnu@")
    victim.write_text("\n".join(lines) + "\n")
    bureau.set("bureau", templates=bureau.folder / "templates")
    refused(bureau, where=f"{victim}:{len(lines)}: ", says=["mot_inconnu"])


def test_database_of_a_newer_version(bureau):
    bureau.bureaud("--init")
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    assert version > 0
    db.execute("PRAGMA user_version = 9999")
    db.commit()
    db.close()
    done = bureau.bureaud("-1")
    assert done.returncode not in (0, 75) and "bureaud.db" in one_line(done.stderr)
    assert done.returncode >= 64
    db = sqlite3.connect(bureau.folder / "bureaud.db")
    assert db.execute("PRAGMA user_version").fetchone() == (9999,)
    db.close()


def test_not_a_database(bureau):
    bureau.write("bureaud.db", "ceci n'est pas une base\n" * 100)
    done = bureau.bureaud("-1")
    assert done.returncode >= 64 and "bureaud.db" in one_line(done.stderr)
    assert (bureau.folder / "bureaud.db").read_text().startswith("ceci n'est pas une base")


def test_database_folder_missing(bureau):
    bureau.set("bureau", database="nulle/part/bureaud.db")
    done = bureau.bureaud("-1")
    assert done.returncode >= 64 and "nulle/part" in one_line(done.stderr)


def test_second_daemon_on_the_same_database(bureau):
    d = bureau.start().ready()
    done = bureau.bureaud("-1")
    assert done.returncode == 75 and "bureaud.db" in one_line(done.stderr)
    assert d.running() and d.stop() == 0
    bureau.once()


@pytest.mark.parametrize("program", ["bureaud", "bureauctl"])
@pytest.mark.parametrize("args", [["--nonsense"], ["nonsense"]])
def test_usage(program, args, srv):
    import subprocess
    done = subprocess.run([BIN / program, *args], capture_output=True, text=True, timeout=30)
    assert done.returncode == 64 and done.stderr.strip() and done.stdout == ""


@pytest.mark.parametrize("args", [["show"], ["explain"], ["rules"], ["rules", "tset"],
                                  ["list", "--state"], ["list", "--state", "ouvert"]])
def test_usage_of_a_command(bureau, args):
    bureau.bureaud("--init")
    done = bureau.ctl_run(*args)
    assert done.returncode == 64 and done.stderr and not done.stdout


def test_agent_of_a_category_that_is_not_there(bureau):
    bureau.set("agent karim", categories="logement, jardinage")
    refused(bureau, where=str(bureau.conf) + ":", says=["karim", "jardinage"])
