"""A private Dovecot and a private Postfix on loopback, for tests, demo and bench.

Everything lives in one fresh folder of the system's temporary directory (mode 0711: Postfix
refuses to work below 0700): configuration, certificates, mail, queue, logs.  Nothing of the
host's own mail system is read, changed or started; both servers are ended by pid and the folder
goes with them.  Any domain that ends in .test is local, any user can be added while they run.
"""
import contextlib
import datetime
import os
import pathlib
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading

from imapbox import Mailbox
from waiting import Failed, end, free_ports, wait_for

POSTFIX_DAEMONS = "/usr/lib/postfix/sbin"
START_SECONDS = 30
# Waits for the end of its standard input, that is ours: the servers and their folder do not
# outlive a test run that is killed.
GUARD = 'cat >/dev/null; root=$1; shift; kill "$@"; sleep 1; rm -rf "$root"'


def become_root():
    """Postfix can only be started by root: say so, and go through sudo where there is one."""
    if os.geteuid() == 0:
        return
    if not shutil.which("sudo"):
        sys.exit("the private mail servers need root: run this as root or install sudo")
    keep = [f"{k}={os.environ[k]}" for k in ("BUREAUD", "DATA", "TERM", "LANG") if k in os.environ]
    os.execvp("sudo", ["sudo", "env", *keep, sys.executable, *sys.argv])


class Certificates:
    """A test authority and certificates: good, expired, of another host, of another authority."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.ca = self._authority("ca")
        self.other_ca = self._authority("other-ca")
        self.good = self._server("good", self.ca, "localhost")

    def variant(self, name):
        """(certificate, key) of expired | not_yet | wrong_host | other_ca | self_signed."""
        made = {
            "expired": lambda: self._server("expired", self.ca, "localhost", (-800, -30)),
            "not_yet": lambda: self._server("not_yet", self.ca, "localhost", (30, 800)),
            "wrong_host": lambda: self._server("wrong_host", self.ca, "mail.ailleurs.test"),
            "other_ca": lambda: self._server("other_ca", self.other_ca, "localhost"),
            "self_signed": lambda: self._server("self_signed", None, "localhost"),
            "good": lambda: self.good,
        }
        return made[name]()

    def _run(self, *args):
        done = subprocess.run(["certtool", *map(str, args)], capture_output=True, text=True)
        if done.returncode:
            raise Failed("certtool: " + done.stderr)

    def _template(self, name, lines, days=(-2, 3650)):
        now = datetime.datetime.now(datetime.timezone.utc)
        dates = [(now + datetime.timedelta(days=d)).strftime("%Y-%m-%d %H:%M:%S") for d in days]
        path = self.folder / f"{name}.tmpl"
        path.write_text("\n".join([f'activation_date = "{dates[0]}"',
                                   f'expiration_date = "{dates[1]}"', *lines]) + "\n")
        return path

    def _key(self, name):
        path = self.folder / f"{name}.key"
        self._run("--generate-privkey", "--key-type", "ecdsa", "--curve", "secp256r1",
                  "--outfile", path)
        return path

    def _authority(self, name):
        key = self._key(name)
        template = self._template(name, [f'cn = "{name} of the tests"', "ca", "cert_signing_key"])
        cert = self.folder / f"{name}.pem"
        self._run("--generate-self-signed", "--load-privkey", key, "--template", template,
                  "--outfile", cert)
        return cert

    def _server(self, name, ca, host, days=(-1, 3600)):
        key = self._key(name)
        template = self._template(name, [f'cn = "{host}"', f'dns_name = "{host}"',
                                         "tls_www_server", "signing_key"], days)
        cert = self.folder / f"{name}.pem"
        if ca is None:
            self._run("--generate-self-signed", "--load-privkey", key, "--template", template,
                      "--outfile", cert)
        else:
            self._run("--generate-certificate", "--load-privkey", key, "--template", template,
                      "--load-ca-certificate", ca, "--load-ca-privkey", ca.with_suffix(".key"),
                      "--outfile", cert)
        return cert, key


DOVECOT_CONF = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {root}/dovecot/run
state_dir = {root}/dovecot/state
log_path = {root}/dovecot.log
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
auth_verbose = yes
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {root}/users/%u
}}
namespace inbox {{
  inbox = yes
  mailbox "{sent}" {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Corbeille {{
    special_use = \\Trash
    auto = create
  }}
}}
service imap-login {{
  service_count = 0
  client_limit = 400
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 200
}}
service lmtp {{
  unix_listener {root}/lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener {root}/auth {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""
SENT = "Éléments envoyés"  # what this server calls \Sent

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {root}/postfix/queue
data_directory = {root}/postfix/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.ville.test
mydomain = ville.test
myorigin = ville.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
local_transport = error:5.1.1 no local users here
default_transport = error:5.1.2 no world outside this test
disable_dns_lookups = yes
virtual_mailbox_domains = regexp:{root}/postfix/domains
virtual_mailbox_maps =
virtual_transport = lmtp:unix:{root}/lmtp
lmtp_destination_recipient_limit = 1
local_header_rewrite_clients =
recipient_delimiter = +
message_size_limit = 104857600
mailbox_size_limit = 0
smtp_tls_security_level = none
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = {root}/auth
smtpd_recipient_restrictions = check_recipient_access regexp:{root}/postfix/refused, permit
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_timeout = 300s
in_flow_delay = 0
notify_classes =
bounce_queue_lifetime = 1d
minimal_backoff_time = 5s
maximal_backoff_time = 10s
queue_run_delay = 5s
"""

