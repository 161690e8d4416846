#!/usr/bin/python3
"""An IMAP server that misbehaves in one chosen way; ends when its standard input closes.

hostile_imap.py SCENARIO [CERTIFICATES]: prints its port; for every line "seen" on its standard
input it prints what clients have sent so far, CR LF as "|".  CERTIFICATES is the folder that
hostile_certs.py made.
"""
import pathlib
import socket
import ssl
import sys
import threading
import time

MAILS = {1: b"Subject: un\r\n\r\nun\r\n", 2: b"Subject: deux\r\n\r\n{99999999}\r\ndeux\r\n",
         3: b"Subject: trois\r\n\r\ntro\x00is\r\n"}
DATE = b'INTERNALDATE "24-Nov-2026 09:12:00 +0100"'
seen = bytearray()
lock = threading.Lock()


class Gone(Exception):
    pass


class Session:
    """A plain IMAP4rev1 server; `scenario` changes what it says."""

    def __init__(self, conn, scenario, certs):
        self.conn, self.scenario, self.certs = conn, scenario, certs
        self.buffer = b""
        self.caps = scenario.get("caps", b"IMAP4rev1 IDLE UIDPLUS MOVE NAMESPACE SPECIAL-USE")

    def send(self, data):
        self.conn.sendall(data)

    def receive(self):
        data = self.conn.recv(65536)
        if not data:
            raise Gone
        with lock:
            seen.extend(data)
        self.buffer += data

    def line(self):
        while b"\r\n" not in self.buffer:
            self.receive()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def exactly(self, n):
        while len(self.buffer) < n:
            self.receive()
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def tls(self, name="good"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs / f"{name}.pem", self.certs / f"{name}.key")
        self.conn = context.wrap_socket(self.conn, server_side=True)

    def run(self):
        if "tls" in self.scenario:
            self.tls(self.scenario["tls"])
        self.send(self.scenario.get("greeting", b"* OK ready\r\n"))
        while True:
            tag, _, rest = self.line().partition(b" ")
            verb = rest.split(b" ")[0].upper()
            if verb == b"UID":
                verb = b" ".join(rest.upper().split(b" ")[:2])
            key = verb.decode("latin-1").lower().replace(" ", "_")
            answer = self.scenario.get(key)
            if callable(answer):
                answer(self, tag, rest)
            elif answer is not None:
                self.send(answer.replace(b"TAG", tag))
            else:
                getattr(self, "do_" + key, self.do_other)(tag, rest)

    def do_other(self, tag, rest):
        self.send(tag + b" OK done\r\n")

    def do_capability(self, tag, rest):
        self.send(b"* CAPABILITY " + self.caps + b"\r\n" + tag + b" OK done\r\n")

    def do_starttls(self, tag, rest):
        self.send(tag + b" OK begin\r\n" + self.scenario.get("injected", b""))
        self.tls(self.scenario.get("certificate", "good"))

    def do_namespace(self, tag, rest):
        self.send(b'* NAMESPACE (("" "/")) NIL NIL\r\n' + tag + b" OK done\r\n")

    def do_list(self, tag, rest):
        self.send(b'* LIST (\\Noselect) "/" ""\r\n' + tag + b" OK done\r\n")

    def do_select(self, tag, rest):
        self.send(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n"
                  b"* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n" + tag +
                  b" OK [READ-WRITE] done\r\n")

    def do_uid_search(self, tag, rest):
        self.send(b"* SEARCH 3 1 2\r\n" + tag + b" OK done\r\n")

    def do_uid_fetch(self, tag, rest):
        for uid, raw in MAILS.items():
            if b"BODY" in rest:
                self.send(b"* %d FETCH (UID %d RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n"
                          % (uid, uid, len(raw), len(raw), raw))
            else:
                self.send(b"* %d FETCH (FLAGS ($Bureaud) RFC822.SIZE %d %s UID %d)\r\n"
                          % (uid, len(raw), DATE, uid))
        self.send(tag + b" OK done\r\n")

    def do_idle(self, tag, rest):
        self.send(b"+ idling\r\n")
        self.line()
        self.send(tag + b" OK done\r\n")

    def do_append(self, tag, rest):
        self.send(self.scenario.get("before_plus", b"") + b"+ go\r\n")
        self.exactly(int(rest.rpartition(b"{")[2].rstrip(b"}")) + 2)
        self.send(tag + b" OK [APPENDUID 7 12] done\r\n")

    def do_logout(self, tag, rest):
        self.send(b"* BYE\r\n" + tag + b" OK done\r\n")
        raise Gone


