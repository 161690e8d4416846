"""make torture: harm bureaud at numbered system calls, and judge it from outside.

  run.py [--kills N] [--passes N] [--seed N] [--only kills|commits|failures]

Kills: at the Nth call of all its processes, before or after it, one process or all, while mails
keep coming.  Commits: at each one of a pass in turn.  Failures: write, fsync, open, connect, send,
mmap, malloc ... fail in turn until a pass has none that fails, in at most --passes passes a call.
After each the invariants I1 and I5-I7 are checked, after each round all of them (judge.py).
The same seed makes the same choices; the timing of the machine remains."""
import argparse
import pathlib
import random
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
import torture  # noqa: E402
from servers import Servers, become_root  # noqa: E402


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.copies = self.doubtful = 0

    def fail(self, what):
        self.failed += 1
        print(f"FAILED {what}", flush=True)
        traceback.print_exc(file=sys.stdout)


def one_round(servers, seed, tally, name, harms):
    """harms(round) does harm at each step; a failure ends the round."""
    r = torture.Round(servers, seed)
    done, last = 0, "nothing yet"
    try:
        for last in harms(r):
            done += 1
            tally.passed += 1
        copies, doubtful = r.rest()
        tally.passed += 1
        tally.copies += copies
        tally.doubtful += doubtful
        print(f"{name:28} seed {seed}: {done:4} harms, {len(r.post.letters):4} mails, sent twice "
              f"{copies}, in doubt {doubtful}", flush=True)
    except Exception:
        tally.fail(f"{name} seed {seed} after {done} harms, the last good one: {last}")
    finally:
        r.close()


def kills(servers, chance, n, tally):
    for begin in range(0, n, torture.KILLS_A_ROUND):
        size = min(torture.KILLS_A_ROUND, n - begin)
        one_round(servers, chance.getrandbits(32), tally, "kills",
                  lambda r, size=size: (r.kill() for _ in range(size)))


def commits(servers, chance, tally):
    for how in ("kill_before", "kill_after"):
        one_round(servers, chance.getrandbits(32), tally, f"commits {how}",
                  lambda r, how=how: r.commit_points(how))


def failures(servers, chance, passes, tally):
    for calls, error in torture.FAILURES:
        for how in ("fail_once", "fail_from"):
            one_round(servers, chance.getrandbits(32), tally, f"{'+'.join(calls)} {error} {how}",
                      lambda r, c=calls, e=error, how=how: r.fail_every(c, e, passes, how))


def outlived(servers, chance, passes, tally):
    """The same with the daemon, at calls of chance."""
    for calls, error in torture.FAILURES:
        def harms(r, calls=calls, error=error):
            r.fail_at((), 0, error)
            r.fail_at((), 0, error)
            n = r.fault.count(calls)
            for _ in range(min(n, passes // 4)):
                yield r.outlive(calls, r.chance.randint(1, n), error)
        one_round(servers, chance.getrandbits(32), tally, f"{'+'.join(calls)} {error} outlived",
                  harms)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--kills", type=int, default=200)
    p.add_argument("--passes", type=int, default=40)
    p.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    p.add_argument("--only", choices=("kills", "commits", "failures"))
    o = p.parse_args()
    become_root()
    chance, tally, began = random.Random(o.seed), Tally(), time.monotonic()
    print(f"torture: seed {o.seed}", flush=True)
    with Servers() as servers:
        if o.only in (None, "kills"):
            kills(servers, chance, o.kills, tally)
        if o.only in (None, "commits"):
            commits(servers, chance, tally)
        if o.only in (None, "failures"):
            failures(servers, chance, o.passes, tally)
            outlived(servers, chance, o.passes, tally)
    print(f"acknowledgments and notices sent twice where a crash left them in doubt: "
          f"{tally.copies}; still in doubt, for a human: {tally.doubtful}; "
          f"{time.monotonic() - began:.0f} s")
    print(f"torture: {tally.passed} passed, {tally.failed} failed")
    sys.exit(tally.failed > 0)


main()
