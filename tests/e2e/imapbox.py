"""A user's mailbox, read and written over IMAP by Python's own library: the independent judge."""
import base64
import contextlib
import email
import email.message
import email.policy
import imaplib
import re
import ssl
import time

from waiting import Failed, wait_for

imaplib._MAXLINE = 20_000_000


class Mail(email.message.EmailMessage):
    """A mail as it lies in a mailbox: the parsed message and what the server says of it."""
    uid = 0
    flags = frozenset()
    internaldate = None
    raw = b""

    @property
    def text(self):
        body = self.get_body(("plain",))
        return body.get_content() if body else ""


class Mailbox:
    """One user's mail, read and written over IMAP by Python's own library."""

    def __init__(self, servers, address, password="secret"):
        self.servers, self.address, self.password = servers, address, password

    def __repr__(self):
        return f"<{self.address}>"

    @contextlib.contextmanager
    def session(self, folder=None):
        """A logged-in imaplib session; with a folder, selected read-write (or None yielded)."""
        tls = ssl.create_default_context(cafile=str(self.servers.certs.ca))
        s = imaplib.IMAP4_SSL("localhost", self.servers.imaps_port, ssl_context=tls, timeout=60)
        try:
            s.login(self.address, self.password)
            if folder is not None and s.select(mailbox_name(folder))[0] != "OK":
                yield None
            else:
                yield s
        finally:
            with contextlib.suppress(Exception):
                s.logout()

    def folders(self):
        """The names of all folders, decoded, with '/' as the delimiter."""
        with self.session() as s:
            lines = [x.decode() for x in s.list()[1] if x]
        found = [re.match(r'\((.*?)\) "?(.*?)"? (.*)$', x).groups() for x in lines]
        return sorted(utf7_decode(n.strip('"')).replace(d, "/") for _, d, n in found)

    def mails(self, folder="INBOX"):
        """All mails of a folder in UID order; an absent folder has none."""
        with self.session(folder) as s:
            if s is None:
                return []
            uids = s.uid("SEARCH", "ALL")[1][0].split()
            if not uids:
                return []
            answer = s.uid("FETCH", b",".join(uids),
                           "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1]
        return sorted((mail_of(*part) for part in paired(answer)), key=lambda m: m.uid)

    def all_mails(self):
        return {f: self.mails(f) for f in self.folders()}

    def append(self, raw, folder="INBOX", when=None, flags=""):
        """Put a mail there as a client or another server would; `when` is its INTERNALDATE."""
        with self.session() as s:
            when = imaplib.Time2Internaldate(when or time.time())
            raw = re.sub(rb"\r?\n", b"\r\n", raw)
            kind, answer = s.append(mailbox_name(folder), flags, when, raw)
            if kind != "OK":
                raise Failed(f"APPEND to {folder}: {answer}")

    def store(self, uid, flags, folder="INBOX"):
        with self.session(folder) as s:
            s.uid("STORE", str(uid), "+FLAGS.SILENT", flags)

    def create(self, folder):
        with self.session() as s:
            s.create(mailbox_name(folder))

    def wait(self, what, predicate=bool, folder="INBOX", seconds=60):
        """predicate(mails), once it is true; the mails are read again and again until then."""
        found = []

        def look():
            found[:] = self.mails(folder)
            return predicate(found)
        wait_for(f"{self.address}: {what}", look, seconds)
        return found


def mailbox_name(folder):
    """Our '/' is this server's '.'; names outside ASCII are modified UTF-7 (RFC 3501 5.1.3)."""
    out, pending = "", ""

    def flush():
        coded = base64.b64encode(pending.encode("utf-16-be")).decode().rstrip("=")
        return f"&{coded.replace('/', ',')}-" if pending else ""
    for c in folder.replace("/", "."):
        if " " <= c <= "~":
            out, pending = out + flush() + ("&-" if c == "&" else c), ""
        else:
            pending += c
    return f'"{out + flush()}"'


def utf7_decode(name):

    def one(m):
        if not m[1]:
            return "&"
        coded = m[1].replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    return re.sub(r"&([^-]*)-", one, name)


def paired(answer):
    """(line, literal) of each message of a FETCH answer; flags may stand behind the literal."""
    for i, part in enumerate(answer):
        if isinstance(part, tuple):
            tail = answer[i + 1] if i + 1 < len(answer) else b""
            yield part[0] + (tail if isinstance(tail, bytes) else b""), part[1]


def mail_of(line, raw):
    m = email.message_from_bytes(raw, _class=Mail, policy=email.policy.default)
    m.raw = raw
    m.uid = int(re.search(rb"UID (\d+)", line)[1])
    m.flags = frozenset(re.search(rb"FLAGS \((.*?)\)", line)[1].decode().split())
    m.internaldate = imaplib.Internaldate2tuple(line)
    return m
