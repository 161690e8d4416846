"""bureauctl search on real mail: folded words, phrases, notes, what sensitive tickets show."""
import re

import mails
from terminal import on_terminal

VILLE = "ville.test"


def refs(bureau, *words):
    return [h["ref"] for h in bureau.ctl("search", *words)]


def test_words_of_a_mail(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Un cœur gros", "Je suis expulsée demain de l’école où\n"
                                "je dors. Tél. 06 39 98 01 01."))
    bureau.once()
    ref = bureau.tickets()[0]["ref"]
    for words in (["coeur"], ["COEUR", "gros"], ["cœur"], ["expulsee"], ["Expul*"], ["ecole"],
                  ['"06 39 98 01"'], [bureau.person("marie").address], ["«demain de l'école»"]):
        assert refs(bureau, *words) == [ref], words
    for words in (["expul"], ["coeur", "absent"], ['"gros cœur"']):
        assert refs(bureau, *words) == [], words
    (hit,) = bureau.ctl("search", "ecole")
    assert hit["newest"]["match"] == "école" and "demain de l’école" in hit["newest"]["text"]
    assert (hit["matches"], hit["newest"]["kind"]) == (1, "mail_in")
    assert {k: hit[k] for k in bureau.tickets()[0]} == bureau.tickets()[0]


def test_notes_and_mails_of_no_ticket(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.deliver(mails.NEWSLETTER.raw(), mails.NEWSLETTER.sender)
    bureau.once()
    note = bureau.to_agents("notify", bureau.claire)[-1]
    bureau.deliver(mails.reply(note, "claire.martin", "#note\nLa caution est chez le notaire.",
                               domain=VILLE))
    bureau.once()
    (hit,) = bureau.ctl("search", "notaire")
    assert hit["ref"] == bureau.tickets()[0]["ref"]
    letter = bureau.explain(mails.NEWSLETTER.raw())["subject"]
    (hit,) = bureau.ctl("search", f'"{letter}"')
    assert hit["ref"] is None and hit["subject"] == letter


def test_a_sensitive_ticket_is_a_reference_to_people(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "au secours", "Mon mari me frappe avec un tisonnier."))
    bureau.once()
    (t,) = bureau.tickets()
    assert t["sensitive"]
    text = bureau.ctl_run("search", "tisonnier").stdout.decode()
    assert t["ref"] in text and "(sensitive)" in text
    assert "tisonnier" not in text and "secours" not in text
    (hit,) = bureau.ctl("search", "tisonnier")
    assert "tisonnier" in hit["newest"]["text"]


def test_nothing_typed_is_an_error(bureau):
    bureau.bureaud("--init")
    for words in (["AND"], ["NEAR(", "a,", "2)"], ['"a'], ["a:b"], ["^a"], ["'; drop"], ["a*b*"],
                  ["-x"[1:]], ["(", "a"], ["a" * 5000], ["a"] * 300, [b"\xff\xfea"]):
        done = bureau.ctl_run("search", *words)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), words
    for words in ([], ["!!!"], [""], ["*"], ['""']):
        assert bureau.ctl_run("search", *words).returncode == 64, words


def test_reindex(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Loyer", "Le loyer est cher."))
    bureau.once()
    before = bureau.ctl("search", "loyer")
    done = bureau.ctl_run("search", "--reindex")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert bureau.ctl("search", "loyer") == before != []


def test_on_a_terminal(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Loyer", "Une phrase. " * 20 + "Mon LOYER est cher. " * 9))
    bureau.once()
    text = on_terminal(bureau, "search", "loyer")
    assert "\033[1mLOYER\033[0m" in text
    plain = re.sub("\033\\[[0-9;]*m", "", text)
    assert max(map(len, plain.splitlines())) <= 80 and len(plain.splitlines()) > 3
    text = on_terminal(bureau, "search", "loyer", columns=40, NO_COLOR="1")
    assert "[LOYER]" in text and "\033" not in text
    assert max(map(len, text.splitlines())) <= 42
    assert "\033" not in on_terminal(bureau, "search", "loyer", TERM="dumb")
    piped = bureau.ctl_run("search", "loyer").stdout.decode()
    assert "\033" not in piped and "[" not in piped and len(piped.splitlines()) == 3


def test_a_rebuilt_database_finds_the_same(bureau):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie", "Loyer", "Mon cœur bat, le loyer est cher."))
    bureau.once()
    note = bureau.to_agents("notify", bureau.claire)[-1]
    bureau.deliver(mails.reply(note, "claire.martin", "#note\nLa caution est chez le notaire.",
                               domain=VILLE))
    bureau.once()
    before = [bureau.ctl("search", w)[0]["ref"] for w in ("coeur", "notaire")]
    queued = len(bureau.queue())
    done = bureau.ctl_run("rebuild", "--into", str(bureau.folder / "new.db"))
    assert done.returncode == 0, done.stderr
    bureau.set("bureau", database="new.db")
    assert [bureau.ctl("search", w)[0]["ref"] for w in ("coeur", "notaire")] == before
    bureau.once()       # nobody is greeted again
    assert not [q for q in bureau.queue() if q["kind"] == "admin" and q["state"] == "queued"]
    assert len([m for m in bureau.to_agents("admin", bureau.claire)]) == 1 and queued
