"""What is past its time goes in two steps: a list without names, then its deletion."""
import mails
from test_person import WORDS, everywhere, lived, on_disk

VILLE = "ville.test"
LATER, MUCH_LATER = "2029-03-01T09:00:00Z", "2029-04-15T09:00:00Z"


def settle(bureau, address):
    """Every ticket of that person is closed by Claire."""
    for t in bureau.tickets():
        if t["citizen"] == address:
            note = [m for m in bureau.to_agents("notify", bureau.claire)
                    if m["X-Bureaud-Ticket"] == t["ref"]][0]
            bureau.deliver(mails.reply(note, "claire.martin", "#regler", domain=VILLE))
    bureau.once()


def test_list_then_run(bureau):
    marie, other = lived(bureau)
    settle(bureau, marie.address)
    assert bureau.ctl("purge", "--list") == []
    assert bureau.ctl_run("-T", LATER, "purge", "--run", "--yes").returncode == 65
    text = bureau.ctl_run("-T", LATER, "purge", "--list").stdout.decode()
    assert "Bordereau" in text and "marie" not in text and "Quintefeuille" not in text
    assert "pas clos, donc gardés\u00a0: 1." in text        # the other's is old and open
    lines = bureau.ctl("-T", LATER, "purge", "--list")
    assert {x["category"] for x in lines} >= {"logement"} and {x["bordereau"] for x in lines} == {2}
    assert sum(x["tickets"] for x in lines) == 2
    assert all(x["first"] <= x["last"] < LATER and x["retention_days"] == 730 for x in lines)
    assert on_disk(bureau, ["Zanzibar"])            # nothing is gone yet
    done = bureau.ctl_run("-T", LATER, "purge", "--run")
    assert done.returncode == 77
    (said,) = bureau.ctl("-T", LATER, "purge", "--run", "--yes")
    assert said["tickets"] == 2 and said["messages"] >= 5
    assert on_disk(bureau, [*WORDS, marie.address]) == []
    bureau.once("-T", LATER)
    left = everywhere(bureau).lower()
    assert [w for w in WORDS if w.lower() in left] == [] and other.address in left
    # Open, the other one stays, however old.
    assert [t["citizen"] for t in bureau.tickets() if t["state"] == "open"] == [other.address]
    assert len(bureau.tickets()) == 3
    acts = [r["act"] for r in bureau.ctl("journal")]
    assert acts[-1].startswith("erased from the mailbox") or "purge run 2" in " ".join(acts)
    assert bureau.ctl_run("-T", LATER, "purge", "--run", "--yes").returncode == 65     # once
    assert bureau.ctl("journal", "verify")[0]["ok"]


def test_a_list_grows_old(bureau):
    marie, _ = lived(bureau)
    settle(bureau, marie.address)
    assert bureau.ctl("-T", LATER, "purge", "--list")
    done = bureau.ctl_run("-T", MUCH_LATER, "purge", "--run", "--yes")
    assert done.returncode == 65 and b"--list" in done.stderr
    assert on_disk(bureau, ["Zanzibar"])


def test_what_was_reopened_stays(bureau):
    marie, _ = lived(bureau)
    settle(bureau, marie.address)
    lines = bureau.ctl("-T", LATER, "purge", "--list")
    (first, *_) = [t for t in bureau.tickets() if t["citizen"] == marie.address]
    note = [m for m in bureau.to_agents("notify", bureau.claire)
            if m["X-Bureaud-Ticket"] == first["ref"]][0]
    bureau.deliver(mails.reply(note, "claire.martin", "#rouvrir", domain=VILLE))
    bureau.once()
    (said,) = bureau.ctl("-T", LATER, "purge", "--run", "--yes")
    assert said["tickets"] == sum(x["tickets"] for x in lines) - 1
    (kept,) = [t for t in bureau.tickets() if t["ref"] == first["ref"]]
    assert kept["citizen"] == marie.address and kept["subject"]


def test_a_category_of_its_own_time(bureau):
    marie, _ = lived(bureau)
    settle(bureau, marie.address)
    bureau.write("rules/01.rules", 'category logement label="Logement" template=ack-logement '
                 'threshold=4 retention=30\nbody LOG +6 /logement/\n')
    bureau.set("bureau", rules=bureau.folder / "rules")
    bureau.set("agent karim", categories="*")
    lines = bureau.ctl("-T", "2027-03-01T09:00:00Z", "purge", "--list")
    assert [(x["category"], x["retention_days"]) for x in lines] == [("logement", 30)]


def test_usage(bureau):
    bureau.bureaud("--init")
    for args in ([], ["--list", "--run"], ["x"], ["--list", "x"]):
        assert bureau.ctl_run("purge", *args).returncode == 64
    assert bureau.ctl("purge", "--list") == [] and bureau.ctl("journal") == []
