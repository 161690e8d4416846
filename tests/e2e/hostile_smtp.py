#!/usr/bin/python3
"""An SMTP relay that does as it is told; ends when its standard input closes.

hostile_smtp.py "STAGE=REPLY;..." [CERTIFICATES]: prints its port; for every line "seen" on its
standard input it prints what clients have sent so far, "#N " before connection N, CR LF as "|".
STAGE: connect ehlo starttls auth mail rcpt data body (after the first line of it) dot rset.
REPLY: a reply; "drop" ends the connection, "silent" says nothing; several, parted by "/", for
the first, second ... time over all connections, the last one stays.
Also: caps=A,B  tls=CERTIFICATE (from the first byte)  certificate=NAME  inject=TEXT.
"""
import pathlib
import socket
import ssl
import sys
import threading

OKAY = {"connect": "220 ready", "starttls": "220 go", "auth": "235 in", "data": "354 go on"}
lock = threading.Lock()
seen = []


class Gone(Exception):
    pass


class Session:
    def __init__(self, conn, script, certs):
        self.conn, self.script, self.certs = conn, script, certs
        self.buffer, self.secure = b"", False
        with lock:
            self.seen = bytearray()
            seen.append(self.seen)

    def tls(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs / f"{name}.pem", self.certs / f"{name}.key")
        self.conn = context.wrap_socket(self.conn, server_side=True)
        self.secure = True

    def reply(self, stage):
        with lock:
            replies = self.script.get(stage) or [OKAY.get(stage, "250 fine")]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply == "drop":
            raise Gone
        if reply == "silent":
            return None
        if stage == "starttls" and "inject" in self.script:
            reply += "\\n" + self.script["inject"][0]
        self.conn.sendall(reply.replace("\\n", "\r\n").encode() + b"\r\n")
        return reply

    def line(self):
        while b"\r\n" not in self.buffer:
            data = self.conn.recv(65536)
            if not data:
                raise Gone
            with lock:
                self.seen.extend(data)
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def data(self):
        if not (self.reply("data") or "").startswith("354"):
            return
        first = True
        while self.line() != b".":
            if first and "body" in self.script:
                self.reply("body")
            first = False
        self.reply("dot")

    def ehlo(self):
        caps = [c for c in self.script.get("caps", [""])[0].split(",") if c]
        if self.secure:
            caps = [c for c in caps if c != "STARTTLS"]
        if "ehlo" in self.script:
            self.reply("ehlo")
            return
        lines = ["relay.test", *caps]
        self.conn.sendall("".join(f"250-{x}\r\n" for x in lines[:-1]).encode() +
                          f"250 {lines[-1]}\r\n".encode())

    def starttls(self):
        reply = self.reply("starttls")
        if reply and reply.startswith("220"):
            self.tls(self.script.get("certificate", ["good"])[0])

    def auth(self, words):
        if len(words) == 2:
            self.conn.sendall(b"334 \r\n")
            self.line()
        if words[1:2] == ["LOGIN"]:
            self.conn.sendall(b"334 UGFzc3dvcmQ6\r\n")
            self.line()
        reply = self.reply("auth") or ""
        if reply.startswith("334"):
            self.line()
            self.conn.sendall(b"535 5.7.8 token refused\r\n")

    def run(self):
        if "tls" in self.script:
            self.tls(self.script["tls"][0])
        self.reply("connect")
        while True:
            words = self.line().decode("latin-1").split(" ")
            verb = words[0].lower()
            if verb == "quit":
                self.conn.sendall(b"221 bye\r\n")
                return
            if verb == "auth":
                self.auth(words)
            elif verb in ("data", "ehlo", "starttls"):
                getattr(self, verb)()
            else:
                self.reply(verb)


def serve(conn, script, certs):
    session = Session(conn, script, certs)
    try:
        session.run()
    except (Gone, OSError, ValueError):
        pass
    finally:
        session.conn.close()
        with lock:
            session.seen.extend(b"<end>")


def main():
    script = {}
    for part in filter(None, sys.argv[1].split(";")):
        key, _, value = part.partition("=")
        script[key] = [value] if key in ("caps", "inject") else value.split("/")
    certs = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn, script, certs), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for _ in sys.stdin:
        with lock:
            text = b"".join(b"#%d %s" % (i, s) for i, s in enumerate(seen, 1))
        print(text.replace(b"\r\n", b"|").decode("latin-1").encode("unicode_escape").decode(),
              flush=True)


main()
