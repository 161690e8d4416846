"""A bureau under test: its mailbox and people on the private servers, its configuration in a
folder of its own, and bureaud and bureauctl run against them as an administrator would."""
import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

from waiting import Failed, alive, wait_for

TREE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BUREAUD", TREE / "build"))
RUN_SECONDS = 120
PR_SET_PDEATHSIG = 1
OURS = re.compile(r"<(0|[A-Z]+-\d{4}-\d{5})\.([a-z-]+)\.([^.@<>]+)\.([^.@<>]+)@([^<>@]+)>")

CONF = """[bureau]
name = Bureau des interventions
organisation = Ville de Valmont
address = {bureau}
aliases = mairie@ville{tag}.test
phone = 03 00 00 00 00
postal_address = 1 place de la Mairie, 02999 Valmont
reference_prefix = BI
timezone = Europe/Paris
violence_ack = agent
database = bureaud.db
rules = {tree}/rules
templates = {tree}/templates
key_file = key

[imap]
url = imaps://localhost:{imaps}
ca_file = {ca}
user = {bureau}
password_file = imap-password
since = 1970-01-01
poll_seconds = 60

[smtp]
url = smtps://localhost:{smtps}
ca_file = {ca}
user = {bureau}
password_file = smtp-password

[trust]
authserv_id = mx.ville.test

[admin]
address = {admin}

[cabinet]
address = {cabinet}

[agent claire]
name = Claire Martin
address = {claire}
categories = *
on_call = yes

[agent karim]
name = Karim Benali
address = {karim}
categories = logement, finances
on_call = no
"""


class Bureau:
    """One configured bureau.  `tag` keeps its people apart from those of other tests: marie is
    marie@exempleTAG.test; a mail written for exemple.test is moved there by here()."""

    def __init__(self, srv, tag=None):
        self.srv = srv
        self.tag = str(srv.next_number()) if tag is None else tag
        self.folder = srv.root / f"bureau{self.tag}"
        self.folder.mkdir(mode=0o700)
        self.conf = self.folder / "bureaud.conf"
        self.processes = []
        self.mailbox = srv.mailbox(f"bureaudesinterventions@ville{self.tag}.test")
        self.claire = srv.mailbox(f"claire.martin@ville{self.tag}.test")
        self.karim = srv.mailbox(f"karim.benali@ville{self.tag}.test")
        self.cabinet = srv.mailbox(f"cabinet@ville{self.tag}.test")
        self.admin = srv.mailbox(f"informatique@ville{self.tag}.test")
        self.address = self.mailbox.address
        self.write("key", "0123456789abcdef" * 4, 0o600)
        self.write("imap-password", "secret\n", 0o600)
        self.write("smtp-password", "secret\n", 0o600)
        self.write("bureaud.conf", CONF.format(
            tag=self.tag, tree=TREE, bureau=self.address, ca=srv.certs.ca, imaps=srv.imaps_port,
            smtps=srv.smtps_port, claire=self.claire.address, karim=self.karim.address,
            admin=self.admin.address, cabinet=self.cabinet.address))

    def close(self):
        for d in list(self.processes):
            d.kill()

    # Files and configuration.

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def set(self, section, **values):
        """Give keys of one section of the configuration new values (None removes a key)."""
        out, here, left = [], None, dict(values)

        def rest():
            out.extend(f"{k} = {v}" for k, v in left.items() if v is not None)
            left.clear()
        for line in self.conf.read_text().splitlines():
            if line.startswith("["):
                if here == section:
                    rest()
                here = line.strip("[]")
            key = line.partition("=")[0].strip()
            if here == section and key in left:
                value = left.pop(key)
                if value is not None:
                    out.append(f"{key} = {value}")
                continue
            out.append(line)
        if here != section and left:
            out.append(f"[{section}]")
        rest()
        self.conf.write_text("\n".join(out) + "\n")

    def line_of(self, text, path=None):
        """The number of the first line of a file (the configuration) that holds the text."""
        lines = (path or self.conf).read_text().splitlines()
        return next(i for i, line in enumerate(lines, 1) if text in line)

    # People and their mail.

    def here(self, raw):
        """A mail written for the domains ville.test, exemple.test, partenaire.test, moved to
        this bureau's own; the authserv-id mx.ville.test stays."""
        raw = raw.encode() if isinstance(raw, str) else raw
        return re.sub(rb"(?<=@)(ville|exemple|partenaire)\.test|(?<==)(ville|exemple)\.test",
                      lambda m: (m[1] or m[2]) + self.tag.encode() + b".test", raw)

    def person(self, name, domain="exemple"):
        return self.srv.mailbox(f"{name}@{domain}{self.tag}.test")

    def deliver(self, raw, sender=None, to=None, drain=True):
        """By SMTP, from outside.  The envelope's sender is the From address unless given."""
        raw = self.here(raw)
        if sender is None:
            found = re.search(rb"(?mi)^From:.*?([^\s<>]+@[^\s<>]+)", raw)
            sender = found[1].decode()
        self.srv.send(raw, to or self.address, sender, drain)
        return raw

    def put(self, raw, when=None, flags="", folder="INBOX"):
        """Straight into the bureau's mailbox, with an INTERNALDATE and flags of our choice."""
        self.mailbox.append(self.here(raw), folder, when, flags)

    # The programs.

    def bureaud(self, *args, conf=None, timeout=RUN_SECONDS, wrap=()):
        """Run bureaud to its end."""
        return subprocess.run([*wrap, BIN / "bureaud", "-c", conf or self.conf, *args],
                              capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)

    def once(self, *args, expect=0):
        """One pass (-1), then until what it sent has been delivered."""
        done = self.bureaud("-1", *args)
        if done.returncode != expect:
            raise Failed(f"bureaud -1: exit {done.returncode}, not {expect}\n{done.stderr}")
        self.srv.drain()
        return done

    def start(self, *args, wrap=()):
        """The daemon, in the background; it is ended with the test."""
        d = Daemon(self, args, wrap)
        self.processes.append(d)
        return d

    def ctl_run(self, *args, data=None):
        return subprocess.run([BIN / "bureauctl", "-c", self.conf, *args], capture_output=True,
                              input=data, timeout=RUN_SECONDS)

    def ctl(self, *args, data=None, expect=0):
        """bureauctl ... --json as a list of objects; it must print one a line."""
        done = self.ctl_run(*args, "--json", data=data)
        if expect is not None and done.returncode != expect:
            raise Failed(f"bureauctl {args}: exit {done.returncode}, not {expect}: "
                         + done.stderr.decode(errors="replace"))
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def tickets(self, *args):
        return self.ctl("list", *args)

    def messages(self, *args):
        return self.ctl("messages", *args)

    def queue(self):
        return self.ctl("queue")

    def explain(self, raw):
        found = self.ctl("explain", "-", data=self.here(raw))
        assert len(found) == 1, found
        return found[0]

    def message(self, message_id):
        """The one line of `messages` with that Message-ID."""
        message_id = self.here(message_id).decode()
        found = [m for m in self.messages() if bare(m["message_id"]) == bare(message_id)]
        assert len(found) == 1, (message_id, self.messages())
        return found[0]

    # What came of it.

    def acks(self, who, kind="ack"):
        """The acknowledgments (or another kind) that one mailbox holds."""
        return [m for m in who.mails() if kind_of(m) == kind]

    def to_agents(self, kind, *who):
        """Mails of one X-Bureaud-Kind in the agents' mailboxes."""
        return [m for box in (who or (self.claire, self.karim)) for m in box.mails()
                if m["X-Bureaud-Kind"] == kind]


