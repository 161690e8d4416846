"""An SMTP relay that keeps what it takes and misbehaves as it is told."""
import contextlib
import dataclasses
import email
import email.policy
import socket
import struct
import threading

from bureau import kind_of

OKAY = {"connect": "220 relay.test ESMTP",
        "ehlo": "250-relay.test\r\n250-PIPELINING\r\n250 SIZE 50000000",
        "data": "354 go on", "quit": "221 bye"}
STALL_SECONDS = 60


@dataclasses.dataclass
class Taken:
    """One mail that a client has handed over to its final dot."""
    to: str = ""
    sender: str = ""
    raw: bytes = b""
    kept: bool = False          # False: it was refused, or the relay forgot it

    @property
    def mail(self):
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self):
        return str(self.mail["Message-ID"] or "").strip()

    @property
    def kind(self):
        return kind_of(self.mail) or str(self.mail["X-Bureaud-Kind"] or "")


class Relay:
    """says(stage, taken): None, or what to do instead of the usual: a reply; "drop" or "reset"
    the connection; "stall" until the client leaves; at the dot also "keep drop", "keep reset",
    "keep stall" and "keep REPLY", which take the mail and then do that.
    before_reply(taken) is called at each final dot, before anything is answered.
    Stages: connect ehlo mail rcpt data body (after its first line) dot rset quit."""

    def __init__(self, says=lambda stage, taken: None, before_reply=lambda taken: None):
        self.says, self.before_reply = says, before_reply
        self.offered, self.heard = [], []
        self.connections = 0
        self.lock = threading.Lock()
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def into(self, bureau):
        """That bureau's relay from now on."""
        bureau.set("smtp", url=f"smtp://127.0.0.1:{self.port}", starttls="off", user=None,
                   password_file=None)
        return self

    def kept(self, kind=None):
        with self.lock:
            return [t for t in self.offered if t.kept and kind in (None, t.kind)]

    def close(self):
        self.sock.close()

    def _serve(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(c,), daemon=True).start()

    def _one(self, c):
        c.settimeout(STALL_SECONDS)
        with contextlib.suppress(OSError, ValueError), c:
            Talk(self, c).run()


class Gone(ValueError):
    pass


class Talk:
    def __init__(self, relay, sock):
        self.relay, self.sock, self.file = relay, sock, sock.makefile("rb")
        self.taken = Taken()

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise Gone
        return line

    def act(self, what):
        if what == "reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if what == "stall":
            while self.sock.recv(65536):
                pass
        if what in ("drop", "reset", "stall"):
            self.file.close()
            self.sock.close()
            raise Gone
        self.sock.sendall(what.encode() + b"\r\n")
        return what

    def reply(self, stage):
        return self.act(self.relay.says(stage, self.taken) or OKAY.get(stage, "250 fine"))

    def dot(self):
        t = self.taken
        with self.relay.lock:
            self.relay.offered.append(t)
        self.relay.before_reply(t)
        what = self.relay.says("dot", t) or "250 queued"
        if what.startswith(("250", "keep ")):
            t.kept = True
            what = what.removeprefix("keep ")
        self.act(what)

    def data(self):
        if not self.reply("data").startswith("354"):
            return
        lines = []
        while (line := self.line()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
            early = self.relay.says("body", self.taken) if len(lines) == 1 else None
            if early:
                self.act(early)
        self.taken.raw = b"".join(lines)
        self.dot()

    def run(self):
        self.reply("connect")
        while True:
            line = self.line()
            self.relay.heard.append(line)
            verb = line.split()[0].lower().decode() if line.split() else ""
            if verb == "mail":
                self.taken = Taken(sender=between(line))
            if verb == "rcpt":
                self.taken.to = between(line)
            if verb == "data":
                self.data()
            else:
                self.reply(verb)
            if verb == "quit":
                return


def between(line):
    return line.partition(b"<")[2].partition(b">")[0].decode("latin-1")
