"""A database as a year of a bureau's life leaves it: hundreds of tickets of people who have names,
addresses and troubles, written straight into the tables that `bureaud --init` made."""
import datetime
import hashlib
import random
import sqlite3
import subprocess
import zoneinfo

from bureau import BIN, CONF, TREE

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
NAMES = ("Zoubida Kherfallah", "Yvonnick Trévidic", "Wassila Benmessaoud", "Ghislaine Quéffelec",
         "Aldegonde Vanhoutte", "Xiomara Fuentealba", "Ndeye Thiongane", "Théophraste Lagüe",
         "Olexandra Hryhorenko", "Mélusine Duquesnoy")
TROUBLES = ("chaudière crevassée", "moisissures galopantes", "huissier menaçant",
            "ordonnance perdue", "bailleur taciturne", "poussette volée", "attestation raturée", "fauteuil confisqué")
CATEGORIES = (("logement", 40), ("finances", 24), ("demarches", 14), ("emploi", 8), ("sante", 6),
              ("voirie", 5), ("permanence", 4), ("famille", 3), ("reclamation", 2),
              ("remerciement", 2), ("a_qualifier", 4), ("violences", 4))
QUARTIERS = ("", "Presles", "Chevreux", "Gare", "Rive gauche", "inconnu d’ici")
LANGS = (("fr", 85), ("en", 3), ("ar", 5), ("uk", 4), ("tr", 2), ("xx", 1))
OUTCOMES = (("resolved", 58), ("referred", 18), ("transferred", 7), ("no_action", 10),
            ("unreachable", 5), ("merged", 1), ("spam", 1))


def pick(rng, pairs):
    return rng.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def instant(day, minutes):
    """A day and minutes after its local midnight, as UTC seconds."""
    return int(datetime.datetime.combine(day, datetime.time(minutes // 60, minutes % 60),
                                         PARIS).timestamp())


def monday_of(week):
    year, number = week.split("-W")
    return datetime.date.fromisocalendar(int(year), int(number), 1)


def week_of(monday):
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02}"


