"""The cabinet's weekly digest: what it tells, what it does not, and that it goes out once."""
import datetime
import email
import email.policy
import html
import random
import re

import pytest

import adversary
import figures
from figures import week_of

FIRST = datetime.date(2025, 9, 1)
WEEKS = 64
TOLD = range(13, WEEKS)                 # the digests that somebody collected


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A bureau without servers, and 64 weeks of its life."""
    return Year(tmp_path_factory.mktemp("annee"))


class Year(figures.Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.figures.fill(FIRST, WEEKS, 13)

    def monday(self, i):
        return FIRST + datetime.timedelta(7 * i)

    def print(self, i, *how):
        return super().print(week_of(self.monday(i)), *how)

    def told(self):
        if not hasattr(self, "cache"):
            self.cache = {i: adversary.Told(self.print(i)) for i in TOLD}
        return self.cache

    def week(self, at):
        return (datetime.datetime.fromtimestamp(at, figures.PARIS).date() - FIRST).days // 7

    def counts(self, sql):
        """Week -> count of the instants that the statement selects."""
        out = {}
        for (at,) in self.db.execute(sql):
            out[self.week(at)] = out.get(self.week(at), 0) + 1
        return out


# The figures are those of the tables.

def test_weekly_totals_are_exact_from_five_on(year):
    want = {"received": year.counts("SELECT received FROM message"),
            "opened": year.counts("SELECT opened FROM ticket"),
            "settled": year.counts("SELECT at FROM closing WHERE outcome = 'resolved'")}
    small = 0
    for i, told in year.told().items():
        for name, n in ((k, want[k].get(i, 0)) for k in want):
            assert told.week[name] == (n if n >= 5 else None), (i, name)
            small += n < 5
    assert small > 10


def shown(n):
    return None if n < 5 else n - n % 5


def test_breakdowns_run_over_the_quarter_and_the_year_rounded_down_to_five(year):
    labels = {"logement": "Logement", "finances": "Finances et droits sociaux",
              "voirie": "Voirie et propreté"}
    i = WEEKS - 1
    told = year.told()[i]
    number = year.monday(i).isocalendar()
    now = datetime.date.fromisocalendar(number[0], number[1] - (number[1] - 1) % 13, 1)
    assert [s[0] for s in told.spans] == [
        now, now - datetime.timedelta(91), datetime.date.fromisocalendar(number[0], 1, 1)]
    assert told.spans[0][1] == told.spans[2][1] == year.monday(i + 1)
    for name, label in labels.items():
        weeks = year.counts(f"SELECT opened FROM ticket WHERE category = '{name}' AND sensitive = 0")
        sums = [sum(n for k, n in weeks.items() if a <= year.monday(k) < b)
                for a, b in told.spans]
        assert told.families["opened"].get(label, [None] * 3) == [shown(n) for n in sums]


def test_breakdowns_stand_still_in_a_week_of_less_than_five(year):
    opened = year.counts("SELECT opened FROM ticket")
    quiet = [i for i in TOLD if opened.get(i, 0) < 5 and i - 1 in year.told() and
             year.monday(i).isocalendar()[1] not in (1, 14, 27, 40)]
    assert len(quiet) > 3
    for i in quiet:
        assert year.told()[i].spans == year.told()[i - 1].spans
        assert year.told()[i].families["opened"] == year.told()[i - 1].families["opened"]


def test_no_breakdown_of_fewer_than_four_weeks(year):
    """A week's figures are totals only."""
    told = year.told()
    for i in TOLD:
        number = year.monday(i).isocalendar()[1]
        for (first, end), least in ((s, datetime.timedelta(28)) for s in told[i].spans if s):
            assert end - first >= least, i
        assert told[i].spans[0] is None or (number - 1) % 13 >= 3
    assert any(told[i].spans[0] is None and told[i].spans[2] for i in TOLD)
    assert any(told[i].spans[2] is None and told[i].spans[1] for i in TOLD)


def test_the_year_is_made_of_what_was_told_each_week(year):
    """So it holds nothing that the weekly figures do not hold."""
    for i, told in year.told().items():
        this_year = [k for k in year.told() if k <= i and
                     year.monday(k).isocalendar()[0] == year.monday(i).isocalendar()[0]]
        if year.monday(this_year[0]).isocalendar()[1] != 1:
            continue
        for name in told.week:
            total = sum(n if n is not None else 2
                        for n in (year.told()[k].week[name] for k in this_year))
            total = (total + 2) // 5 * 5
            assert told.year_to_date[name] == (total if total >= 5 else None), (i, name)


# Nobody is found in it.

def secrets(year):
    """Every word of names, addresses, subjects and mails, as the tables hold them."""
    words = set()
    for sql in ("SELECT subject FROM ticket", "SELECT citizen FROM ticket",
                "SELECT text FROM message_text", "SELECT quartier FROM ticket"):
        for (text,) in year.db.execute(sql):
            words.update(w.lower() for w in re.split(r"[^\w.@-]+", text) if len(w) > 3)
    ours = {"bonjour", "depuis", "mardi", "presles", "chevreux", "gare", "rive", "gauche"}
    return {w.strip(".") for w in words} - ours


def whole(raw):
    """Everything that a reader of the mail may see: headers, texts, names of parts."""
    mail = email.message_from_string(raw, policy=email.policy.default)
    said = [str(v) for part in mail.walk() for v in part.values()]
    said += [p.get_content() for p in mail.walk() if p.get_content_maintype() == "text"]
    return "\n".join(said)


