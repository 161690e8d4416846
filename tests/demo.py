"""make demo: see the main job work, on a private Dovecot and a private Postfix.

  demo.py           deliver mails, show what came of them, stay up until Ctrl-C
  demo.py --check   the same without a person: verify what the citizens received, and exit
"""
import argparse
import email
import email.policy
import pathlib
import shutil
import signal
import sys
import textwrap
import time
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).parent / "e2e"))
import mails  # noqa: E402
from bureau import BIN, Bureau, bare, kind_of  # noqa: E402
from servers import SENT, Servers, become_root  # noqa: E402
from waiting import Failed  # noqa: E402

ELSEWHERE = "<un-mail-ecrit-ailleurs@courrier.exemple.test>"
WIDTH = min(100, max(80, shutil.get_terminal_size((96, 24)).columns))
COLOURS = sys.stdout.isatty()


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOURS else text


def cells(text):
    """Columns that the text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
               for c in text)


def fit(text, width):
    """The text in exactly so many columns."""
    if cells(text) > width:
        while cells(text) > width - 1:
            text = text[:-1]
        text = text.rstrip() + "…"
    return text + " " * (width - cells(text))


def heading(text):
    print("\n" + paint("1", text) + "\n" + "─" * WIDTH)


class Demo:
    def __init__(self, servers):
        self.servers = servers
        self.bureau = Bureau(servers, tag="")
        self.latency = None

    def run(self):
        """Start the daemon, deliver every mail, wait until all is done."""
        b = self.bureau
        self.people = {m.name: b.person(m.who) for m in mails.ALL if m.who}
        b.set("alerts", group_after=100)     # one notification a mail, to be looked at
        self.daemon = b.start().ready()
        first, *rest = mails.ALL
        began = time.monotonic()
        self.deliver(first)
        self.people[first.name].wait("an acknowledgment", lambda found: found)
        self.latency = time.monotonic() - began
        for m in rest:
            self.deliver(m)
        self.servers.drain()
        self.daemon.settled(len(mails.ALL))
        self.seconds = time.monotonic() - began
        self.read()

    def deliver(self, m):
        self.bureau.deliver(m.raw(BOUNCED=ELSEWHERE), m.sender, drain=False)

    def read(self):
        """Everything the checks and the table are made of."""
        b = self.bureau
        self.messages = b.messages()
        self.by_id = {bare(m["message_id"]): m for m in self.messages}
        self.tickets = {t["ref"]: t for t in b.tickets()}
        self.received = {name: box.mails() for name, box in self.people.items()}
        self.because = {m.name: b.explain(m.raw(BOUNCED=ELSEWHERE))["ack_because"]
                        for m in mails.ALL if not self.received.get(m.name)}

    def line(self, m):
        return self.by_id.get(bare(m.message_id), {})

    def ticket(self, m):
        return self.tickets.get(self.line(m).get("ticket"), {})

    def table(self):
        heading(f"{len(mails.ALL)} mails came in; this is what became of them "
                f"({self.seconds:.1f} s)")
        rest = WIDTH - 13 - 12 - 6
        subject, what = rest * 9 // 20, rest - rest * 9 // 20
        row = "{}  {}  {}  {}"
        print(paint("2", row.format(fit("mail", subject), fit("ticket", 13), fit("category", 12),
                                    fit("acknowledgment", what)).rstrip()))
        for m in mails.ALL:
            line, ticket = self.line(m), self.ticket(m)
            acks = self.received.get(m.name, ())
            if acks:
                number = "[" in str(acks[0]["Subject"])
                said = paint("32", "sent" if number else "sent, short, no number")
            else:
                said = paint("33", fit("none: " + self.because[m.name], what).rstrip())
            print(row.format(fit(subject_of(m), subject), fit(line.get("ticket") or "–", 13),
                             fit(ticket.get("category", "–"), 12), said))

    def acknowledgment(self):
        m = self.received[mails.EXPULSION.name][0]
        heading(f"What {m['To']} reads, {self.latency:.2f} s after writing")
        for name in ("From", "To", "Date", "Subject", "Auto-Submitted"):
            print(paint("2", f"{name}: ") + f"{m[name]}")
        print()
        for line in m.text.rstrip().splitlines():
            for part in textwrap.wrap(line, WIDTH - 2, break_long_words=False) or [""]:
                print("  " + part)

    def mailboxes(self):
        """One mutt command for each mailbox."""
        b = self.bureau
        heading("Look around (the servers stay up until Ctrl-C)")
        shown = [("the bureau's mailbox", b.mailbox), ("agent Claire Martin", b.claire),
                 ("agent Karim Benali", b.karim), ("the mayor's cabinet", b.cabinet)]
        shown += [("citizen", self.people[m.name]) for m in mails.CITIZENS]
        folder = self.servers.root / "mutt"
        folder.mkdir(exist_ok=True)
        for who, box in shown:
            name = box.address.partition("@")[0]
            (folder / name).write_text(MUTTRC.format(
                address=box.address, user=box.address.replace("@", "%40"), password=box.password,
                ca=self.servers.certs.ca, port=self.servers.imaps_port,
                smtps=self.servers.smtps_port))
            command = f"mutt -n -F {folder}/{name}"
            print(f"{command}{' ' * max(2, 63 - len(command))}{paint('2', '# ' + who)}")
        print(f"\n{display(BIN / 'bureauctl')} -c {b.conf} list")
        print(f"{display(BIN / 'bureauctl')} -c {b.conf} show "
              f"{next(iter(sorted(self.tickets)), 'REF')}")


MUTTRC = """set folder="imaps://localhost:{port}/"
set spoolfile="imaps://localhost:{port}/INBOX"
set imap_user="{address}"
set imap_pass="{password}"
set from="{address}"
set ssl_ca_certificates_file="{ca}"
set mail_check=2
set sort=threads
set imap_check_subscribed=no
set imap_list_subscribed=no
set record=""
set move=no
set smtp_url="smtps://{user}@localhost:{smtps}"
set smtp_pass="{password}"
"""


def display(path):
    """A path as it is typed from here."""
    try:
        return path.resolve().relative_to(pathlib.Path.cwd())
    except ValueError:
        return path


def subject_of(m):
    subject = email.message_from_bytes(m.raw(), policy=email.policy.default)["Subject"]
    return str(subject or "").strip() or "(no subject)"


class Checks:
    """Counts, and says what failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, what, ok, seen=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(paint("31", f"FAILED  {what}") + (f": {seen}" if seen != "" else ""))

    def equal(self, what, seen, wanted):
        self.that(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def check_mail(d, c, m):
    """One mail that came in: its line, its ticket, its person's mailbox."""
    line, ticket, name = d.line(m), d.ticket(m), m.name
    c.that(f"{name}: has one line in messages", bool(line))
    c.equal(f"{name}: outcome", line.get("outcome"), m.outcome)
    c.equal(f"{name}: a ticket or none", bool(line.get("ticket")), m.outcome == "new_ticket")
    if m.category:
        c.that(f"{name}: category", ticket.get("category") in m.category, ticket.get("category"))
    if not m.who:
        return
    received = d.received[name]
    due = m.ack in ("standard", "short", "discreet")
    c.equal(f"{name}: mails received", len(received), int(due))
    for ack in received:
        check_ack(d, c, m, ack, ticket)


def check_ack(d, c, m, ack, ticket):
    name, headers = m.name, {k.lower(): str(v) for k, v in ack.items()}
    wanted = {
        "auto-submitted": "auto-replied",
        "x-auto-response-suppress": "All",
        "in-reply-to": m.message_id,
        "return-path": "<>",
        "x-bureaud-loop": headers.get("message-id"),
    }
    for key, value in wanted.items():
        c.equal(f"{name}: {key}", headers.get(key), value)
    c.that(f"{name}: references", m.message_id in headers.get("references", ""))
    c.equal(f"{name}: message-id of an acknowledgment", kind_of(ack), "ack")
    c.equal(f"{name}: to", [a.addr_spec for a in ack["To"].addresses], [d.people[name].address])
    c.equal(f"{name}: from", [a.addr_spec for a in ack["From"].addresses], [d.bureau.address])
    c.that(f"{name}: no Cc, Bcc, receipt", not {"cc", "bcc", "disposition-notification-to",
                                                "x-bureaud-kind", "x-bureaud-ticket"} & set(headers))
    c.equal(f"{name}: one text part", ack.get_content_type(), "text/plain")
    c.that(f"{name}: at most 16 kB", len(ack.raw) <= 16 * 1024, len(ack.raw))
    tagged = f"[{ticket.get('ref')}]" in str(ack["Subject"])
    c.equal(f"{name}: reference in the subject", tagged, m.ack == "standard")
    c.that(f"{name}: nothing left to fill in", not any(x in ack.text for x in ("{{", "}}", "${")))


def check_rest(d, c):
    """The mailbox, the agents, the copies, the queue, the end."""
    b = d.bureau
    c.equal("distinct mails recorded", len(d.messages), len(mails.ALL))
    c.equal("tickets", len(d.tickets), len(mails.CITIZENS))
    inbox = b.mailbox.mails()
    c.equal("citizens' mails stay in the folder while their tickets are open",
            sorted(str(m["Message-ID"]) for m in inbox), sorted(m.message_id for m in mails.CITIZENS))
    c.that("each of them is marked, none is set read", all(
        "$Bureaud" in m.flags and "\\Seen" not in m.flags for m in inbox))
    filed = b.mailbox.mails("Bureau/Traités")
    c.equal("machines' mails are filed", sorted(str(m["Message-ID"]) for m in filed),
            sorted(m.message_id for m in mails.MACHINES))
    acked = sorted(str(a["Message-ID"]) for found in d.received.values() for a in found)
    sent = [str(m["Message-ID"]) for m in b.mailbox.mails(SENT)]
    c.equal("a copy of each acknowledgment in Sent", sorted(sent), acked)
    told = {str(m["X-Bureaud-Ticket"]) for kind in ("notify", "alert")
            for m in b.to_agents(kind, b.claire)} - {"None"}
    c.equal("claire is told of every ticket", sorted(told), sorted(d.tickets))
    c.that("the outbox is done", all(q["state"] == "sent" for q in b.queue()))
    status = b.ctl("status", expect=None)[0]
    c.equal("status is ok", status["ok"], True)
    c.equal("SIGTERM ends it in order", d.daemon.stop(), 0)


def check(d):
    c = Checks()
    for m in mails.ALL:
        check_mail(d, c, m)
    check_rest(d, c)
    print(f"\ndemo: {c.passed} passed, {c.failed} failed")
    return 1 if c.failed else 0


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--check", action="store_true", help="verify what came out, and exit")
    args = args.parse_args()
    become_root()
    if not (BIN / "bureaud").exists():
        sys.exit(f"{BIN}/bureaud is missing: run make first")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Servers() as servers:
        print(f"A private Dovecot (IMAPS, port {servers.imaps_port}) and Postfix "
              f"(SMTPS, port {servers.smtps_port}) run in\n{servers.root}, "
              "and nowhere else.")
        d = Demo(servers)
        try:
            d.run()
            d.table()
            d.acknowledgment()
            if args.check:
                return check(d)
            d.mailboxes()
            signal.pause()
        except Failed as e:
            print(f"demo: {e}", file=sys.stderr)
            for p in d.bureau.processes:
                print(p.log(), file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nThe servers are stopped and their folder is removed.")
            return 0
        finally:
            d.bureau.close()


if __name__ == "__main__":
    sys.exit(main())
