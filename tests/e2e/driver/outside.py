"""What isn't ours, on loopback: the issuer of tokens, the state registers, the service that checks signatures."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

AUDIENCE = "kezek"
KEY_ID = "e2e-1"
# The code that the signature service "sends" by SMS.
SMS_CODE = "314159"


def _text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keys:
    """A signing key of the issuer's, with its public half as a JSON Web Key."""

    def __init__(self, kid=KEY_ID):
        self.kid = kid
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self):
        public = self.private.public_key().public_numbers()
        size = (public.n.bit_length() + 7) // 8
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": _text(public.n.to_bytes(size, "big")), "e": _text(public.e.to_bytes(3, "big")),
        }

    def sign(self, claims, header=None):
        header = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **(header or {})}
        parts = [_text(json.dumps(part).encode()) for part in (header, claims)]
        signed = ".".join(parts).encode()
        return f"{signed.decode()}.{_text(self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256()))}"


def referral_key():
    """A private Ed25519 key as the template wants it: PKCS 8, base64."""
    key = ed25519.Ed25519PrivateKey.generate()
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key.public_key(), base64.b64encode(der).decode()


class Outside:
    """One server for the three, on a port of its own."""

    def __init__(self):
        self.keys = Keys()
        # What the registers know, by the child's number.
        self.benefits = {}
        self.asked = 0
        self.signatures = 0
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                answer = outside.read(self.path)
                self.reply(200 if answer is not None else 404, answer if answer is not None else {})

            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
                self.reply(*outside.answer(self.path, question))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def issuer(self):
        return self.url

    def read(self, path):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.issuer, "jwks_uri": f"{self.url}/jwks.json",
                    "id_token_signing_alg_values_supported": ["RS256"]}
        return self.jwks() if path == "/jwks.json" else None

    def jwks(self):
        return {"keys": [self.keys.jwk()]}

    def answer(self, path, question):
        if path == "/registers":
            self.asked += 1
            return 200, {"benefits": self.benefits.get(question["iin"], [])}
        if path == "/signatures":
            self.signatures += 1
            return 200, {"accepted": question["means"] != "sms-code" or question["proof"] == SMS_CODE}
        return 404, {}

    def token(self, scope, keys=None, **claims):
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": AUDIENCE, "scope": scope, "token_use": "access",
            "iat": now - 60, "exp": now + 3600, **claims,
        }
        return (keys or self.keys).sign(claims)

    def stop(self):
        self.server.shutdown()
