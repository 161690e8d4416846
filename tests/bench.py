"""make bench: how fast the main job goes on this machine, next to what the machine can do.

  bench.py [--mails N] [--size BYTES]

N mails lie in a Dovecot mailbox; bureaud makes tickets of them and its acknowledgments go to
Postfix's smtp-sink.  Measured in the same run: plain fetching of that mailbox, plain commits on
that disk, plain SMTP on one connection.  It is no test: it ends with 0 whatever the figures."""
import argparse
import contextlib
import email.message
import email.utils
import os
import pathlib
import smtplib
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent / "e2e"))
from bureau import Bureau, descendants  # noqa: E402
from imapbox import mailbox_name  # noqa: E402
from servers import SENT, Servers, become_root  # noqa: E402
from waiting import end, free_ports, wait_for  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
# What a demand is made of; each mail takes its own turn through them.
SENTENCES = (
    "Je cherche un logement pour ma famille, le bail se termine à la fin du mois.",
    "Le loyer a augmenté deux fois cette année et mon salaire n'a pas changé.",
    "J'ai deux enfants, l'aîné est au collège et la petite entre à la maternelle.",
    "La caisse m'a demandé un justificatif que j'ai déjà envoyé trois fois.",
    "On m'a dit au guichet que vous pourriez m'indiquer la bonne personne.",
    "Mon voisin du dessus fait des travaux le soir et le propriétaire ne répond pas.",
    "Je peux venir vous voir le matin, sauf le jeudi où je travaille.",
    "Le chauffage est en panne depuis lundi et il fait froid dans les chambres.",
    "J'ai gardé toutes les quittances et le courrier de l'agence.",
    "Ma mère vit seule au deuxième étage et l'ascenseur est souvent arrêté.",
    "Je vous remercie par avance de l'attention que vous porterez à ma demande.",
    "Vous pouvez m'appeler l'après-midi ou me répondre à cette adresse.",
)
P = ('<p class="MsoNormal" style="margin:0cm;font-size:11.0pt;font-family:&quot;Calibri&quot;,'
     'sans-serif"><span style="color:black;mso-fareast-language:FR">%s<o:p></o:p></span></p>\n')


def mail_number(i, size):
    """One mail of about that size, as a usual client sends it: a text of some 1.5 kB and its HTML
    twin; different from all others, from a person of its own."""
    words = [SENTENCES[(i * 5 + k * 7) % len(SENTENCES)] for k in range(18)]
    m = email.message.EmailMessage()
    m["From"] = f"Habitant {i} <habitant{i}@exemple.test>"
    m["To"] = "bureaudesinterventions@ville.test"
    m["Subject"] = f"Demande de rendez-vous {i}"
    m["Date"] = email.utils.formatdate(localtime=True)
    m["Message-ID"] = f"<banc-{i}@courrier.exemple.test>"
    m.set_content("Bonjour,\n\n" + "\n".join(words) + "\n\nCordialement\n", cte="8bit")
    html = "".join(P % w for w in words)
    while len(html) < size - 3200:
        html += P % "&nbsp;"
    m.add_alternative(f"<html><head><style>p {{ margin: 0 }}</style></head><body>{html}</body></html>",
                      subtype="html", cte="8bit")
    return m.as_bytes()


def fill(bureau, n, size):
    """Straight into the Maildir, as a delivery agent names its files."""
    new = bureau.srv.maildir(bureau.address) / "new"
    with bureau.mailbox.session("INBOX"):
        pass                                # the first login makes the Maildir
    stat = new.stat()
    for i in range(n):
        raw = bureau.here(mail_number(i, size)).replace(b"\n", b"\r\n")
        path = new / f"{int(time.time())}.M{i}P1.bench,S={len(raw)},W={len(raw)}"
        path.write_bytes(raw)
        os.chown(path, stat.st_uid, stat.st_gid)


# What the machine can do.

