"""The package's whole life in a fresh Debian (debootstrap): installed, configured, started, upgraded
while it runs, removed, purged, installed again.  Usage: deb_trial.py FILE.deb; as root.

The folder is in the system's temporary directory and goes with the test.  The private Dovecot and
Postfix of the other tests are its mail servers."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "e2e"))
import mails  # noqa: E402
from bureau import TREE, Bureau  # noqa: E402
from servers import Servers  # noqa: E402
from waiting import Failed, wait_for  # noqa: E402

UID = 61184             # as systemd's dynamic users
CREDENTIALS = "/run/credentials/bureaud.service"
ETC, DATA = "etc/bureaud", "var/lib/bureaud"
TOUCHED, UNTOUCHED = "etc/bureaud/rules/voirie.rules", "etc/bureaud/rules/logement.rules"


class System:
    """A fresh Debian of the host's release, from the host's own registry."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="bureaud-deb-"))
        self.mounted = []

    def make(self):
        self.root.chmod(0o755)
        suite = next(line.partition("=")[2].strip() for line in open("/etc/os-release")
                     if line.startswith("VERSION_CODENAME"))
        run("debootstrap", "--variant=minbase", "--include=systemd,ca-certificates", suite, self.root)
        for part in ("sources.list", "sources.list.d", "apt.conf.d", "trusted.gpg.d"):
            source = pathlib.Path("/etc/apt", part)
            if source.is_dir():
                shutil.copytree(source, self.root / "etc/apt" / part, dirs_exist_ok=True)
            elif source.exists():
                shutil.copy(source, self.root / "etc/apt")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n")
        policy = self.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        run("mount", "-t", "proc", "proc", self.root / "proc")
        self.mounted.append(self.root / "proc")
        self("apt-get", "-qq", "update")

    def close(self):
        for place in self.mounted:
            subprocess.run(["umount", place], check=True)
        shutil.rmtree(self.root)

    def __call__(self, *args, expect=0, user=None):
        who = [f"--userspec={user}:{user}"] if user else []
        done = subprocess.run(["chroot", *who, self.root, *args], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=ENV)
        said = done.stdout + done.stderr
        assert done.returncode == expect, f"{args}: exit {done.returncode}\n{said}"
        return said

    def install(self, deb):
        shutil.copy(deb, self.root / "root")
        return self("apt-get", "-qq", "-y", "--no-install-recommends", "-o",
                    "Dpkg::Options::=--force-confold", "install", f"/root/{pathlib.Path(deb).name}")


ENV = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8",
       "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"}


