"""A token service (OAuth2) on loopback, by Python's own HTTP server over TLS of the test
authority: /token gives access tokens (RFC 6749), /introspect tells Dovecot which are good (RFC
7662).  What it is to do wrong is set by the test."""
import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse

from servers import Servers

CLIENT, SECRET, FIRST = "bureau-client", "client-secret-Zq7", "refresh-first-Xk3"


class TokenServer:
    def __init__(self, certs, cert="good"):
        self.life, self.rotates, self.padding = 3600, False, 0
        self.refused = False            # tokens are given that no mail server takes
        self.wrong = None               # (HTTP status, body, headers) instead of an answer
        self.silent = False             # accepts, never answers
        self.secret = SECRET            # what the client must show; None: a public one
        self.user = ""                  # whose mailbox the tokens open
        self.refresh = {FIRST}
        self.asked = []                 # forms that came to /token
        self.given = {}                 # access token -> when it ends
        self._end = threading.Event()
        handler = type("Handler", (Handler,), {"tokens": self})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certs.variant(cert))
        # The handshake belongs to the thread of the connection.
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True,
                                               do_handshake_on_connect=False)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self._end.set()
        self.http.shutdown()
        self.http.server_close()

    @property
    def url(self):
        return f"https://localhost:{self.port}/token"

    def wait_silently(self):
        self._end.wait(60)

    def revoke(self):
        """No token given so far is good any more; refresh tokens stay."""
        self.given.clear()

    def grant(self, form):
        self.asked.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, self.secret):
            return 401, {"error": "invalid_client"}
        answer = {"token_type": "Bearer", "expires_in": self.life}
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") not in self.refresh:
                return 400, {"error": "invalid_grant",
                             "error_description": "token of claire@ville.test revoked"}
            if self.rotates:
                self.refresh = {f"refresh-{secrets.token_hex(8)}"}
                answer["refresh_token"] = next(iter(self.refresh))
        elif form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        token = "access-" + secrets.token_hex(8) + "x" * self.padding
        self.given[token] = time.time() + self.life
        answer["access_token"] = token
        return 200, answer

    def introspect(self, token):
        good = not self.refused and self.given.get(token, 0) > time.time()
        return {"active": good, "username": self.user} if good else {"active": False}


class Handler(http.server.BaseHTTPRequestHandler):
    tokens = None

    def do_POST(self):
        t = self.tokens
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if self.path.startswith("/introspect"):
            return self.say(200, t.introspect(form.get("token", "")))
        if t.silent:
            t.asked.append(form)
            return t.wait_silently()
        if t.wrong:
            t.asked.append(form)
            return self.say(*t.wrong)
        return self.say(*t.grant(form))

    def say(self, code, body, headers=()):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


# Dovecot makes whoever fails to log in wait for up to a quarter of a minute.
PASSDB = """
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/dovecot/oauth2.conf
}}
"""
OAUTH2_CONF = """
introspection_url = https://localhost:{port}/introspect
introspection_mode = post
tls_ca_cert_file = {ca}
username_attribute = username
active_attribute = active
active_value = true
"""


class TokenMailServers(Servers):
    """Dovecot and Postfix that take tokens as well as passwords."""

    def _start_dovecot(self):
        self.tokens = TokenServer(self.certs)
        super()._start_dovecot()

    def dovecot_conf(self):
        (self.root / "dovecot/oauth2.conf").write_text(OAUTH2_CONF.format(
            port=self.tokens.port, ca=self.certs.ca))
        conf = super().dovecot_conf().replace("auth_mechanisms = plain login",
                                              "auth_mechanisms = plain login xoauth2 oauthbearer")
        return PASSDB.format(root=self.root) + conf

    def stop(self):
        super().stop()
        if hasattr(self, "tokens"):
            self.tokens.close()