def plain_fetch(bureau, n):
    """Mails a second over one IMAPS session, 50 UIDs a command, nothing done with them."""
    with bureau.mailbox.session("INBOX") as s:
        uids = s.uid("SEARCH", "ALL")[1][0].split()
        s.send(b"x0 UID FETCH 1:* (UID)\r\n")
        drain_until(s.file, b"x0 ")
        began, total = time.monotonic(), 0
        for k in range(0, len(uids), 50):
            part = uids[k:k + 50]
            s.send(b"x1 UID FETCH %s:%s (UID FLAGS INTERNALDATE BODY.PEEK[])\r\n"
                   % (part[0], part[-1]))
            total += drain_until(s.file, b"x1 ")
        took = time.monotonic() - began
    return n / took, total / took / 1e6


def drain_until(f, tag):
    total = 0
    while True:
        line = f.readline()
        if not line:
            raise EOFError("the server left")
        total += len(line)
        if line.startswith(tag):
            return total
        if line.endswith(b"}\r\n"):
            left = int(line[line.rindex(b"{") + 1:-3])
            total += left
            f.read(left)


def plain_commits(folder, seconds=2.0):
    """Commits a second: one row of 2 kB each, WAL, synchronous FULL."""
    path = folder / "plain.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)")
    n, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        db.execute("INSERT INTO t(b) VALUES(?)", (os.urandom(2048),))
        n += 1
    rate = n / (time.monotonic() - began)
    db.close()
    return rate


def plain_smtp(port, n=1000):
    """Mails of 2 kB a second on one connection, one recipient each."""
    raw = b"Subject: banc\r\n\r\n" + (b"x" * 76 + b"\r\n") * 26
    with smtplib.SMTP("127.0.0.1", port) as s:
        began = time.monotonic()
        for i in range(n):
            s.sendmail("", [f"habitant{i}@exemple.test"], raw)
        return n / (time.monotonic() - began)


@contextlib.contextmanager
def sink():
    """Postfix's smtp-sink: accepts everything, keeps nothing."""
    (port,) = free_ports(1)
    p = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "nobody", f"inet:127.0.0.1:{port}", "100"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def there():
        with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", port):
            return True
    try:
        wait_for("smtp-sink", there)
        yield port
    finally:
        end(p.pid)
        p.wait()


class Watch(threading.Thread):
    """CPU time and memory of a process and its children, looked at fifty times a second: what a
    start takes is over in a tenth."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.over = pid, threading.Event()
        self.cpu, self.peak, self.last, self.names = {}, {}, {}, {}
        self.peak_all = self.last_all = 0
        self.start()

    def run(self):
        while not self.over.wait(0.02):
            self.look()

    def look(self):
        now = {}
        for pid in descendants(self.pid):
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                self.cpu[pid] = (int(fields[11]) + int(fields[12])) / TICK
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
                now[pid] = int(text.split("\nPss:")[1].split()[0])
                self.peak[pid] = max(self.peak.get(pid, 0), now[pid])
                self.names[pid] = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
        self.last, self.last_all = now, sum(now.values())
        self.peak_all = max(self.peak_all, self.last_all)

    def stop(self):
        self.over.set()
        self.join()
        self.look()
        return self


def follow(d, count, total):
    """(value, time) of a figure as it goes on, until it has reached the total."""
    seen = []
    while not seen or seen[-1][0] < total:
        if not d.running():
            sys.exit("bureaud ended:\n" + d.log())
        seen.append((count(), time.monotonic()))
        time.sleep(0.1)
    return seen


def rate(seen):
    """What was done a second, from the last look before it began until it was done."""
    moved = [k for k in range(1, len(seen)) if seen[k][0] != seen[k - 1][0]]
    (v0, t0), (v1, t1) = seen[moved[0] - 1 if moved[0] else 0], seen[-1]
    return (v1 - v0) / (t1 - t0)


def measure_intake(bureau, n):
    """Mails into tickets, while an SMTP server that never greets keeps post out of the way."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        bureau.set("smtp", url=f"smtp://127.0.0.1:{mute.getsockname()[1]}")
        bureau.bureaud("--init")
        d = bureau.start()
        watch = Watch(d.pid)
        seen = follow(d, lambda: bureau.ctl("status", expect=None)[0]["tickets"]["open"], n)
        watch.stop()
        d.kill()
    return {"rate": rate([(0, seen[0][1]), *seen]), "watch": watch}


