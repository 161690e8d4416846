"""make look TO=FOLDER: the cabinet's digest of a believable year, as files and as pictures.

The town and its people are invented.  `bureauctl digest` prints a week; Chromium, where there is
one, shows the page as wide as a telephone and as a window, by day and by night.  Nothing is sent
and nothing is checked: a person looks."""
import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "e2e"))
import figures  # noqa: E402

FIRST, WEEKS, WEEK = datetime.date(2025, 9, 1), 64, "2026-W47"
HEIGHTS = {360: 7000, 800: 5200}
DARK, LIGHT = 0, 1                      # as the setting of Chromium counts
QUARTIERS = """[1]
nom = Les Tanneurs
permanence = 2026-12-03 18:00 salle des Tilleuls
[2]
nom = Cœur de ville
[3]
nom = Le Moulin
[4]
nom = Saint-Aubin
[5]
nom = Rive droite
[6]
nom = La Gare
"""


class Town(figures.Figures):
    """Fifteen people a week, fewer in summer and at Christmas."""
    QUARTIERS = (("", 20), ("Les Tanneurs", 22), ("Cœur de ville", 18), ("Le Moulin", 14),
                 ("Saint-Aubin", 10), ("Rive droite", 9), ("La Gare", 7))
    ANSWERED, CLOSED = 0.98, 1
    ANSWER_HOURS, CLOSE_DAYS = 14, 20
    HURRY = {"normal": 1, "high": 0.3, "vital": 0.01}
    PEOPLE = 4000

    def fill(self, first, weeks, mean):
        for k in range(weeks):
            monday = first + datetime.timedelta(7 * k)
            number = monday.isocalendar()[1]
            calm = 0.3 if number in (52, 1) else 0.6 if 30 <= number <= 34 else 1
            for _ in range(round(calm * self.rng.gauss(mean, mean / 5))):
                day = self.rng.choice((0, 0, 1, 1, 2, 3, 3, 4, 6))
                self.ticket(monday + datetime.timedelta(day))
        polled = figures.instant(first + datetime.timedelta(7 * weeks), 475)
        self.insert("heartbeat", {"role": "intake", "at": polled, "busy_until": 0, "note": "",
                                  "connected": 1, "idle": 1, "last_poll": polled, "backlog": 0,
                                  "pid": 1})
        self.db.commit()


def photograph(page, out, width, scheme):
    """In a frame of that width, as a window has a least one of its own."""
    frame = page.with_name("cadre.html")
    frame.write_text(
        "<!DOCTYPE html><meta charset=utf-8><meta name=color-scheme content='light dark'>"
        f"<body style='margin:0'><iframe src='{page.name}' style='border:0;display:block;"
        f"width:{width}px;height:{HEIGHTS[width]}px'></iframe>")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--blink-settings=preferredColorScheme={scheme}",
         f"--user-data-dir={page.parent / 'profil'}", f"--screenshot={out}",
         f"--window-size={width},{HEIGHTS[width]}", frame.as_uri()],
        check=True, capture_output=True, timeout=120)


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="digest"))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        office = figures.Office(pathlib.Path(folder), Town, QUARTIERS)
        office.figures.fill(FIRST, WEEKS, 17)
        for form in ("text", "html", "eml"):
            (out / f"digest.{form}").write_text(office.print(WEEK, f"--{form}"))
        if shutil.which("chromium"):
            page = pathlib.Path(folder) / "digest.html"
            shutil.copy(out / "digest.html", page)
            for width in HEIGHTS:
                for name, scheme in (("light", LIGHT), ("dark", DARK)):
                    photograph(page, out.absolute() / f"digest-{width}-{name}.png", width, scheme)
    print(out)


if __name__ == "__main__":
    main()