MASTER_CF = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""
# The recipient's name decides: a mailbox that refuses for good, one that asks to come back.
REFUSED = "/^refuse[-@]/ 550 5.1.1 no such mailbox\n/^occupe[-@]/ 450 4.2.0 mailbox busy\n"


class Servers:
    """Both servers; `with Servers() as s:` or start() and stop()."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="bureaud-"))
        self.root.chmod(0o711)
        self.processes = []
        self._guard = None
        self._users = {}
        self._lock = threading.Lock()
        self._bureaus = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        try:
            self.certs = Certificates(self.root / "certs")
            (self.root / "mail").mkdir()
            shutil.chown(self.root / "mail", "mail", "mail")
            (self.root / "users").mkdir()
            self.smtp_port, self.submission_port, self.smtps_port, self.imap_port, \
                self.imaps_port = free_ports(5)
            self._start_dovecot()
            self._start_postfix()
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", GUARD, "guard", self.root, *(str(p.pid) for p in self.processes)],
                stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            for port in (self.imaps_port, self.imap_port, self.smtp_port, self.smtps_port,
                         self.submission_port):
                self._wait_port(port)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        if self._guard:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        for p in reversed(self.processes):
            end(p.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                p.wait(10)
        self.processes.clear()
        shutil.rmtree(self.root, ignore_errors=True)

    def _spawn(self, name, args, env=None):
        with open(self.root / f"{name}.out", "wb") as out:
            p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                 env=env, start_new_session=True)
        p.name = name
        self.processes.append(p)

    def _wait_port(self, port):
        def there():
            for p in self.processes:
                if p.poll() is not None:
                    raise Failed(f"{p.name} ended at once:\n" + self.log(p.name))
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except OSError:
                return False
        wait_for(f"a server on port {port}", there, START_SECONDS)

    def log(self, name):
        files = (self.root / f"{name}.out", self.root / f"{name}.log")
        return "".join(f.read_text(errors="replace") for f in files if f.exists())

    def _start_dovecot(self):
        folder = self.root / "dovecot"
        folder.mkdir(mode=0o755)
        conf = folder / "dovecot.conf"
        conf.write_text(self.dovecot_conf())
        self._spawn("dovecot", ["/usr/sbin/dovecot", "-F", "-c", str(conf)])

    def dovecot_conf(self):
        cert, key = self.certs.good
        return DOVECOT_CONF.format(root=self.root, cert=cert, key=key, sent=SENT,
                                   imap=self.imap_port, imaps=self.imaps_port)

    def _start_postfix(self):
        folder = self.root / "postfix"
        for d in ("", "queue", "data", "conf"):
            (folder / d).mkdir(mode=0o755)
        shutil.chown(folder / "data", "postfix")
        cert, key = self.certs.good
        conf = folder / "conf"
        (conf / "main.cf").write_text(MAIN_CF.format(root=self.root, cert=cert, key=key,
                                                     daemons=POSTFIX_DAEMONS))
        (conf / "master.cf").write_text(MASTER_CF.format(
            smtp=self.smtp_port, submission=self.submission_port, smtps=self.smtps_port))
        (folder / "domains").write_text("/\\.test$/ yes\n")
        (folder / "refused").write_text(REFUSED)
        made = subprocess.run(["/usr/sbin/postfix", "-c", str(conf), "check"],
                              capture_output=True, text=True)
        if made.returncode:
            raise Failed("postfix check: " + made.stderr)
        self._spawn("postfix", [f"{POSTFIX_DAEMONS}/master", "-c", str(conf), "-d"],
                    {**os.environ, "MAIL_CONFIG": str(conf), "MAIL_LOGTAG": "postfix"})

    def mailbox(self, address, password="secret"):
        """The mailbox of an address; it is made when it is asked for first."""
        with self._lock:
            if address not in self._users:
                self._users[address] = password
                home = self.root / "mail" / address
                home.mkdir()
                shutil.chown(home, "mail", "mail")
                # A file each: Dovecot looks at most once a second whether one has changed.
                (self.root / "users" / address).write_text(
                    f"{address}:{{PLAIN}}{password}:8:8::{home}::\n")
        return Mailbox(self, address, self._users[address])

    def maildir(self, address):
        return self.root / "mail" / address / "Maildir"

    def next_number(self):
        with self._lock:
            self._bureaus += 1
            return self._bureaus

    def send(self, raw, to, sender="expediteur@exemple.test", drain=True):
        """Hand a mail to Postfix as the outside world does, then wait until it is delivered."""
        if isinstance(to, str):
            to = [to]
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as s:
            s.sendmail(sender, to, raw)
        if drain:
            self.drain()

    def drain(self, seconds=60):
        """Return when Postfix has nothing left to deliver (deferred mail does not count)."""
        queue = self.root / "postfix/queue"

        def empty():
            return not any(files for d in ("maildrop", "incoming", "active")
                           for _, _, files in os.walk(queue / d))
        wait_for("an empty Postfix queue", empty, seconds)
