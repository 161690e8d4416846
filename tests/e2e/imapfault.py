"""Stands between bureaud and the private Dovecot and does harm at chosen commands."""
import contextlib
import re
import select
import socket
import struct

from bureau import FakeServer

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
WAIT_SECONDS = 120


class Cut(ValueError):
    pass


class ImapFault:
    """harm(n, command) is asked before the nth command of all sessions (the words behind the tag,
    in capitals up to the first argument as the client wrote it) and answers None or one of:
    "cut"        the connection ends, the server never hears of the command
    "lost"       the server does it, its answer is lost with the connection
    "half"       half of the answer arrives, then the connection ends
    "reset"      like lost, with a RST
    "bye"        BYE, then the end
    "stall"      nothing is answered any more
    b"NO ..."    that answer, from us; the server never hears of the command
    change(line) may alter each line of the server (literals pass as they are)."""

    def __init__(self, bureau, harm=lambda n, command: None, change=lambda line: line):
        self.bureau, self.harm, self.change = bureau, harm, change
        self.commands = []
        self.server = FakeServer(self._talk)
        bureau.set("imap", url=f"imap://127.0.0.1:{self.server.port}", starttls="off")

    def close(self):
        self.server.close()

    def direct(self):
        """The bureau talks to the server itself again."""
        self.bureau.set("imap", url=f"imaps://localhost:{self.bureau.srv.imaps_port}",
                        starttls=None)

    def _talk(self, server, client):
        with socket.create_connection(("127.0.0.1", self.bureau.srv.imap_port)) as real, \
                contextlib.suppress(Cut):
            Session(self, client, real).run()


class Session:
    def __init__(self, fault, client, real):
        self.fault, self.client, self.real = fault, client, real
        self.up, self.down = b"", b""       # not yet passed on: client's, server's
        self.up_literal = self.down_literal = 0
        self.tag, self.doing, self.answer = b"", None, b""
        self.stalled = False

    def run(self):
        while True:
            for s in select.select([self.client, self.real], [], [], WAIT_SECONDS)[0]:
                data = s.recv(65536)
                if not data:
                    return
                if s is self.client:
                    self.up += data
                    self.commands()
                else:
                    self.down += data
                    self.answers()

    def commands(self):
        while self.up:
            if self.up_literal:
                part = self.up[:self.up_literal]
                self.up, self.up_literal = self.up[len(part):], self.up_literal - len(part)
                self.real.sendall(part)
                continue
            line, end, rest = self.up.partition(b"\r\n")
            if not end:
                return
            self.up = rest
            self.command(line + end)

    def command(self, line):
        tag, _, words = line.rstrip().partition(b" ")
        found = LITERAL.search(line)
        self.up_literal = int(found[1]) if found else 0
        if words and not self.doing:
            f = self.fault
            f.commands.append(words.decode("latin-1"))
            self.doing = f.harm(len(f.commands), f.commands[-1])
            self.tag, self.answer = tag, b""
        if self.doing == "cut":
            raise Cut
        if self.doing == "bye":
            self.client.sendall(b"* BYE going down\r\n")
            raise Cut
        if isinstance(self.doing, bytes):
            self.client.sendall(tag + b" " + self.doing + b"\r\n")
            self.doing, self.up_literal = None, 0
            return
        self.real.sendall(line)

    def answers(self):
        if self.doing == "stall":
            self.down = b""
        elif self.doing:
            if self.down.startswith(b"+ "):     # go on: no answer yet
                line, end, self.down = self.down.partition(b"\n")
                self.client.sendall(line + end)
            self.answer += self.down
            self.down = b""
            if re.search(rb"(?m)^" + re.escape(self.tag) + rb" [^\n]*\n\Z", self.answer):
                self.lose()
        else:
            self.pass_on()

    def lose(self):
        if self.doing == "half":
            self.client.sendall(self.answer[:len(self.answer) // 2])
        if self.doing == "reset":
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Cut

    def pass_on(self):
        while self.down:
            if self.down_literal:
                part = self.down[:self.down_literal]
                self.down = self.down[len(part):]
                self.down_literal -= len(part)
                self.client.sendall(part)
                continue
            line, end, rest = self.down.partition(b"\n")
            if not end:
                return
            self.down = rest
            found = LITERAL.search(line + end)
            self.down_literal = int(found[1]) if found else 0
            self.client.sendall(self.fault.change(line + end))
