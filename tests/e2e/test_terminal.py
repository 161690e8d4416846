"""What a person sees: lines as wide as the terminal, colours there and nowhere else."""
import mails
import pytest
from terminal import columns, on_terminal, plain
from test_orders import VILLE, opened, says


@pytest.fixture
def worked(bureau):
    _, note = opened(bureau, subject="Un objet assez long pour ne tenir dans aucune colonne")
    says(bureau, note, "#note\n" + "Elle a rappelé ce matin. " * 12)
    bureau.person("lea")
    bureau.deliver(mails.simple("lea", "au secours", "Mon mari me frappe, je vais mourir ce soir."))
    bureau.deliver(mails.simple("claire.martin", "x", "#prendre", domain=VILLE, proof=False))
    bureau.once()
    return bureau


COMMANDS = (["list"], ["show", "BI-2026-00001"], ["messages"], ["queue"], ["status"])


def test_no_line_is_wider_than_the_terminal(worked):
    for args in COMMANDS:
        for width in (80, 60, 45, 200):
            text = on_terminal(worked, *args, columns=width)
            assert columns(text) <= width, (args, width, text)


def test_colours_on_a_terminal_only(worked):
    for args in COMMANDS:
        coloured = on_terminal(worked, *args)
        assert "\033[" in coloured, args
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            assert plain(coloured) == on_terminal(worked, *args, **env), (args, env)
        assert b"\033" not in worked.ctl_run(*args).stdout
        assert "\033" not in on_terminal(worked, *args, "--json")
    assert "\033[" in on_terminal(worked, "list", NO_COLOR="")


def test_a_pipe_gets_whole_lines(worked):
    lines = worked.ctl_run("list").stdout.decode().splitlines()
    assert len(lines) == len(worked.tickets()) == 2
    assert lines[0].endswith(" Un objet assez long pour ne tenir dans aucune colonne")
    assert lines[1].endswith(" (sensitive)") and " vital " in lines[1]
    assert all(not line.endswith(" ") for line in lines)
    shown = worked.ctl_run("show", worked.tickets()[0]["ref"]).stdout.decode()
    assert ("Elle a rappelé ce matin. " * 12).strip() in shown


def test_the_timeline_tells_each_day_once(worked):
    (shown,) = worked.ctl("show", worked.tickets()[0]["ref"])
    text = worked.ctl_run("show", shown["ref"]).stdout.decode()
    days = [line for line in text.splitlines() if line.endswith("day")]
    assert 1 <= len(days) <= 2 and days == sorted(set(days))
    assert text.count("mail_in") == sum(e["kind"] == "mail_in" for e in shown["timeline"])
    wrapped = on_terminal(worked, "show", shown["ref"], columns=72)
    inside = wrapped[wrapped.index("Elle a rappelé"):].splitlines()
    assert len(inside) > 4 and all(line.startswith(" " * 28) for line in inside[1:4])


def test_filters_of_list(worked):
    def refs(*args):
        return {t["ref"] for t in worked.tickets(*args)}
    first, second = (t["ref"] for t in worked.tickets())
    note = worked.to_agents("notify", worked.claire)[0]
    says(worked, note, "#prendre\n#attendre 15/12")
    assert refs("--state", "waiting") == refs("--agent", "claire") == {first}
    assert refs("--state", "open") == refs("--category", "violences") == {second}
    assert refs("--agent", "claire", "--state", "open") == set()
    assert refs("--agent", "claire", "--state", "waiting", "--category", "logement") == {first}
    assert refs("--category", "nothing") == refs("--state", "closed") == set()
    assert worked.ctl_run("list", "--state", "zut").returncode == 64


def test_messages_since(worked):
    whole = worked.messages()
    assert len(whole) == len({m["sha256"] for m in whole}) == 4
    last = max(m["received"] for m in whole)
    assert {m["received"] for m in worked.messages("--since", last)} == {last}
    assert worked.messages("--since", "2100-01-01") == []
    assert worked.ctl_run("messages", "--since", "hier").returncode == 64
