"""One pair of mail servers for the whole session, one fresh bureau for each test."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bureau import BIN, Bureau  # noqa: E402
from servers import Servers  # noqa: E402


@pytest.fixture(scope="session")
def srv():
    if os.geteuid() != 0:
        pytest.fail("the private mail servers need root: run the tests as root (sudo make check)")
    if not (BIN / "bureaud").exists():
        pytest.fail(f"{BIN}/bureaud is missing: run make first")
    with Servers() as s:
        yield s


@pytest.fixture
def bureau(srv):
    b = Bureau(srv)
    yield b
    b.close()


@pytest.fixture
def bureaus(srv):
    """A maker of bureaus, for tests that need several."""
    made = []

    def make():
        made.append(Bureau(srv))
        return made[-1]
    yield make
    for b in made:
        b.close()