def bare(message_id):
    return message_id.strip("<>")


def kind_of(mail):
    """ack, relay, notify ... from the Message-ID of a mail of ours; "" for another's."""
    found = OURS.fullmatch(str(mail["Message-ID"] or "").strip())
    return found[2] if found else ""


def descendants(pid):
    """The process and every process it has brought into the world, parents first."""
    children = {}
    for p in os.listdir("/proc"):
        if p.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{p}/stat") as f:
                children.setdefault(int(f.read().rpartition(")")[2].split()[1]), []).append(int(p))
    out = [pid]
    for p in out:
        out.extend(children.get(p, ()))
    return [p for p in out if alive(p)]


def end_with_parent():
    """Between fork and exec: the daemon does not outlive a test run that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Daemon:
    """A running bureaud."""

    def __init__(self, bureau, args, wrap):
        self.bureau = bureau
        self.log_path = bureau.folder / f"daemon-{len(os.listdir(bureau.folder))}.log"
        with open(self.log_path, "wb") as out:
            self.p = subprocess.Popen([*wrap, BIN / "bureaud", "-c", bureau.conf, *args],
                                      stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      start_new_session=True, preexec_fn=end_with_parent)

    @property
    def pid(self):
        return self.p.pid

    def log(self):
        return self.log_path.read_text(errors="replace")

    def running(self):
        return self.p.poll() is None

    def pids(self):
        return descendants(self.p.pid)

    def check(self):
        if not self.running():
            raise Failed(f"bureaud ended with {self.p.returncode}:\n{self.log()}")
        return True

    def ready(self, seconds=30):
        """Until the daemon says that its mailbox is connected and has been looked at."""
        def look():
            (s,) = self.check() and self.bureau.ctl("status", expect=None) or (None,)
            return s and s["mailbox"]["connected"] and s["mailbox"]["last_poll"]
        wait_for("bureaud to look at its mailbox", look, seconds)
        return self

    def settled(self, mails, seconds=60):
        """Until so many distinct mails are recorded and nothing in the outbox waits; then until
        Postfix has delivered what it was given."""
        def look():
            found = self.check() and self.bureau.ctl("messages", expect=None)
            return len(found) >= mails and all(q["state"] in ("sent", "dead")
                                               for q in self.bureau.queue())
        wait_for(f"{mails} mails to be recorded and answered", look, seconds)
        self.bureau.srv.drain()

    def kill(self):
        """SIGKILL to all of its processes at once, the parent first so that none is replaced."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.p.pid, signal.SIGSTOP)
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.p.wait(30)
        wait_for("the killed processes to be gone", lambda: not any(map(alive, pids)))
        with contextlib.suppress(ValueError):
            self.bureau.processes.remove(self)

    def stop(self, sig=signal.SIGTERM, seconds=30):
        """End it in order; the exit code."""
        pids = self.pids()
        self.p.send_signal(sig)
        code = self.p.wait(seconds)
        self.bureau.processes.remove(self)
        wait_for("all of bureaud's processes to end", lambda: not any(map(alive, pids)))
        return code


class FakeServer:
    """A server of ours in a thread: accepts, hands each connection to talk(file, socket), and
    keeps every line that clients said."""

    def __init__(self, talk):
        self.talk = talk
        self.heard = []
        self.connections = 0
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(c,), daemon=True).start()

    def _one(self, c):
        c.settimeout(30)
        with contextlib.suppress(OSError, ValueError), c:
            self.talk(self, c)

    def close(self):
        self.sock.close()
