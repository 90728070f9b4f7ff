"""What stands between a kiosk and its service when the network or the service is in trouble."""

import http.client
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TROUBLES = ["server error", "too many requests", "garbage", "half an answer", "a lost answer", "silence", "everything twice"]


class Unreliable:
    """A proxy to `site` that does, for each request, one of `troubles`; with none it passes all on."""

    def __init__(self, site, seed):
        self.site, self.troubles, self.done = site, [], dict.fromkeys(TROUBLES, 0)
        self.random = random.Random(seed)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.handle(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A kiosk that was killed leaves connections behind.
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        trouble = self.random.choice([None, *self.troubles]) if self.troubles else None
        if trouble:
            self.done[trouble] += 1
        try:
            self.answer(request, body, trouble)
        except OSError:
            # The kiosk or the service was killed meanwhile.
            request.close_connection = True

    def answer(self, request, body, trouble):
        if trouble == "server error":
            return self.reply(request, self.random.choice([500, 502, 503]), b"{}")
        if trouble == "too many requests":
            return self.reply(request, 429, b"{}", [("Retry-After", "1")])
        if trouble == "garbage":
            return self.reply(request, 200, bytes(self.random.randrange(256) for _ in range(100)))
        if trouble == "silence":
            time.sleep(0.3)
            request.close_connection = True
            return None
        status, answer = self.ask(request, body)
        if trouble == "everything twice":
            status, answer = self.ask(request, body)
        if trouble == "a lost answer":
            request.close_connection = True
            return None
        return self.reply(request, status, answer, cut=len(answer) // 2 if trouble == "half an answer" else None)

    def ask(self, request, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=10)
        try:
            headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
            connection.request(request.command, request.path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    @staticmethod
    def reply(request, status, body, headers=(), cut=None):
        request.send_response(status)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]:
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body[:cut])
        if cut is not None:
            request.close_connection = True
