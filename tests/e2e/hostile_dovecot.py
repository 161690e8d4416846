#!/usr/bin/python3
"""A private Dovecot (Maildir, TLS) for the unit tests of net; ends when standard input closes.

Prints "PORT IMAPS_PORT CA_FILE MAILDIR", or "none" where Dovecot is not installed.  User
`bureau`, password `se"cr\\et`; INBOX holds the mails that the first argument asks for.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from servers import Certificates, end, free_ports, wait_for

CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
auth_mechanisms = plain login
disable_plaintext_auth = yes
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
default_login_user = {login}
default_internal_user = {login}
default_internal_group = {login_group}
mail_location = maildir:{root}/mail/Maildir
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
userdb {{
  driver = static
  args = home={root}/mail
}}
namespace inbox {{
  inbox = yes
  mailbox "Messages envoyés" {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
MAIL = b"From: a@exemple.test\r\nSubject: mail %d\r\n\r\n"


def fill(maildir, n):
    for folder in ("cur", "new", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    body = (b"x" * 76 + b"\r\n") * 130
    for i in range(1, n + 1):
        raw = MAIL % i + body
        name = f"{1700000000 + i}.M{i}.test,S={len(raw)},W={len(raw)}:2,"
        (maildir / "cur" / name).write_bytes(raw)
        os.utime(maildir / "cur" / name, (1700000000 + i, 1700000000 + i))


def main():
    if not shutil.which("dovecot", path="/usr/sbin:/usr/bin") or not shutil.which("certtool"):
        print("none", flush=True)
        return
    root = pathlib.Path(tempfile.mkdtemp(prefix="bureaud-net-"))
    root.chmod(0o711)
    process = None
    try:
        certs = Certificates(root / "certs")
        imap, imaps = free_ports(2)
        as_root = os.geteuid() == 0
        me = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        group = subprocess.run(["id", "-gn"], capture_output=True, text=True).stdout.strip()
        names = dict(user="mail", group="mail", login="dovecot", login_group="dovecot") \
            if as_root else dict(user=me, group=group, login=me, login_group=group)
        (root / "users").write_text('bureau:se"cr\\et\n')
        fill(root / "mail" / "Maildir", int(sys.argv[1]))
        if as_root:
            subprocess.run(["chown", "-R", "mail:mail", root / "mail"], check=True)
        (root / "dovecot.conf").write_text(CONF.format(
            root=root, cert=certs.good[0], key=certs.good[1], imap=imap, imaps=imaps, **names))
        process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", root / "dovecot.conf"],
                                   stdin=subprocess.DEVNULL, stdout=sys.stderr)
        wait_for("Dovecot's socket", lambda: (root / "run" / "login" / "imap").exists() or
                 process.poll() is not None)
        print(imap, imaps, certs.ca, root / "mail" / "Maildir", flush=True)
        sys.stdin.read()
    finally:
        if process:
            end(process.pid)
            process.wait()
        shutil.rmtree(root, ignore_errors=True)


main()
