"""Run with the oracles' Python: ClickHouse's HTTP interface, as far as a client needs it, over chdb.

Prints its port. A statement comes as the body or as `query=`; other parameters are settings, which become the
statement's own SETTINGS clause, so that ClickHouse itself enforces read-only, time and row limits.
"""

import json
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from chdb import session

TRANSPORT = {
    "query", "database", "query_id", "default_format", "session_id", "user", "password", "compress", "decompress",
    "wait_end_of_query", "buffer_size", "client_protocol_version", "enable_http_compression",
    "http_headers_progress_interval_ms",
    "send_progress_in_http_headers", "cancel_http_readonly_queries_on_client_close", "role", "quota_key",
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one packet: the client would wait for the second
    engine: session.Session
    lock = Lock()

    def do_GET(self):
        self._answer(b"")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body):
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        sql = (asked.get("query", "") + "\n" + body.decode()).strip()
        if not sql:
            return self._send(200, b"Ok.\n")
        form = asked.get("default_format", "TabSeparated")
        head, mark, tail = sql.rpartition("FORMAT ")
        if mark and tail.strip().isalnum():
            sql, form = head.rstrip(), tail.strip()
        settings = {key: value for key, value in asked.items() if key not in TRANSPORT}
        if settings and sql.split(None, 1)[0].upper() in ("SELECT", "WITH"):
            written = ", ".join(f"{key} = {_literal(value)}" for key, value in settings.items())
            sql = f"{sql.rstrip().rstrip(';')}\nSETTINGS {written}"
        try:
            with Handler.lock:
                if "database" in asked:
                    Handler.engine.query(f"USE `{asked['database']}`")
                made = Handler.engine.query(sql, form).bytes()
        except Exception as error:  # whatever chdb raises, the server would have sent
            text = str(error)
            code = text.partition("Code: ")[2].split(".", 1)[0]
            return self._send(500, text.encode(), {"X-ClickHouse-Exception-Code": code})
        return self._send(200, made or b"", {"X-ClickHouse-Format": form})

    def _send(self, status, content, more=()):
        self.send_response(status)
        for key, value in dict(more).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *args):
        pass


def _literal(value):
    return (
        value
        if value.replace(".", "", 1).isdigit()
        else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    )


def main():
    with tempfile.TemporaryDirectory(prefix="askgrowth-chdb-") as folder:
        Handler.engine = session.Session(folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        print(json.dumps({"port": server.server_port}), flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
