"""Logins with access tokens (OAuth2): fetched, renewed, kept, told of, on IMAP and SMTP."""
import contextlib
import os
import pathlib
import re

import mails
import pytest
from bureau import Bureau
from tokens import CLIENT, FIRST, SECRET, TokenMailServers, TokenServer
from waiting import alive, wait_for

NOW = "2026-11-24T10:00:00+01:00"
LATER = "2026-11-24T10:30:00+01:00"


@pytest.fixture(scope="module")
def tokened():
    with TokenMailServers() as s:
        yield s


@pytest.fixture
def tokens(tokened):
    """The service, as it is when nothing is wrong."""
    t = tokened.tokens
    t.life, t.rotates, t.padding, t.refused, t.wrong, t.silent = 3600, False, 0, False, None, False
    t.refresh, t.asked, t.given, t.secret = {FIRST}, [], {}, SECRET
    return t


@pytest.fixture
def bureau(tokened, tokens):
    b = Bureau(tokened)
    for name in ("imap-password", "smtp-password"):
        (b.folder / name).unlink()
    b.write("client", SECRET + "\n", 0o600)
    b.write("refresh", FIRST + "\n", 0o600)
    b.set("imap", auth="xoauth2", password_file=None)
    b.set("smtp", auth="xoauth2", password_file=None)
    b.set("oauth2", token_url=tokens.url, client_id=CLIENT, client_secret_file="client",
          refresh_token_file="refresh", scope="imap smtp", ca_file=tokened.certs.ca)
    tokens.user = b.address
    b.person("marie"), b.person("paul")
    yield b
    b.close()


def kept(bureau):
    return bureau.folder / "bureaud.db.token"


def by_password(bureau, section):
    bureau.write("password", "secret\n", 0o600)
    bureau.set(section, auth="password", password_file="password")


def alerts(bureau):
    return [m for m in bureau.admin.mails() if m["X-Bureaud-Kind"] == "admin"]


def test_mail_is_fetched_and_sent_with_tokens(bureau, tokens):
    bureau.deliver(mails.simple("marie"))
    done = bureau.once("-T", NOW)
    assert len(bureau.acks(bureau.person("marie"))) == 1
    assert tokens.asked == [{"grant_type": "refresh_token", "refresh_token": FIRST,
                             "client_id": CLIENT, "client_secret": SECRET, "scope": "imap smtp"}]
    assert kept(bureau).stat().st_mode & 0o7777 == 0o600
    assert not kept(bureau).with_suffix(".token.new").exists()
    token, = tokens.given
    assert token in kept(bureau).read_text()
    # The next pass has it still.
    done2 = bureau.once("-T", LATER)
    assert len(tokens.asked) == 1
    for text in (done.stderr, done2.stderr, *(p.read_bytes().decode("latin-1")
                 for p in bureau.folder.glob("bureaud.db*") if p != kept(bureau))):
        assert not any(word in text for word in (token, FIRST, SECRET))


def test_client_credentials(bureau, tokens):
    bureau.set("oauth2", grant="client_credentials", refresh_token_file=None)
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", NOW)
    assert len(bureau.acks(bureau.person("marie"))) == 1
    assert [f["grant_type"] for f in tokens.asked] == ["client_credentials"]
    assert "refresh_token" not in tokens.asked[0]


def test_a_client_without_a_secret(bureau, tokens):
    tokens.secret = None
    bureau.set("oauth2", client_secret_file=None)
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", NOW)
    assert len(bureau.acks(bureau.person("marie"))) == 1


def test_a_long_token_passes(bureau, tokens):
    tokens.padding = 4000
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", NOW)
    assert len(bureau.acks(bureau.person("marie"))) == 1


def test_refused_token_is_renewed_once_and_rotated_one_is_kept(bureau, tokens):
    tokens.rotates = True
    bureau.once("-T", NOW)
    for when in (LATER, "2026-11-24T11:00:00+01:00"):
        tokens.revoke()
        bureau.deliver(mails.simple("marie"))
        bureau.once("-T", when)
    assert len(tokens.asked) == 3
    first, second, third = (f["refresh_token"] for f in tokens.asked)
    assert first == FIRST and len({first, second, third}) == 3
    assert next(iter(tokens.refresh)) in kept(bureau).read_text()
    assert alerts(bureau) == []
    # A person's new file wins over what was kept.
    tokens.refresh = {"refresh-by-hand"}
    bureau.write("refresh", "refresh-by-hand", 0o600)
    bureau.once("-T", LATER)
    assert tokens.asked[-1]["refresh_token"] == "refresh-by-hand"