def test_no_name_address_subject_or_word_of_the_mail(year):
    hunted = secrets(year)
    assert len(hunted) > 300
    for i in TOLD:
        for how in ("--text", "--html", "--eml"):
            text = whole(year.print(i, how)) if how == "--eml" else year.print(i, how)
            words = {w.lower() for w in re.split(r"[^\w.@-]+", html.unescape(text))}
            assert not hunted & words, (i, how, hunted & words)
            assert not [r for r in year.figures.secret_refs + year.figures.refs if r in text]


def bounds_of(year, family, read):
    """Row -> bounds, of every digest that was collected; read(digest, row, period) -> bounds."""
    names = {n for told in year.told().values() for n in told.families[family]}
    rows = {n: [] for n in names}
    for told in year.told().values():
        for period, span in enumerate(told.spans):
            if span is None:
                continue
            first, end = ((day - FIRST).days // 7 for day in span)
            for name in names:
                if max(0, first) < end:
                    rows[name].append((max(0, first), end, *read(told, name, period, first, end)))
    return rows


def spare(cells, low, period):
    """The largest row may be told five lower, where the rest would be small."""
    largest = max((c[period] for c in cells.values() if isinstance(c[period], int)), default=0)
    return 5 * (low >= largest - 5 > -5)


OF_OPENED = ("opened", "quartier", "lang", "urgent")     # each ticket in one row at most


def test_small_counts_cannot_be_worked_back(year):
    """Nor from the difference of two digests, nor of two rows, nor from the totals."""
    totals = {}
    for i, told in year.told().items():
        n = told.week["opened"]
        totals[i] = (n, n) if n is not None else (0, 4)
    tried = 0
    for family in ("opened", "closed", "quartier", "lang", "outcome", "urgent", "voices", "theme"):
        def read(told, name, period, first, end):
            cells, cell = told.families[family], told.cells(family, name)[period]
            if cell is ...:
                return 0, adversary.INFINITE
            low, high = adversary.rounded(cell)
            return low, high + spare(cells, low, period)
        rows = bounds_of(year, family, read)
        found = adversary.attack(rows, WEEKS, totals if family in OF_OPENED else {})
        assert not found, (family, found)
        tried += len(rows)
    assert tried > 25


def quarters(year):
    """The digests of each quarter that tell of it up to their own week."""
    out = {}
    for i, told in year.told().items():
        if told.spans[0] and told.spans[0][1] == year.monday(i + 1):
            out.setdefault(told.spans[0][0], []).append(told)
    return out.values()


def test_nor_from_what_came_went_and_stayed(year):
    tried = 0
    for collected in quarters(year):
        for name in {n for told in collected for n in told.families["opened"]}:
            moments = []
            for told in collected:
                new, closed, stock = (adversary.rounded(told.cells(f, name)[0])
                                      for f in ("opened", "closed", "stock"))
                more = spare(told.families["opened"], new[0], 0)
                moments.append(((new[0], new[1] + more), closed, stock))
            tried += len(moments)
            assert not adversary.attack_flow(moments), name
    assert tried > 300


def test_the_same_attack_on_exact_stocks():
    rng = random.Random(7)
    moments, wanted, new, closed, stock = [], {}, 0, 0, 9
    for k in range(12):
        came, went = rng.randint(0, 2), rng.randint(0, 2)
        new, closed, stock = new + came, closed + went, stock + came - went
        moments.append(((new, new), adversary.rounded(shown(closed)), (stock, stock)))
        wanted[k - 1, "closed"] = went
    found = {k: n for k, n in adversary.attack_flow(moments).items() if k[1] == "closed"}
    assert len(found) > 5 and all(wanted[k] == n for k, n in found.items())


def test_the_same_attack_on_what_was_not_held_back(year):
    """It finds hundreds of small counts, all of them right, in figures that are only summed."""
    labels = {"logement": "Logement", "finances": "Finances et droits sociaux",
              "voirie": "Voirie et propreté", "sante": "Santé et handicap",
              "emploi": "Emploi et formation"}
    weeks = {label: year.counts(f"SELECT opened FROM ticket WHERE category = '{name}'")
             for name, label in labels.items()}

    def read(told, name, period, first, end):
        return adversary.exact(sum(n for k, n in weeks.get(name, {}).items() if first <= k < end))
    rows = {n: b for n, b in bounds_of(year, "opened", read).items() if n in weeks}
    found = adversary.attack(rows, WEEKS, {})
    assert len(found) > 100
    assert all(weeks[name].get(week, 0) == n for (name, week), n in found.items())


def test_the_same_attack_on_rounded_windows_that_move_every_week():
    """Rounding alone is not enough: why breakdowns begin with their quarter."""
    for seed in (85, 193, 194):
        rng = random.Random(seed)
        weeks = [rng.choices((0, 1, 2), (70, 22, 8))[0] for _ in range(WEEKS)]
        bounds = []
        for end in range(13, WEEKS + 1):
            for first in {end - 13, 17 if end > 17 else 0}:
                n = sum(weeks[first:end])
                bounds.append((first, end, *adversary.rounded(shown(n))))
        found = adversary.attack({seed: bounds}, WEEKS, {})
        assert len(found) > 10
        assert all(weeks[week] == n for (_, week), n in found.items())


def test_every_cell_is_a_multiple_of_five(year):
    cells = [n for told in year.told().values() for rows in told.families.values()
             for row in rows.values() for n in row if n not in (None, ...)]
    assert len(cells) > 1000 and all(n >= 5 and n % 5 == 0 for n in cells)