def drop_after(data):
    def answer(session, tag, rest):
        session.send(data)
        raise Gone
    return answer


def drip(session, tag, rest):
    """One byte at a time, for ever."""
    session.send(b"* OK ")
    while True:
        session.send(b"a")
        time.sleep(0.01)


def endless(head, piece):
    def answer(session, tag, rest):
        session.send(head)
        while True:
            session.send(piece)
    return answer


def idle_saying(before, after):
    def answer(session, tag, rest):
        session.send(before + b"+ idling\r\n" + after)
        session.line()
        session.send(tag + b" OK done\r\n")
    return answer


def idle_alive_then_news(session, tag, rest):
    """Signs of life, each in a segment of its own, are no news; the EXISTS is."""
    session.send(b"+ idling\r\n")
    for _ in range(3):
        session.send(b"* OK Still here\r\n")
        time.sleep(0.02)
    session.send(b"* 4 EXISTS\r\n")
    session.line()
    session.send(tag + b" OK done\r\n")


def metas_odd(session, tag, rest):
    """Any order, doubles, strangers, missing items, another mail's flags."""
    session.send(
        b"* 2 FETCH (UID 2 " + DATE + b" RFC822.SIZE 20 FLAGS (\\Seen))\r\n"
        b"* 9 FETCH (FLAGS (\\Seen))\r\n"
        b"* 1 FETCH (RFC822.SIZE 10 FLAGS ($bureaud) UID 1 " + DATE + b")\r\n"
        b"* 2 FETCH (UID 2 " + DATE + b" RFC822.SIZE 20 FLAGS (\\Seen))\r\n"
        b"* 8 FETCH (UID 77 " + DATE + b" RFC822.SIZE 20 FLAGS ())\r\n"
        b"* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 5)\r\n"
        b"* 4 EXISTS\r\n" + tag + b" OK done\r\n")


def bodies_odd(session, tag, rest):
    """NIL, a size that is a lie, a double, the FLAGS of another, then one that is right."""
    session.send(
        b"* 1 FETCH (UID 1 RFC822.SIZE 19 BODY[] NIL)\r\n"
        b"* 2 FETCH (BODY[] {3}\r\nabc UID 2 RFC822.SIZE 3)\r\n"
        b"* 2 FETCH (FLAGS (\\Seen))\r\n"
        b"* 3 FETCH (UID 3 BODY[] {26}\r\n" + MAILS[3] + b" RFC822.SIZE 26)\r\n"
        b"* 3 FETCH (UID 3 BODY[] {26}\r\n" + MAILS[3] + b" RFC822.SIZE 26)\r\n" +
        tag + b" OK done\r\n")


def create_needs_parents(session, tag, rest):
    made = session.scenario.setdefault("made", set())
    name = rest.split(b" ", 1)[1].strip(b'"')
    parent = name.rpartition(b".")[0]
    if name in made:
        session.send(tag + b" NO it is there\r\n")
    elif parent and parent not in made:
        session.send(tag + b" NO no parent\r\n")
    else:
        made.add(name)
        session.send(tag + b" OK done\r\n")


def list_made(session, tag, rest):
    name = rest.rpartition(b'"" ')[2].strip(b'"')
    if name in session.scenario.get("made", ()):
        session.send(b'* LIST () "." "' + name + b'"\r\n')
    if not name:
        session.send(b'* LIST (\\Noselect) "." ""\r\n')
    session.send(tag + b" OK done\r\n")