def test_relay_that_refuses_gets_another_token_in_the_same_pass(bureau, tokens):
    by_password(bureau, "imap")
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", NOW)
    tokens.revoke()
    bureau.deliver(mails.simple("paul"))
    bureau.once("-T", LATER)
    assert len(bureau.acks(bureau.person("paul"))) == 1
    assert len(tokens.asked) == 2
    assert all(q["state"] == "sent" for q in bureau.queue())


def test_tokens_that_no_server_takes_alert_once(bureau, tokens):
    by_password(bureau, "smtp")
    assert bureau.bureaud("--init").returncode == 0
    tokens.refused = True
    bureau.once("-T", NOW, expect=75)
    assert len(tokens.asked) == 2
    bureau.once("-T", NOW, expect=75)
    assert len(tokens.asked) == 2
    mail, = alerts(bureau)
    assert "no login" in mail["Subject"] and "refused" in mail.text
    assert not any(t in mail.text for t in tokens.given)


def test_alert_waits_with_all_mail_and_leaves_when_it_can(bureau, tokens):
    """Both logins fail: the alert itself cannot leave, nor does it cost a mail its life."""
    by_password(bureau, "imap")
    bureau.deliver(mails.simple("marie"))
    tokens.refused = True
    bureau.once("-T", NOW, expect=75)
    assert {q["state"] for q in bureau.queue()} == {"queued"}
    assert all(q["tries"] == 0 for q in bureau.queue())
    told = [q["to"] for q in bureau.queue() if q["kind"] == "admin"]     # the guide goes to agents
    assert told.count(bureau.admin.address) == 1
    tokens.refused = False
    tokens.revoke()
    bureau.once("-T", LATER)
    assert len(bureau.acks(bureau.person("marie"))) == 1
    assert len(alerts(bureau)) == 1


def test_a_revoked_consent_is_for_a_human(bureau, tokens):
    by_password(bureau, "smtp")
    assert bureau.bureaud("--init").returncode == 0
    tokens.refresh = set()
    done = bureau.once("-T", NOW, expect=77)
    assert "invalid_grant" in done.stderr and "claire" not in done.stderr
    mail, = alerts(bureau)
    assert "invalid_grant" in mail.text and "refresh_token_file" in mail.text


