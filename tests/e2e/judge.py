"""The delivery invariants I1-I9, read from outside: what was delivered, what lies in the
mailbox, what a copy of the database says, what the relay was given."""
import collections
import contextlib
import dataclasses
import datetime
import hashlib
import os
import re
import shutil
import sqlite3

import mails
from waiting import wait_for

REVIEW = "Bureau/À voir"
FILED = "Bureau/Traités"
SETTLE_TRIES = 6


@dataclasses.dataclass(frozen=True)
class Letter:
    """A delivered mail.  `same`: the sha256 of the mail that it is a copy of, or its own."""
    raw: bytes
    to: str                     # who is owed an acknowledgment, "" nobody
    same: str

    @property
    def sha(self):
        return hashlib.sha256(self.raw).hexdigest()


class Post:
    """Brings mails into the bureau's Maildir as a mail server does, of several kinds."""

    def __init__(self, bureau, chance):
        self.bureau, self.chance = bureau, chance
        self.letters = []
        self.maildir = bureau.srv.maildir(bureau.address)
        for d in ("", "tmp", "new", "cur"):
            (self.maildir / d).mkdir(exist_ok=True)
            shutil.chown(self.maildir / d, "mail", "mail")

    def put(self, raw, to="", same=None):
        raw = re.sub(rb"\r?\n", b"\r\n", raw)
        letter = Letter(raw, to, same or hashlib.sha256(raw).hexdigest())
        self.letters.append(letter)
        name = f"{len(self.letters)}.{os.getpid()}.torture"
        path = self.maildir / "tmp" / name
        path.write_bytes(raw)
        shutil.chown(path, "mail", "mail")
        path.rename(self.maildir / "new" / name)
        return letter

    def citizen(self, who=None, headers=""):
        who = who or f"p{len(self.letters)}"
        raw = self.bureau.here(mails.simple(who, headers=headers))
        return self.put(raw, "" if headers else f"{who}@exemple{self.bureau.tag}.test")

    def machine(self):
        self.citizen(headers="Auto-Submitted: auto-replied\n")

    def impostor(self):
        self.put(self.bureau.here(mails.simple("claire.martin", domain="ville.test", proof=False)))

    def garbage(self):
        self.put(b"\xff\xfe nobody wrote this " + str(len(self.letters)).encode() + b"\n")

    def again(self):
        """The very bytes once more."""
        old = self.chance.choice(self.letters)
        self.put(old.raw, old.to, old.same)

    def other_way(self):
        """The same mail through another relay: a line of trace more."""
        old = self.chance.choice(self.letters)
        if old.raw.startswith(b"\xff"):
            return self.again()
        trace = f"Received: from relais{len(self.letters)}.exemple.test by mx.ville.test; x\r\n"
        self.put(trace.encode() + old.raw, old.to, old.same)

    def any(self):
        """One mail of a kind that chance chooses."""
        kinds = [self.citizen] * 14 + [self.machine] * 2 + [self.impostor, self.garbage]
        if self.letters:
            kinds += [self.again, self.other_way]
        self.chance.choice(kinds)()


def lies(box):
    """[(sha256, folder, flags)] of every mail in the bureau's folders."""
    return [(hashlib.sha256(m.raw).hexdigest(), folder, m.flags)
            for folder in ("INBOX", FILED, REVIEW) for m in box.mails(folder)]


