"""Kills without number while mails keep coming, and the invariants after each one."""
import itertools
import os
import random
import signal
import threading
import time

from bureau import Bureau
from faults import IO, Fault, Run
from judge import Judge, Post
from relay import Relay
from waiting import wait_for

KILLS_A_ROUND = 25
MAILS_A_KILL = 6
QUIET_SECONDS = 0.5             # without a new call: it waits for news
RUN_SECONDS = 60
CODES = (0, *range(64, 79), -signal.SIGABRT)
STOP_SECONDS = 10               # 5 are promised; this is a loaded machine's
# What is numbered: each commit, each write of the database, each word to a server, everything.
FAILURES = ((("fsync",), "EIO"), (("pwrite", "write"), "ENOSPC"), (("pwrite", "write"), "EIO"),
            (("open",), "EMFILE"), (("connect",), "ECONNREFUSED"), (("send",), "ECONNRESET"),
            (("recv",), "ECONNRESET"), (("mmap",), "ENOMEM"), (("ftruncate", "unlink"), "EIO"),
            (("malloc",), "ENOMEM"))
SETS = (("fsync",), ("pwrite",), ("send",), ("send", "recv"), IO, IO)


class Round:
    """One bureau, harmed again and again."""

    def __init__(self, servers, seed):
        self.chance = random.Random(seed)
        self.bureau = Bureau(servers)
        self.bureau.set("limits", acks_per_hour="0", acks_per_sender_per_day="0")
        self.bureau.set("alerts", group_after="1000")
        self.relay = Relay().into(self.bureau)
        self.post = Post(self.bureau, self.chance)
        self.judge = Judge(self.bureau, self.relay, self.post)
        self.fault = Fault(self.bureau.folder / "fault")
        self.usual = {}         # set of calls: how many a run makes

    def close(self):
        self.relay.close()
        self.bureau.close()

    def feed(self, n):
        for _ in range(n):
            self.post.any()
            time.sleep(self.chance.random() / 50)

    def judged(self):
        if self.judge.after_kill():
            self.judge.drive()

    def rest(self):
        return self.judge.at_rest()

    # Kills.

    def kill(self):
        """One life of the daemon and its end at an instant of chance; says which."""
        if self.chance.random() < 0.2:
            return self.kill_at_dot(self.chance.randint(1, 3), self.chance.random() < 0.5)
        calls = self.chance.choice(SETS)
        at = self.chance.randint(1, self.usual.get(calls, 400))
        return self.kill_at(calls, at, self.chance.choice(("kill_before", "kill_after")),
                            self.chance.random() < 0.6, self.chance.random() < 0.3)

    def kill_at(self, calls, at, how, group, once):
        self.fault.arm(calls, at, how, group=group)
        feeder = threading.Thread(target=self.feed, args=(self.chance.randint(1, MAILS_A_KILL),))
        self.feed(self.chance.randint(0, 2))
        run = Run(self.bureau, self.fault, *(["-1"] if once else []))
        feeder.start()
        self.wait_quiet(run)
        feeder.join()
        hit = self.fault.hit
        if not hit:
            self.usual[calls] = max(20, self.fault.seen)
            assert run.running() or (once and run.p.returncode in (0, 75)), run.log()
        # Dead by its own call, all of it or one role; or else by a hand from outside.
        if hit and not group:
            run.ended()
        else:
            run.kill()
        self.judged()
        return f"{hit or 'at rest'} {at} of {'+'.join(calls) if len(calls) < 4 else 'all'} " \
               f"{how} {'all' if group else 'one'}{' -1' if once else ''}"

    def term(self, name, once):
        """Told to stop at a call of chance: it does, in order."""
        self.fault.arm(IO, self.chance.randint(60, 500), "signal", name)
        self.feed(2)
        run = Run(self.bureau, self.fault, *(["-1"] if once else []))
        self.feed(2)
        self.wait_quiet(run)
        if not once and not self.fault.hit:
            run.p.send_signal(getattr(signal, name))
        code = run.ended(STOP_SECONDS)
        assert code == 0 or (once and code == 75), (code, run.log())
        self.judged()

    def wait_quiet(self, run):
        """Until the harm is done, or there is nothing left to do."""
        seen, since = -1, time.monotonic()

        def over():
            nonlocal seen, since
            if self.fault.hit or not run.running():
                return True
            if self.fault.seen != seen:
                seen, since = self.fault.seen, time.monotonic()
            return seen > 0 and time.monotonic() - since > QUIET_SECONDS
        wait_for("harm or rest", over, RUN_SECONDS)

    def kill_at_dot(self, nth, kept):
        """The relay has the nth mail up to its dot, and maybe takes it; we never hear of it."""
        dots = itertools.count(1)
        struck = threading.Event()

        def says(stage, taken):
            if stage != "dot" or next(dots) != nth:
                return None
            os.killpg(run.p.pid, signal.SIGKILL)
            struck.set()
            return "keep drop" if kept else "drop"
        self.fault.arm(IO)
        self.feed(3)
        self.relay.says, run = says, Run(self.bureau, self.fault)
        self.wait_quiet(run)
        run.kill()
        self.relay.says = lambda stage, taken: None
        self.judged()
        return f"dot {nth} {'kept' if kept else 'lost'}{'' if struck.is_set() else ' (none)'}"

    def commit_points(self, how):
        """Killed at the first commit of a pass, at the second ... until a pass has no such one."""
        for at in itertools.count(1):
            self.feed(2)
            self.fault.arm(("fsync",), at, how, group=True)
            run = Run(self.bureau, self.fault, "-1")
            self.ended_cleanly(run)
            self.judged()
            yield at
            if not self.fault.hit:
                return

    # Calls that fail.

    def fail_every(self, calls, error, passes, how="fail_once"):
        """The first call fails, the second ... until a pass has no such one; where that would be
        more than so many passes, every Nth, from one that chance chooses."""
        self.fail_at(calls, 0, error)
        step = max(1, self.fault.seen // passes)
        for at in itertools.count(self.chance.randint(1, step), step):
            yield f"{at} {self.fail_at(calls, at, error, how)}"
            if not self.fault.hit:
                return

    def fail_at(self, calls, at, error, how="fail_once"):
        """One pass in which that call fails; its exit code."""
        self.judge.only_kills = False
        self.feed(2)
        self.fault.arm(calls, at, how, error)
        run = Run(self.bureau, self.fault, "-1")
        code = self.ended_cleanly(run)
        self.judge.after_kill()
        if code != 0:
            self.judge.drive()
        return code

    def outlive(self, calls, at, error):
        """A call of the daemon fails: either it serves the next citizen all the same, or it ends
        for the service manager to start it again."""
        self.judge.only_kills = False
        self.fault.arm(calls, at, "fail_once", error)
        self.feed(2)
        run = Run(self.bureau, self.fault)
        self.wait_quiet(run)
        to = self.post.citizen().to
        wait_for("an answer or an end", lambda: not run.running() or any(
            t.to == to for t in self.relay.kept("ack")), RUN_SECONDS)
        alive = run.running()
        if alive:
            run.p.terminate()
        code = run.ended(STOP_SECONDS)
        assert code == 0 if alive else code in CODES, (self.fault.hit, code, run.log())
        self.judge.after_kill()
        self.judge.drive()
        return f"{self.fault.hit} {at}: {'lives on' if alive else code}"

    def ended_cleanly(self, run):
        code = run.ended(RUN_SECONDS)
        # A kill is no code of ours; an allocation that fails may abort.
        allowed = CODES if self.fault.hit else (0, 75)
        assert code in (*allowed, -signal.SIGKILL), (self.fault.hit, code, run.log())
        return code
