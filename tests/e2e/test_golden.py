"""The plan of every mail of the corpus, compared as text.

UPDATE=1 writes the plans anew: read each one against the rules before it is kept."""
import json
import os
import subprocess

import pytest
from bureau import BIN, TREE

CORPUS = sorted((TREE / "tests/corpus").glob("*.eml"))
GOLDEN = TREE / "tests/golden"
NOW = "2026-11-24T10:00:00Z"

CONF = f"""[bureau]
name = Bureau des interventions
organisation = Ville de Valmont
address = bureaudesinterventions@ville.test
aliases = mairie@ville.test
phone = 03 00 00 00 00
rules = {TREE}/rules
templates = {TREE}/templates
violence_ack = agent

[trust]
authserv_id = mx.ville.test

[forms]
sender = no-reply@formulaire.ville.test

[admin]
address = informatique@ville.test

[agent claire]
name = Claire Martin
address = claire.martin@ville.test
categories = *
on_call = yes
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("golden")
    (path / "bureaud.conf").write_text(CONF)
    return path


def explain(folder, path):
    done = subprocess.run([BIN / "bureauctl", "-c", folder / "bureaud.conf", "-T", NOW, "explain",
                           str(path), "--json"], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    (line,) = done.stdout.decode().splitlines()
    return json.loads(line)


def normal(e):
    """What is decided and from what; scores and rule names belong to `rules test`."""
    e["categories"] = sorted(c["name"] for c in e["categories"])
    del e["rules"], e["text"]
    return json.dumps(e, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_plan(folder, path):
    found = normal(explain(folder, path))
    golden = GOLDEN / f"{path.stem}.txt"
    if os.environ.get("UPDATE") == "1":
        golden.write_text(found)
    assert found == golden.read_text()


def test_every_golden_plan_has_its_mail():
    assert sorted(p.stem for p in GOLDEN.glob("*.txt")) == sorted(p.stem for p in CORPUS)