class Judge:
    def __init__(self, bureau, relay, post):
        self.bureau, self.relay, self.post = bureau, relay, post
        self.windows = collections.Counter()    # Message-ID: kills while its dot was in doubt
        self.unknown = []                       # sent before the database said that it may be
        self.only_kills = True                  # else a call that failed may have opened a window
        relay.before_reply = self.at_dot

    @property
    def database(self):
        return self.bureau.folder / "bureaud.db"

    @contextlib.contextmanager
    def copy(self):
        """The database as a power cut would leave it: file and log, opened elsewhere."""
        to = self.bureau.folder / "copy"
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        for end in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(f"{self.database}{end}", to)
        db = sqlite3.connect(to / "bureaud.db")
        try:
            yield db
        finally:
            db.close()

    def at_dot(self, taken):
        """I6, at the dot itself: another process already finds the row, and that it is in doubt."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True,
                                                timeout=30)) as db:
            found = db.execute("SELECT state FROM outbox WHERE message_id = ?",
                               (taken.message_id,)).fetchall()
        if found != [("unsure",)]:
            self.unknown.append((taken.message_id, found))

    # After each kill.

    def after_kill(self):
        """True: a mail was so often at hand when intake died that once more would set it aside."""
        self.nothing_lost()
        self.sent_is_known()
        if not self.database.exists():
            return False
        with self.copy() as db:
            self.sound(db)
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchall():
                return False
            for (m,) in db.execute("SELECT message_id FROM outbox WHERE state = 'unsure'"):
                self.windows[m] += 1
            self.marked_is_known(db)
            return db.execute("SELECT max(tries) FROM attempt").fetchone()[0] not in (None, 1)

    def sound(self, db):
        """I7"""
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "I7"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == [], "I7"

    def nothing_lost(self):
        """I1; the server may still be at the last command of who was killed."""
        def missing():
            found = collections.Counter(sha for sha, _, _ in lies(self.bureau.mailbox))
            return collections.Counter(x.sha for x in self.post.letters) - found
        wait_for("I1: every delivered mail in the mailbox", lambda: not missing())

    def marked_is_known(self, db):
        """I5"""
        same = {x.sha: x.same for x in self.post.letters}
        rows = {sha.hex() for (sha,) in db.execute("SELECT sha256 FROM message")}
        rows |= {same.get(sha) for sha in rows}
        for sha, folder, flags in lies(self.bureau.mailbox):
            if folder != "INBOX" or "$Bureaud" in flags:
                assert sha in rows or same.get(sha) in rows, ("I5", folder, flags)

    def sent_is_known(self):
        """I6"""
        assert self.unknown == [], ("I6", self.unknown)

    # At quiescence.

    def drive(self, *args):
        """Until nothing is left to be tried; I8: no step by hand."""
        for _ in range(SETTLE_TRIES):
            done = self.bureau.bureaud("-1", *args)
            assert done.returncode in (0, 75), ("I8", done.returncode, done.stderr)
            if done.returncode == 0:
                return
        raise AssertionError(("I8: not settled", done.stderr, self.bureau.queue()))

    def later(self):
        """What waits for its next try gets it."""
        for minutes in range(2, 60, 10):
            if not any(q["state"] == "queued" for q in self.bureau.queue()):
                return
            then = datetime.datetime.now().astimezone() + datetime.timedelta(minutes=minutes)
            self.drive("-T", then.isoformat(timespec="seconds"))

    def at_rest(self):
        """All of them; how many acknowledgments went twice, and how many never for sure."""
        self.drive()
        self.later()
        self.nothing_lost()
        with self.copy() as db:
            self.sound(db)
            self.marked_is_known(db)
            self.one_row_each(db)
            copies = self.copies_agree()
            doubtful = self.acknowledged(db)
        self.sent_is_known()
        return copies, doubtful

    def one_row_each(self, db):
        """I2: and every copy that lies in the mailbox is told of."""
        rows = collections.Counter()
        same = {x.sha: x.same for x in self.post.letters}
        for (sha,) in db.execute("SELECT sha256 FROM message"):
            rows[same[sha.hex()]] += 1
        assert rows == collections.Counter({x.same for x in self.post.letters}), "I2"

    def copies_agree(self):
        """I4: identical bytes, one more than windows at most, never three."""
        offered = collections.defaultdict(list)
        for t in self.relay.kept():
            offered[t.message_id].append(t)
        for m, v in offered.items():
            assert len({(t.to, t.raw) for t in v}) == 1, ("I4: other bytes", m)
            windows = self.windows[m] if self.only_kills else 1
            assert len(v) <= min(2, 1 + windows), ("I4", m, len(v), windows)
        return sum(len(v) - 1 for v in offered.values())

    def acknowledged(self, db):
        """I3, I9"""
        state = dict(db.execute("SELECT message_id, state FROM outbox WHERE kind = 'ack'"))
        kept = collections.defaultdict(set)
        for t in self.relay.kept("ack"):
            kept[t.to].add(t.message_id)
        owed = {x.to for x in self.post.letters if x.to}
        ours = {x.address for x in (self.bureau.claire, self.bureau.karim, self.bureau.admin,
                                    self.bureau.cabinet)}
        assert {t.to for t in self.relay.kept()} <= owed | ours, "I3: mail to somebody else"
        assert all(len(ids) == 1 for ids in kept.values()), ("I3", kept)
        doubtful = {m for m, s in state.items() if s == "unsure"}
        if self.only_kills:
            assert all(self.windows[m] >= 2 for m in doubtful), "in doubt without two crashes"
        unanswered = owed - kept.keys()
        assert len(unanswered) <= len(doubtful), ("I3", unanswered)
        sent = {m for m, s in state.items() if s == "sent"}
        seen = {m for ids in kept.values() for m in ids}
        assert len(state) == len(owed), ("I3: rows", len(state), len(owed))
        assert sent <= seen and seen - sent <= doubtful, ("I9", sent ^ seen)
        return len(doubtful)
