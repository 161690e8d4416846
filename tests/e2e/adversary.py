"""Whoever collects every digest and reckons: which small counts follow from them?

A row of a breakdown is a number a week that nobody is told; each digest bounds its sum over the
quarter, the quarter before and the year.  With cumulated sums as nodes these are difference
constraints, whose tightest consequences are shortest paths (Floyd, Warshall).  Rows of one
breakdown also share the week's total.  A week's count is found out where its two bounds meet."""
import datetime
import re

INFINITE = 10 ** 6
MONTHS = ("janvier février mars avril mai juin juillet août septembre octobre novembre"
          " décembre").split()
WEEKLY = {"messages reçus": "received", "nouveaux dossiers": "opened", "dossiers réglés": "settled"}


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r", "")


def number(cell):
    """None for "< 5"; ... for what is not told; thousands have a thin space."""
    return {"< 5": None, "–": ...}[cell] if cell in ("< 5", "–") else int(cell.replace(" ", ""))


def french_days(first, last):
    """Of "29 décembre 2025", "28 septembre" or "16", and a whole date: the first day and the day
    after the last."""
    ends = last.replace("1er", "1").split()
    first = first.replace("1er", "1").split()
    days = [datetime.date(int(y), MONTHS.index(m) + 1, int(d))
            for d, m, y in (first + ends[len(first):], ends)]
    return days[0], days[1] + datetime.timedelta(1)


def sections(text):
    """Heading -> lines under it; "" for what stands before the first one."""
    out, here = {"": []}, ""
    lines = plain(text).split("\n")
    for line, after in zip(lines, lines[1:] + [""]):
        if after and set(after) == {"-"}:
            here = line
            out[here] = []
        elif not (line and set(line) == {"-"}):
            out[here].append(line)
    return out


def table(lines):
    """Label -> cells, of the lines that are rows."""
    rows = [re.split(r" {2,}", line.strip()) for line in lines if line.startswith("  ")]
    return {r[0]: r[1:] for r in rows if len(r) > 1 and re.match(r"<? ?\d|–", r[1])}


class Told:
    """What one digest says."""

    def __init__(self, text):
        parts = sections(text)
        self.week, self.year_to_date = {}, {}
        for line, after in zip(parts[""], parts[""][1:] + [""]):
            found = re.match(r" +(< 5|\d[\d ]*?)  (\D+)$", line)
            if found and found[2] in WEEKLY:
                self.week[WEEKLY[found[2]]] = number(found[1])
        flat = " ".join(" ".join(parts[""]).split())
        for label, name in WEEKLY.items():
            found = re.search(label + r" semaine d’avant : .*?depuis janvier : (?:≈ )?(< 5|\d+)",
                              flat)
            self.year_to_date[name] = number(found[1])
        rest = " ".join(" ".join(sum(parts.values(), [])).split())
        found = [re.search(name + r" : du ([^.]*?) au ([^.]*?\d{4})\.", rest)
                 for name in (r"Trimestre", r"Trimestre précédent", r"Année")]
        # A period: its first day and the day after its last; None: nothing is told of it.
        self.spans = [f and french_days(f[1], f[2]) for f in found]
        self.families = {}
        if any(self.spans):
            subjects = table(parts["De quoi il s’agit"])
            self.families = {
                "opened": {k: [number(c) for c in v[:3]] for k, v in subjects.items()},
                "closed": {k: [number(v[3]), ..., ...] for k, v in subjects.items()},
                "stock": {k: [number(v[4]), ..., ...] for k, v in subjects.items()},
                "quartier": self.periods(parts["Les quartiers"]),
                "lang": self.periods(parts["Les langues"]),
                "outcome": {k: v for k, v in self.periods(
                    parts["Ce que deviennent les dossiers"]).items() if "Réglés" not in k},
                "urgent": self.periods(parts["Les urgences"]),
                "voices": self.periods(parts["Réclamations et remerciements"]),
                "theme": self.themes(parts["Les permanences"]),
            }

    def cells(self, family, name):
        """A row that is not there is small, but for what does not stand among the first five."""
        full = family == "theme" and len(self.families[family]) == 5
        return self.families[family].get(name, [...] * 3 if full else [None] * 3)

    @staticmethod
    def themes(lines):
        period = 2 if any(line.strip() == "année" for line in lines) else 1
        return {k: [number(v[0]) if p == period else ... for p in range(3)]
                for k, v in table(lines).items() if len(v) == 1}

    @staticmethod
    def periods(lines):
        return {k: [number(c) for c in v[:3]] for k, v in table(lines).items()}


