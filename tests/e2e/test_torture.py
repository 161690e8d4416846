"""A short run of make torture: kills and failing calls at places that chance chooses.  What fails
names its seed; SEED=N makes the same choices again."""
import os
import random

import pytest
import torture

SEED = int(os.environ.get("SEED") or random.SystemRandom().getrandbits(32))
KILLS = 25
COMMITS = 8
OUTLIVED = 4
FAILURES = 1                    # a kind of call


@pytest.fixture
def tortured(srv):
    print("SEED", SEED)
    r = torture.Round(srv, SEED)
    yield r
    r.close()


def test_killed_at_numbered_calls_while_mail_arrives(tortured):
    for _ in range(KILLS):
        print(tortured.kill())
    print("sent twice, in doubt:", tortured.rest())


def usual_pass(tortured):
    """One without harm, not the first; what it calls is counted."""
    for _ in range(2):
        assert tortured.fail_at((), 0, "EIO") == 0
    return tortured.fault.count


def test_killed_at_commit_points(tortured):
    points = range(1, usual_pass(tortured)(("fsync",)) + 1)
    for at in tortured.chance.sample(points, COMMITS):
        how = tortured.chance.choice(("kill_before", "kill_after"))
        print(tortured.kill_at(("fsync",), at, how, group=True, once=True))
    tortured.rest()


def test_calls_that_fail(tortured):
    count = usual_pass(tortured)
    chosen = [(calls, error, at) for calls, error in torture.FAILURES
              for at in tortured.chance.sample(range(1, count(calls) + 1),
                                               min(FAILURES, count(calls)))]
    for calls, error, at in chosen:
        print(calls, error, at, flush=True)
        print("exit", tortured.fail_at(calls, at, error))
    tortured.rest()


def test_daemon_outlives_a_call_that_fails(tortured):
    count = usual_pass(tortured)
    for calls, error in tortured.chance.sample(torture.FAILURES, OUTLIVED):
        if count(calls) > 0:
            print(tortured.outlive(calls, tortured.chance.randint(1, count(calls)), error))
    tortured.rest()
