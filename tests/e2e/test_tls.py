"""A server that cannot prove who it is gets no password."""
import base64
import ssl

import mails
import pytest
from bureau import FakeServer

VARIANTS = ["expired", "not_yet", "wrong_host", "other_ca", "self_signed"]


def lines(server, f):
    for line in f:
        server.heard.append(line)
        yield line


def imap_talk(f, server):
    f.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
    f.flush()
    for line in lines(server, f):
        tag, _, command = line.strip().partition(b" ")
        if command.upper().startswith(b"CAPABILITY"):
            f.write(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
        else:
            f.write(tag + b" NO no\r\n")
        f.flush()


def smtp_talk(f, server):
    f.write(b"220 mx ESMTP\r\n")
    f.flush()
    for line in lines(server, f):
        f.write(b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n" if line[:4].upper() == b"EHLO"
                else b"502 no\r\n")
        f.flush()


TALK = {"imap": imap_talk, "smtp": smtp_talk}


def tls_server(certificate, protocol):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))

    def talk(server, c):
        with context.wrap_socket(c, server_side=True) as tls:
            TALK[protocol](tls.makefile("rwb"), server)
    return FakeServer(talk)


def starttls_server(protocol, answer, certificate=None):
    """Offers STARTTLS and answers it with `answer`; with a certificate it then speaks TLS."""
    offer = {"imap": b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n",
             "smtp": b"220 mx ESMTP\r\n"}[protocol]

    def talk(server, c):
        c.sendall(offer)
        f = c.makefile("rb")
        for line in lines(server, f):
            tag = line.split()[0] if line.split() else b"*"
            if b"STARTTLS" in line.upper():
                c.sendall(answer.replace(b"TAG", tag))
                if certificate:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(*map(str, certificate))
                    with context.wrap_socket(c, server_side=True) as tls:
                        TALK[protocol](tls.makefile("rwb"), server)
                    return
            elif b"CAPABILITY" in line.upper():
                c.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + tag + b" OK x\r\n")
            elif line[:4].upper() == b"EHLO":
                c.sendall(b"250-mx\r\n250 STARTTLS\r\n")
            else:
                c.sendall(tag + b" BAD no\r\n" if protocol == "imap" else b"502 no\r\n")
    return FakeServer(talk)


def secrets_heard(server):
    """The lines in which a client gave its name or password."""
    coded = [base64.b64encode(x) for x in (b"secret", b"bureaudesinterventions")]
    return [line for line in server.heard
            if b"LOGIN" in line.upper() or b"AUTH" in line.upper() or b"secret" in line
            or any(c[:8] in line for c in coded)]


def refused(bureau, server):
    done = bureau.bureaud("-1")
    server.close()
    assert server.connections > 0
    assert secrets_heard(server) == []
    assert done.returncode in (75, 76, 77, 78) and done.stderr.strip()
    assert "secret" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("name", VARIANTS)
def test_imap_certificate(bureau, name):
    server = tls_server(bureau.srv.certs.variant(name), "imap")
    bureau.set("imap", url=f"imaps://localhost:{server.port}")
    assert "certificate" in refused(bureau, server).lower()


@pytest.mark.parametrize("name", VARIANTS)
def test_smtp_certificate(bureau, name):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    server = tls_server(bureau.srv.certs.variant(name), "smtp")
    bureau.set("smtp", url=f"smtps://localhost:{server.port}")
    refused(bureau, server)
    assert {q["state"] for q in bureau.queue()} == {"queued"}
    assert len(bureau.tickets()) == 1


def test_good_certificate_of_the_fake_server_is_asked_to_log_in(bureau):
    """The judge judged: with the right certificate the same fake server does hear LOGIN."""
    server = tls_server(bureau.srv.certs.good, "imap")
    bureau.set("imap", url=f"imaps://localhost:{server.port}")
    done = bureau.bureaud("-1")
    server.close()
    assert secrets_heard(server) != [] and done.returncode != 0


@pytest.mark.parametrize("name", ["expired", "wrong_host", "other_ca"])
@pytest.mark.parametrize("protocol", ["imap", "smtp"])
def test_certificate_after_starttls(bureau, protocol, name):
    ready = {"imap": b"TAG OK go\r\n", "smtp": b"220 go\r\n"}[protocol]
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    server = starttls_server(protocol, ready, bureau.srv.certs.variant(name))
    bureau.set(protocol, url=f"{protocol}://localhost:{server.port}")
    refused(bureau, server)


@pytest.mark.parametrize("protocol, answer", [
    ("imap", b"TAG NO not now\r\n"),
    ("imap", b"TAG BAD what\r\n"),
    ("smtp", b"454 not now\r\n"),
    ("smtp", b"502 what\r\n"),
])
def test_starttls_refused(bureau, protocol, answer):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    server = starttls_server(protocol, answer)
    bureau.set(protocol, url=f"{protocol}://localhost:{server.port}")
    refused(bureau, server)


@pytest.mark.parametrize("protocol", ["imap", "smtp"])
def test_starttls_not_offered(bureau, protocol):
    def talk(server, c):
        TALK[protocol](c.makefile("rwb"), server)
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    server = FakeServer(talk)
    bureau.set(protocol, url=f"{protocol}://localhost:{server.port}")
    refused(bureau, server)


def test_preauth_is_refused(bureau):
    def talk(server, c):
        f = c.makefile("rwb")
        f.write(b"* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n")
        f.flush()
        for line in lines(server, f):
            f.write(line.split()[0] + b" OK done\r\n")
            f.flush()
    server = FakeServer(talk)
    bureau.set("imap", url=f"imap://localhost:{server.port}")
    refused(bureau, server)


def test_missing_authority_file(bureau):
    bureau.set("imap", ca_file="nowhere.pem")
    done = bureau.bureaud("-1")
    assert done.returncode != 0 and "nowhere.pem" in done.stderr


@pytest.mark.parametrize("section", ["imap", "smtp"])
def test_wrong_password(bureau, section):
    bureau.person("marie")
    bureau.deliver(mails.simple("marie"))
    bureau.write(f"{section}-password", "faux-mot-de-passe\n", 0o600)
    done = bureau.bureaud("-1")
    assert done.returncode in (75, 77)
    assert "faux-mot-de-passe" not in done.stderr and done.stderr.strip()
    if section == "smtp":
        assert {q["state"] for q in bureau.queue()} == {"queued"}