def run(*args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    assert done.returncode == 0, f"{args}:\n{done.stdout[-2000:]}{done.stderr}"


def step(text):
    print(f"deb trial: {text}", flush=True)


def next_revision(deb, folder):
    """The package of a later revision, in which two rule files have changed."""
    root = folder / "next"
    run("dpkg-deb", "--raw-extract", deb, root)
    control = root / "DEBIAN/control"
    control.write_text(control.read_text().replace("-1\n", "-2\n", 1))
    for name in (TOUCHED, UNTOUCHED):
        with open(root / name, "a") as f:
            f.write("# of the new revision\n")
    out = folder / pathlib.Path(deb).name.replace("-1_", "-2_")
    run("dpkg-deb", "--root-owner-group", "--build", root, out)
    return out


def configure(system, bureau, srv):
    """What the README asks of an administrator."""
    etc, data = system.root / ETC, system.root / DATA
    shutil.copy(srv.certs.ca, etc / "ca.pem")
    conf = bureau.conf.read_text()
    for old, new in ((f"{TREE}/rules", "/etc/bureaud/rules"), (str(srv.certs.ca), "ca.pem"),
                     (f"{TREE}/templates", "/etc/bureaud/templates"),
                     ("bureaud.db", "/var/lib/bureaud/bureaud.db")):
        assert old in conf
        conf = conf.replace(old, new)
    (etc / "bureaud.conf").write_text(conf)
    for name in ("imap-password", "smtp-password"):
        (etc / name).write_text("secret\n")
        (etc / name).chmod(0o600)
    data.mkdir(0o700, exist_ok=True)
    system("bureaud", "--init")
    assert "configuration OK" in system("bureaud", "-n")


def hand_over(system):
    """What systemd does for DynamicUser=, StateDirectory= and LoadCredential=."""
    folder = system.root / CREDENTIALS.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("imap-password", "smtp-password", "key"):
        shutil.copy(system.root / ETC / name, folder / name)
    for path in (folder, *folder.iterdir(), system.root / DATA, *(system.root / DATA).iterdir()):
        os.chown(path, UID, UID)


@contextlib.contextmanager
def running(system, log):
    hand_over(system)
    with open(log, "ab") as out:
        p = subprocess.Popen(["chroot", f"--userspec={UID}:{UID}", system.root, "bureaud"],
                             stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                             env={**ENV, "CREDENTIALS_DIRECTORY": CREDENTIALS})
    try:
        yield p
        p.terminate()
        assert p.wait(30) == 0, log.read_text()
    finally:
        p.kill()
        p.wait()


def answered(bureau, p, who, log):
    """A citizen writes, and is answered."""
    box = bureau.person(who)
    bureau.deliver(mails.simple(who))

    def look():
        assert p.poll() is None, log.read_text()
        return bureau.acks(box)
    try:
        wait_for("the acknowledgment", look, 60)
    except Failed as why:
        raise Failed(f"{why}\n{log.read_text()}") from None


def hooks(system):
    """What the scripts ask of systemd, whose place two programs take that write it down."""
    running_systemd = system.root / "run/systemd/system"
    running_systemd.mkdir(parents=True, exist_ok=True)
    called, local = system.root / "called", system.root / "usr/local/sbin"
    for name in ("systemctl", "deb-systemd-invoke"):
        (local / name).write_text('#!/bin/sh\necho "${0##*/} $*" >>/called\n')
        (local / name).chmod(0o755)

    def calls(script, *args):
        called.unlink(missing_ok=True)
        said = system(f"/var/lib/dpkg/info/bureaud.{script}", *args)
        return said, called.read_text().splitlines() if called.exists() else []

    restart, reload = "deb-systemd-invoke restart bureaud.service", "systemctl --system daemon-reload"
    assert calls("postinst", "configure", "")[1] == [reload]
    assert calls("postinst", "configure", "0.1.0-1")[1][-1] == restart
    conf = system.root / ETC / "bureaud.conf"
    good = conf.read_text()
    conf.write_text(good + "[unheard_of]\n")
    said, asked = calls("postinst", "configure", "0.1.0-1")
    assert restart not in asked and "does not accept" in said and "unheard_of" in said
    conf.write_text(good)
    assert calls("prerm", "upgrade", "0.1.0-2")[1] == []
    assert calls("prerm", "remove")[1] == ["deb-systemd-invoke stop bureaud.service"]
    for name in ("systemctl", "deb-systemd-invoke"):
        (local / name).unlink()
    running_systemd.rmdir()


def life(system, deb, folder):
    log = folder / "bureaud.log"
    wanted = system.root / "etc/systemd/system/multi-user.target.wants/bureaud.service"
    with Servers() as srv:
        bureau = Bureau(srv)
        step("install")
        assert "not configured yet" in system.install(deb)
        assert not wanted.exists()
        assert not (system.root / DATA).exists()
        system("systemd-analyze", "verify", "--man=no", "bureaud.service")
        step("configure and start")
        configure(system, bureau, srv)
        with running(system, log) as p:
            answered(bureau, p, "marie", log)
            step("upgrade under a running service")
            with open(system.root / TOUCHED, "a") as f:
                f.write("# of the town\n")
            system.install(next_revision(deb, folder))
            answered(bureau, p, "paul", log)
        assert (system.root / TOUCHED).read_text().endswith("# of the town\n")
        assert (system.root / (TOUCHED + ".dpkg-dist")).exists()
        assert (system.root / UNTOUCHED).read_text().endswith("# of the new revision\n")
        step("start anew")
        with running(system, log) as p:
            answered(bureau, p, "fatima", log)
        assert system("bureauctl", "list", "--json").count('"ref"') == 3
        step("what systemd is asked for")
        hooks(system)
        step("remove")
        system("apt-get", "-qq", "-y", "remove", "bureaud")
        assert not (system.root / "usr/sbin/bureaud").exists()
        assert not (system.root / "usr/share/doc/bureaud").exists()
        assert (system.root / TOUCHED).exists()
        step("purge")
        assert "/var/lib/bureaud is kept" in system("apt-get", "-qq", "-y", "purge", "bureaud")
        left = {p.name for p in (system.root / ETC).iterdir()}
        assert left == {"bureaud.conf", "ca.pem", "key", "imap-password", "smtp-password"}, left
        assert (system.root / DATA / "bureaud.db").exists()
        assert not list(system.root.glob("usr/**/*bureaud*"))
        step("install again")
        system.install(deb)
        assert system("bureauctl", "list", "--json").count('"ref"') == 3
        with running(system, log) as p:
            answered(bureau, p, "karima", log)


def main():
    system = System()
    with tempfile.TemporaryDirectory(prefix="bureaud-deb-") as folder:
        try:
            step("a fresh Debian")
            system.make()
            life(system, sys.argv[1], pathlib.Path(folder))
        finally:
            system.close()
    step("done")


main()