class Figures:
    """The tables, filled; and what a test may need to know of what is in them."""

    CATEGORIES, LANGS, OUTCOMES = CATEGORIES, LANGS, OUTCOMES
    QUARTIERS = [(q, 1) for q in QUARTIERS]
    ANSWERED, CLOSED = 0.92, 0.85       # shares
    ANSWER_HOURS, CLOSE_DAYS = 22, 16   # means
    HURRY = {"normal": 1, "high": 1, "vital": 1}
    PEOPLE = 400

    def __init__(self, path, seed):
        self.db = sqlite3.connect(path)
        self.rng = random.Random(seed)
        self.n = 0
        self.refs, self.secret_refs = [], []
        self.people = [(name, f"{name.split()[0].lower()}.{i}@zxboite{i % 7}.exemple")
                       for i in range(self.PEOPLE) for name in [NAMES[i % len(NAMES)]]]

    def fill(self, first, weeks, mean):
        """`mean` tickets a week; every seventh week is nearly empty, as at Christmas."""
        for k in range(weeks):
            monday = first + datetime.timedelta(7 * k)
            n = self.rng.randint(0, 4) if k % 7 == 3 else self.rng.randint(mean // 2, mean * 3 // 2)
            for _ in range(n):
                day = self.rng.choice((0, 0, 1, 1, 2, 3, 4, 5, 6))
                self.ticket(monday + datetime.timedelta(day))
        self.db.commit()

    def ticket(self, day, category=None, **more):
        """One ticket opened that day, with what follows from it; `more` are columns."""
        rng = self.rng
        self.n += 1
        name, address = rng.choice(self.people)
        opened = instant(day, rng.randint(7 * 60, 20 * 60))
        category = category or pick(rng, self.CATEGORIES)
        sensitive = category == "violences" or rng.random() < 0.03
        row = {"ref": f"BI-{day.year}-{self.n:05}", "state": "open", "outcome": "",
               "urgency": pick(rng, (("normal", 88), ("high", 10), ("vital", 2))),
               "sensitive": int(sensitive), "category": category, "citizen": address,
               "person": hashlib.sha256(address.encode()).digest(),
               "opened": opened, "last_activity": opened, "lang": pick(rng, self.LANGS),
               "quartier": pick(rng, self.QUARTIERS),
               "subject": f"{name} : {rng.choice(TROUBLES)}",
               "due_silence": (day - datetime.date(1970, 1, 1)).days + 61}
        row.update(more)
        (self.secret_refs if row["sensitive"] else self.refs).append(row["ref"])
        row["id"] = self.insert("ticket", row)
        self.mail(row, opened, "new_ticket", name)
        self.follow(row)
        return row["id"]

    def insert(self, table, row):
        found = self.db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES "
                                f"({', '.join(':' + k for k in row)})", row)
        return found.lastrowid

    def mail(self, ticket, at, outcome, name):
        self.n += 1
        digest = hashlib.sha256(str(self.n).encode()).digest()
        row = self.insert("message", {
            "sha256": digest, "body": digest, "message_id": f"<m{self.n}@zxboite.exemple>",
            "sender": ticket["citizen"], "size": 1000, "received": at, "first_seen": at,
            "role": "citizen", "outcome": outcome, "file": "ticket", "ticket": ticket["id"],
            "category": ticket["category"], "urgency": ticket["urgency"],
            "sensitive": ticket["sensitive"], "lang": ticket["lang"],
            "subject": ticket["subject"]})
        text = f"Bonjour, je suis {name}. {self.rng.choice(TROUBLES).capitalize()} depuis mardi."
        self.insert("message_text", {"message": row, "name": name, "text": text,
                                      "reply_text": text})

    def follow(self, row):
        """An acknowledgment, perhaps an answer, a second mail and an end."""
        rng, at = self.rng, row["opened"]
        if not row["sensitive"]:
            self.insert("outbox", {
                "kind": "ack", "state": "sent", "turn": 1, "ticket": row["id"], "mail_from": "",
                "rcpt": row["citizen"], "person": row["citizen"], "domain": "zxboite.exemple",
                "message_id": f"<ack{self.n}@x.test>", "created": at, "not_before": at,
                "next_at": 0, "sent_at": at + (60 if rng.random() < 0.97 else 5 * 86400)})
        if rng.random() < self.ANSWERED:
            mean = self.ANSWER_HOURS * 3600 * self.HURRY[row["urgency"]]
            answered = at + int(rng.expovariate(1 / mean))
            self.set(row, first_answer=answered, state="waiting")
            self.insert("event", {"ticket": row["id"], "at": answered, "kind": "command",
                                  "by": "claire", "text": "#prendre"})
        if rng.random() < 0.4:
            self.mail(row, at + 2 * 86400, "append", row["subject"].split(" : ")[0])
        if rng.random() < self.CLOSED:
            self.close(row, at + int(rng.expovariate(1 / (self.CLOSE_DAYS * 86400))) + 7200,
                       pick(rng, self.OUTCOMES))

    def set(self, row, **values):
        self.db.execute(f"UPDATE ticket SET {', '.join(f'{k} = :{k}' for k in values)}"
                        " WHERE id = :id", {**values, "id": row["id"]})

    def close(self, row, at, outcome):
        self.set(row, state="closed", outcome=outcome, closed_at=at)
        order = self.db.execute("SELECT max(id) FROM message WHERE ticket = ?", (row["id"],))
        self.insert("closing", {"ticket": row["id"], "message": order.fetchone()[0], "at": at,
                                "outcome": outcome})


QUARTIERS_FILE = """[p]
nom = Presles
permanence = 2026-12-03 18:00 Salle des exemples
[c]
nom = Chevreux
[g]
nom = Gare
[r]
nom = Rive gauche
"""


class Office:
    """A bureau without servers: its configuration, its database, its digests."""

    def __init__(self, folder, kind=Figures, quartiers=QUARTIERS_FILE):
        self.folder = folder
        (folder / "key").write_text("0123456789abcdef" * 4)
        (folder / "key").chmod(0o600)
        conf = CONF.format(tag="", tree=TREE, bureau="bureau@ville.test", ca="", imaps=1, smtps=1,
                           claire="claire@ville.test", karim="karim@ville.test",
                           admin="admin@ville.test", cabinet="cabinet@ville.test\n"
                           "yardstick_persons = 750\nyardstick_settled = 454")
        files = f"directory = {TREE}/docs/examples/annuaire.conf\nquartiers = q.conf\n\n[imap]"
        (folder / "b.conf").write_text(conf.replace("[imap]", files, 1))
        (folder / "q.conf").write_text(quartiers)
        self.run("bureaud", "--init", "-T", "2025-09-01")
        self.figures = kind(folder / "bureaud.db", seed=20261123)
        self.db = self.figures.db

    def run(self, program, *args):
        done = subprocess.run([BIN / program, "-c", self.folder / "b.conf", *args],
                              capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def print(self, week, *how):
        return self.run("bureauctl", "digest", "--week", week, *how)