WRONG = {
    "redirect": ((302, b"", [("Location", "https://localhost:1/")]), 77, "302 (redirects"),
    "unknown client": ((401, {"error": "invalid_client"}), 77, "401 invalid_client"),
    "down": ((503, b"sorry"), 75, "answers 503"),
    "too many": ((429, {"error": "slow_down"}), 75, "429 slow_down"),
    "later": ((400, {"error": "temporarily_unavailable"}), 75, "temporarily_unavailable"),
    "word": ((400, {"error": "go to https://evil.test"}), 77, "answers 400\n"),
    "no JSON": ((200, b"<html>"), 75, "no JSON object"),
    "list": ((200, [1]), 75, "no JSON object"),
    "no token": ((200, {"token_type": "Bearer"}), 77, "no access_token"),
    "control": ((200, {"access_token": "a\x01b"}), 77, "no access_token"),
    "mac": ((200, {"access_token": "a", "token_type": "mac"}), 77, "not Bearer"),
    "endless": ((200, b" " * 200_000), 75, "too long"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_service_that_is_wrong(bureau, tokens, what):
    tokens.wrong, code, said = WRONG[what]
    done = bureau.once("-T", NOW, expect=code)
    assert said in done.stderr.replace('"\n', "\n")
    assert len(tokens.asked) == 1 and not kept(bureau).exists()
    assert SECRET not in done.stderr and FIRST not in done.stderr


@pytest.mark.parametrize("cert", ["expired", "wrong_host", "other_ca", "self_signed"])
def test_a_service_that_is_another(bureau, tokened, cert):
    other = TokenServer(tokened.certs, cert)
    bureau.set("oauth2", token_url=other.url)
    done = bureau.once("-T", NOW, expect=77)
    assert "certificate" in done.stderr
    assert other.asked == []
    other.close()


def test_proxies_of_the_environment_are_not_used(bureau, tokens, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1/")
    bureau.once("-T", NOW)
    assert len(tokens.asked) == 1


def test_tokens_are_renewed_ahead_while_the_daemon_runs(bureau, tokens):
    tokens.life, tokens.rotates = 5, True
    d = bureau.start().ready()
    wait_for("a second renewal", lambda: d.check() and len(tokens.asked) >= 3)
    bureau.deliver(mails.simple("marie"))
    d.settled(1)
    assert len(bureau.acks(bureau.person("marie"))) == 1
    assert len({f["refresh_token"] for f in tokens.asked}) == len(tokens.asked)
    log = d.log()
    assert d.stop() == 0
    assert "token-trouble" not in log
    assert not any(t in log for t in [SECRET, *tokens.given, *(f["refresh_token"] for f in
                                                              tokens.asked)])


def memory_of(pid):
    """All that a process can write to: its own copies."""
    out = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            first, last, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if mode.startswith("rw"):
                with contextlib.suppress(OSError, ValueError):
                    mem.seek(int(first, 16))
                    out.append(mem.read(int(last, 16) - int(first, 16)))
    return b"".join(out)


def test_each_process_holds_its_own_secrets_alone(bureau, tokens):
    tokens.rotates = True
    bureau.deliver(mails.simple("marie"))
    d = bureau.start().ready()
    d.settled(1)
    names = {p: pathlib.Path(f"/proc/{p}/comm").read_text().strip() for p in d.pids()}
    assert sorted(names.values()) == ["bureaud", "intake", "post", "reader", "token"]
    access, = tokens.given
    holders = {word: {names[p] for p in names if word.encode() in memory_of(p)}
               for word in (SECRET, FIRST, next(iter(tokens.refresh)), access)}
    assert holders == {SECRET: {"token"}, FIRST: {"token"},
                       next(iter(tokens.refresh)): {"token"},
                       access: {"token", "intake", "post"}}
    for p in names:
        for f in ("cmdline", "environ"):
            assert not any(w.encode() in pathlib.Path(f"/proc/{p}/{f}").read_bytes()
                           for w in holders)
    loaded = {n for p, n in names.items() if "curl" in pathlib.Path(f"/proc/{p}/maps").read_text()}
    assert loaded == {"token"}
    assert d.stop() == 0


def test_a_silent_service_holds_up_no_stop(bureau, tokens):
    tokens.silent = True
    d = bureau.start()
    wait_for("the service to be asked", lambda: d.check() and tokens.asked)
    assert d.stop(seconds=15) == 0


def test_without_the_token_process_all_stop(bureau, tokens):
    d = bureau.start().ready()
    keeper, = (p for p in d.pids() if pathlib.Path(f"/proc/{p}/comm").read_text() == "token\n")
    os.kill(keeper, 9)
    assert d.p.wait(30) == 70
    bureau.processes.remove(d)
    wait_for("the others to end", lambda: not alive(keeper))


@pytest.mark.parametrize("files", range(9, 24))
def test_a_start_without_descriptors_is_tried_again(bureau, tokens, files):
    """A wrong configuration (78) would keep the service manager from it."""
    done = bureau.bureaud("-1", "-T", NOW, wrap=("prlimit", f"--nofile={files}:{files}"))
    assert done.returncode != 78, done.stderr
    assert done.returncode == 0 or done.stderr.strip()


def test_rebuild_logs_in_with_a_token(bureau, tokens):
    bureau.deliver(mails.simple("marie"))
    bureau.once("-T", NOW)
    tokens.revoke()
    done = bureau.ctl_run("-T", LATER, "rebuild", "--into", bureau.folder / "new.db")
    assert done.returncode == 0, done.stderr
    assert len(tokens.asked) == 2


def test_what_is_missing_is_named(bureau):
    for key in ("token_url", "client_id", "refresh_token_file"):
        before = bureau.conf.read_text()
        bureau.set("oauth2", **{key: None})
        done = bureau.bureaud("-n")
        assert done.returncode == 78 and f"[oauth2] {key} is required" in done.stderr
        bureau.conf.write_text(before)
    bureau.set("oauth2", token_url="http://localhost/token")
    done = bureau.bureaud("-n")
    assert done.returncode == 78 and "token_url: https://" in done.stderr


def test_secrets_that_others_can_read_are_refused(bureau):
    (bureau.folder / "refresh").chmod(0o644)
    done = bureau.bureaud("-n")
    assert done.returncode == 78 and "[oauth2] refresh_token_file" in done.stderr
