"""Every order to close stands in a table of its own: what is counted once does not change."""
import re
import sqlite3

import mails


class Desk:
    """Karim gives orders about one ticket, ten minutes apart."""

    def __init__(self, bureau):
        self.bureau, self.minute = bureau, 0
        bureau.deliver(mails.simple("marie", "Logement", "Je cherche un logement pour nous cinq."))
        bureau.once("-T", "2024-11-22T10:00:00+01:00")
        (self.note,) = bureau.to_agents("notify", bureau.karim)

    def order(self, words, to=None):
        """Returns the closings that are kept after it."""
        b = self.bureau
        b.deliver(mails.reply(to or self.note, "karim.benali", words, domain="ville.test"))
        self.minute += 10
        b.once("-T", f"2024-11-22T15:{self.minute}:00+01:00")
        db = sqlite3.connect(b.folder / "bureaud.db")
        return [row[0] for row in db.execute("SELECT outcome FROM closing ORDER BY id")]

    def take_back(self):
        transcript = self.bureau.to_agents("transcript", self.bureau.karim)[-1]
        code = re.search(r"#annuler [A-Z0-9]{4}-[A-Z0-9]{4}", transcript.text)[0]
        return self.order(code, transcript)


def test_each_closing_is_kept(bureau):
    """Also when the ticket opens again; what is taken back is none."""
    desk = Desk(bureau)
    assert desk.order("#clore sans-suite") == ["no_action"]
    assert desk.order("#rouvrir") == ["no_action"]
    assert desk.order("#regler") == ["no_action", "resolved"]
    assert desk.take_back() == ["no_action"]


def test_a_correction_is_no_second_closing(bureau):
    """And, taken back, leaves the first reason."""
    desk = Desk(bureau)
    assert desk.order("#regler") == ["resolved"]
    assert desk.order("#clore sans-suite") == ["no_action"]
    assert desk.take_back() == ["resolved"]