def measure_post(bureau, port):
    """The outbox to smtp-sink, then the copies into Sent, then nothing to do."""
    total = len(bureau.queue())
    acks = sum(q["kind"] == "ack" for q in bureau.queue())
    bureau.set("smtp", url=f"smtp://127.0.0.1:{port}")
    d = bureau.start()
    watch = Watch(d.pid)
    seen = follow(d, lambda: sum(q["state"] == "sent" for q in bureau.queue()), total)
    sent = bureau.srv.maildir(bureau.address) / mailbox_name(f"/{SENT}").strip('"')
    wait_for("the copies in Sent", lambda: sum(1 for d in ("new", "cur")
                                               for _ in os.scandir(sent / d)) >= acks, 300)
    watch.stop()
    time.sleep(3)
    asleep = Watch(d.pid).stop()
    d.stop()
    done = sum(q["kind"] == "ack" and q["state"] == "sent" for q in bureau.queue())
    return {"rate": rate(seen), "watch": watch, "acks": done, "total": total,
            "idle": sum(asleep.cpu[p] - watch.cpu.get(p, 0) for p in asleep.cpu) / 3}


def row(what, value, beside="", target=""):
    print(f"{what:<32}{value:>16}   {beside:<30}{target}")


def memory(n, watch):
    for pid in sorted(watch.peak):
        row(f"  {watch.names[pid]}", f"{watch.peak[pid] / 1024:.1f} MiB",
            f"at the end {watch.last.get(pid, 0) / 1024:.1f} MiB",
            f"CPU {watch.cpu[pid] * 1000 / n:.2f} ms a mail")


def report(n, intake, post, fetch, commits, smtp):
    slower = min(commits, smtp)
    print()
    row("", "bureaud", "this machine, plainly", "design target")
    row("intake (mails into tickets)", f"{intake['rate']:,.0f}/s",
        f"fetch {fetch[0]:,.0f}/s, {fetch[1]:.0f} MB/s", ">= 1,000/s")
    row("post (mails accepted)", f"{post['rate']:,.0f}/s",
        f"commits {commits:,.0f}/s, SMTP {smtp:,.0f}/s",
        f">= {0.8 * slower:,.0f}/s (80 % of the slower)")
    row("  acknowledgments accepted", f"{post['acks']:,}", f"of {post['total']:,} mails in all",
        f"{n:,}")
    for name, r in (("while intake works", intake), ("while post works", post)):
        row(f"peak PSS {name}", f"{r['watch'].peak_all / 1024:.1f} MiB",
            f"at the end {r['watch'].last_all / 1024:.1f} MiB", "<= 32 MiB together")
        memory(n, r["watch"])
    row("idle", f"{post['idle'] * 100:.1f} % CPU", "", "asleep")


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--mails", type=int, default=2000)
    args.add_argument("--size", type=int, default=10240)
    args = args.parse_args()
    become_root()
    with Servers() as servers, sink() as port:
        bureau = Bureau(servers, tag="")
        bureau.set("smtp", starttls="off", user=None, password_file=None)
        bureau.set("limits", acks_per_hour=0)
        print(f"{args.mails} mails of {args.size / 1024:.0f} KiB are put into the mailbox ...",
              flush=True)
        fill(bureau, args.mails, args.size)
        fetch = plain_fetch(bureau, args.mails)
        commits = plain_commits(bureau.folder)
        smtp = plain_smtp(port)
        try:
            intake = measure_intake(bureau, args.mails)
            post = measure_post(bureau, port)
        finally:
            bureau.close()
    report(args.mails, intake, post, fetch, commits, smtp)


if __name__ == "__main__":
    main()