BYE = drop_after(b"* BYE going down\r\n")
PLAIN = b"IMAP4rev1"
LITERAL = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n"
SCENARIOS = {
    "plain": {},
    "bare": {"caps": PLAIN},
    "uidplus": {"caps": b"IMAP4rev1 UIDPLUS",
                "uid_copy": b"TAG OK [COPYUID 9 1:3 10:12] done\r\n"},
    # the way to the login
    "tls_good": {"tls": "good"}, "tls_wrong_host": {"tls": "wrong_host"},
    "tls_expired": {"tls": "expired"}, "tls_not_yet": {"tls": "not_yet"},
    "tls_other_ca": {"tls": "other_ca"}, "tls_self_signed": {"tls": "self_signed"},
    "starttls_good": {"caps": b"IMAP4rev1 STARTTLS"},
    "starttls_wrong_host": {"caps": b"IMAP4rev1 STARTTLS", "certificate": "wrong_host"},
    "starttls_stripped": {"caps": PLAIN},
    "starttls_refused": {"caps": b"IMAP4rev1 STARTTLS", "starttls": b"TAG NO later\r\n"},
    "starttls_injected": {"caps": b"IMAP4rev1 STARTTLS",
                          "injected": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"},
    "preauth": {"greeting": b"* PREAUTH welcome\r\n", "caps": b"IMAP4rev1 STARTTLS"},
    "logindisabled": {"caps": b"IMAP4rev1 LOGINDISABLED"},
    "greeting_bye": {"greeting": b"* BYE full\r\n", "capability": drop_after(b"")},
    "greeting_junk": {"greeting": b"220 smtp here\r\n"},
    "login_no": {"login": b"TAG NO [AUTHENTICATIONFAILED] bad \x1b[2Jpass\xe2\x80\xaeword\r\n"},
    "login_later": {"login": b"TAG NO [UNAVAILABLE] database down\r\n"},
    "login_bad": {"login": b"TAG BAD what\r\n"},
    "login_bye": {"login": BYE},
    "xoauth2": {"authenticate": b"TAG OK in\r\n"},
    "xoauth2_no": {"authenticate": lambda s, tag, rest: (
        s.send(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"), s.line(), s.send(tag + b" NO token\r\n"))},
    "capability_silent": {"capability": b"TAG OK nothing to say\r\n"},
    "alert_bare": {"noop": b"* OK [ALERT]\r\nTAG OK done\r\n"},
    "parse_bare": {"noop": b"TAG OK [PARSE] \r\n"},
    "alert_text": {"noop": b"* OK [ALERT] full\r\nTAG OK done\r\n"},
    # at any time
    "noop_bye": {"noop": BYE}, "noop_eof": {"noop": drop_after(b"* 4 EXI")},
    "noop_drip": {"noop": drip}, "noop_silent": {"noop": lambda s, tag, rest: None},
    "noop_tag": {"noop": b"zz OK done\r\n"},
    "noop_bad": {"noop": b"TAG BAD what\r\n"},
    "noop_no": {"noop": b"TAG NO not now\r\n"},
    "noop_junk": {"noop": b"\x00\xff(((\r\nTAG OK done\r\n"},
    "noop_flood": {"noop": endless(b"", b"* 5 EXISTS\r\n" * 1000)},
    "noop_line": {"noop": endless(b"* OK ", b"a" * 65536)},
    "noop_brace": {"noop": b"* OK look {5}\r\nTAG OK done\r\n"},
    "select_no": {"select": b"TAG NO what folder\r\n", "list": list_made},
    "select_later": {"select": b"TAG NO [INUSE] busy\r\n"},
    "select_there": {"select": b"TAG NO broken\r\n"},
    "select_bye": {"select": BYE},
    "select_silent": {"select": b"TAG OK done\r\n"},
    "select_readonly": {"select": b"* 0 EXISTS\r\nTAG OK [READ-ONLY] done\r\n"},
    "search_odd": {"uid_search": b"* SEARCH 2 99999999999999999999 1\r\n* SEARCH 3 3 2\r\n"
                                 b"TAG OK done\r\n"},
    "search_no": {"uid_search": b"TAG NO not now\r\n"},
    "metas_odd": {"uid_fetch": metas_odd},
    "bodies_odd": {"uid_fetch": bodies_odd},
    "fetch_eof": {"uid_fetch": drop_after(b"* 1 FETCH (UID 1 BODY[] {100}\r\nabc")},
    "fetch_bye": {"uid_fetch": drop_after(b"* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n* BYE\r\n")},
    "fetch_endless": {"uid_fetch": endless(LITERAL % 60000, b"a" * 65536)},
    "fetch_huge": {"uid_fetch": endless(LITERAL % 4000000000, b"a" * 9999)},
    "fetch_overflow": {"uid_fetch": b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n"},
    "fetch_no": {"uid_fetch": b"TAG NO not now\r\n"},
    "fetch_deep": {"uid_fetch": b"* 1 FETCH (UID 1 BODYSTRUCTURE " + b"(" * 900000 + b"\r\n"},
    # idle
    "idle_together": {"idle": idle_saying(b"", b"* 4 EXISTS\r\n")},
    "idle_before": {"idle": idle_saying(b"* 4 EXISTS\r\n", b"")},
    "idle_alive": {"idle": idle_alive_then_news},
    "idle_bye": {"idle": drop_after(b"+ idling\r\n* BYE timeout\r\n")},
    "idle_eof": {"idle": drop_after(b"+ idling\r\n")},
    "idle_no": {"idle": b"TAG NO not here\r\n"},
    "idle_quiet": {},
    # filing
    "move_no": {"uid_move": b"TAG NO [OVERQUOTA] full\r\n"},
    "move_copyuid": {"uid_move": b"* OK [COPYUID 9 1:3 10:12] moved\r\nTAG OK done\r\n"},
    "move_copyuid_odd": {"uid_move": b"* OK [COPYUID 9 1:4000000000 1:4000000000] moved\r\n"
                                     b"TAG OK done\r\n"},
    "append_before": {"before_plus": b"* 4 EXISTS\r\n"},
    "append_trycreate": {"append": b"TAG NO [TRYCREATE] none\r\n"},
    "append_quota": {"append": b"TAG NO [OVERQUOTA] full\r\n"},
    "create": {"caps": PLAIN, "create": create_needs_parents, "list": list_made},
    "create_exists": {"create": b"TAG NO [ALREADYEXISTS] there\r\n"},
    "create_no": {"create": b"TAG NO [NOPERM] not yours\r\n",
                  "list": b'* LIST (\\Noselect) "/" "a"\r\nTAG OK done\r\n'},
    "prefix": {"namespace": b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\nTAG OK done\r\n',
               "list": b'* LIST () "." "INBOX"\r\n'
                       b'* LIST (\\HasNoChildren) "." "INBOX.Envoy&AOk-s"\r\n'
                       b'* LIST (\\NonExistent) "." "INBOX.Sent Items"\r\n'
                       b'* LIST (\\NoSelect) "." "INBOX.Sent"\r\nTAG OK done\r\n'},
    "flat": {"namespace": b"* NAMESPACE NIL NIL NIL\r\nTAG OK done\r\n",
             "list": b'* LIST () NIL "INBOX"\r\nTAG OK done\r\n'},
}


def serve(conn, scenario, certs):
    try:
        Session(conn, scenario, certs).run()
    except (Gone, OSError, ValueError):
        pass
    finally:
        conn.close()


def main():
    scenario = SCENARIOS[sys.argv[1]]
    certs = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn, scenario, certs), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for _ in sys.stdin:
        with lock:
            text = bytes(seen).replace(b"\r\n", b"|")
        print(text.decode("latin-1").encode("unicode_escape").decode(), flush=True)


main()