def rounded(n):
    """Bounds of a count told with disclosure control."""
    return (0, 4) if n is None else (n, n + 4)


def exact(n):
    return n, n


class Row:
    """The cumulated sums of one row, and every bound on their differences."""

    def __init__(self, weeks):
        self.n = weeks + 1
        # far[i][j]: sum[j] - sum[i] is at most that.
        self.far = [[0 if i >= j else INFINITE for j in range(self.n)] for i in range(self.n)]

    def bound(self, first, end, low, high):
        """Weeks first to end-1 hold low to high."""
        self.far[first][end] = min(self.far[first][end], high)
        self.far[end][first] = min(self.far[end][first], -low)

    def close(self):
        for k in range(self.n):
            through = self.far[k]
            for line in self.far:
                to = line[k]
                if to < INFINITE:
                    line[:] = [d if d <= to + t else to + t for d, t in zip(line, through)]

    def low(self, first, end):
        return -self.far[end][first]

    def high(self, first, end):
        return self.far[first][end]


def attack(rows, spans, totals):
    """rows: name -> list of (first, end, low, high).  totals: week -> (low, high) of all rows
    together.  Returns {(name, week): count} of every small count that is found out."""
    system = {}
    for name, bounds in rows.items():
        system[name] = Row(spans)
        for bound in bounds:
            system[name].bound(*bound)
        for week, (_, high) in totals.items():
            system[name].bound(week, week + 1, 0, high)
        system[name].close()
    # What the other rows surely take of a week's total is not this row's.
    for week, (_, high) in totals.items():
        sure = {name: max(0, r.low(week, week + 1)) for name, r in system.items()}
        for name, r in system.items():
            r.bound(week, week + 1, 0, high - sum(sure.values()) + sure[name])
    found = {}
    for name, r in system.items():
        r.close()
        for week in range(spans):
            low, high = max(0, r.low(week, week + 1)), r.high(week, week + 1)
            if low == high <= 4:
                found[name, week] = low
    return found


def steps(states):
    """Pairs of states of two moments that can follow each other: sums only grow."""
    for before, after in zip(states, states[1:]):
        yield [(x, y) for x in before for y in after
               if x[0] == y[0] and x[1] <= y[1] and x[2] <= y[2]]


def attack_flow(moments):
    """New and closed tickets of one row, and its stock, which is what was there before, and the
    new ones, less the closed ones.  moments: bounds of (new, closed, stock), one after another.
    Returns {(moment, "opened" or "closed"): count} of every small step that is found out."""
    states = [{(s - n + c, n, c) for n in range(new[0], new[1] + 1)
               for c in range(closed[0], closed[1] + 1) for s in range(stock[0], stock[1] + 1)}
              for new, closed, stock in moments]
    for way in (1, -1):
        for k in list(range(len(states) - 1))[::way]:
            pairs = next(steps(states[k:k + 2]))
            states[k], states[k + 1] = {x for x, _ in pairs}, {y for _, y in pairs}
    found = {}
    for k, pairs in enumerate(steps(states)):
        for place, name in ((1, "opened"), (2, "closed")):
            counts = {y[place] - x[place] for x, y in pairs}
            if len(counts) == 1 and min(counts) <= 4:
                found[k, name] = counts.pop()
    return found
