"""ClickHouse's HTTP interface over chdb, its engine as a Python package: for tests of what the engine makes of our SQL.

    python chdb-bridge.py FOLDER USER PASSWORD [NAME=VALUE of a setting]...

Prints `listening on PORT`, and ends with its standard input. Each request has a connection of its own, so that settings end with
it, as a server's do. Left out: sessions, compression, streams (an answer is made whole before it is sent).
"""

import base64
import json
import os
import re
import select
import socket
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import chdb

FOLDER, USER, PASSWORD, *LIMITS = sys.argv[1:]
NO_SETTINGS = {"query", "database", "default_format", "query_id", "user", "password", "role"}
NO_SETTINGS |= {"compress", "decompress", "enable_http_compression", "wait_end_of_query", "buffer_size"}
STATUS = {62: 400, 47: 404, 60: 404, 81: 404, 159: 408, 164: 403, 516: 403}  # else 500


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def cancel(query_id, connection):
    return connection.query(f"KILL QUERY WHERE Settings['log_comment'] = {quoted(query_id)} ASYNC", "TSV")


def answer(sql, params, read_only, query_id):
    connection = chdb.connect(FOLDER)
    try:
        settings = dict(limit.split("=", 1) for limit in LIMITS)
        settings |= {k: v for k, v in params.items() if k not in NO_SETTINGS}
        settings["log_comment"] = query_id  # chdb has no way to name a query: this one is known by it
        if read_only:
            settings.setdefault("readonly", "2")
        for name, value in sorted(settings.items(), key=lambda setting: setting[0] == "readonly"):
            if not re.fullmatch(r"\w+", name):
                raise ValueError(f"Code: 115. DB::Exception: Unknown setting {name}. (UNKNOWN_SETTING)")
            connection.query(f"SET {name} = {quoted(value)}", "TSV")
        if not re.match(r"\s*insert\b", sql, re.I):  # chdb would run the second of two statements as well
            connection.query(f"SELECT formatQuerySingleLine({quoted(sql)})", "TSV")
        if re.match(r"\s*kill\s+query\b", sql, re.I):
            sql = re.sub(r"\bquery_id\b", "Settings['log_comment']", sql)
        return connection.query(sql, params.get("default_format", "TabSeparated")).bytes()
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/ping":
            return self.reply(200, b"Ok.\n")
        params = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self.body().decode()
        query_id = params.get("query_id") or str(uuid.uuid4())
        if self.credentials(params) != (USER, PASSWORD):
            return self.fail("Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user "
                             "with such name. (AUTHENTICATION_FAILED)", query_id)
        sql = "\n".join(part for part in (params.get("query"), body) if part)
        if not sql:
            return self.reply(200, b"Ok.\n")
        done = threading.Event()
        watch = threading.Thread(target=self.cancel_if_left, args=(query_id, done), daemon=True)
        watch.start()
        try:
            result = answer(sql, params, self.command == "GET", query_id)
        except Exception as error:
            return self.fail(str(error), query_id)
        finally:
            done.set()
            watch.join()
        self.reply(200, result, query_id)

    do_POST = do_GET

    def cancel_if_left(self, query_id, done):
        """As `cancel_http_readonly_queries_on_client_close` does."""
        while not done.wait(0.05):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
                connection = chdb.connect(FOLDER)
                cancel(query_id, connection)
                connection.close()
                return

    def credentials(self, params):
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            user, _, password = base64.b64decode(value).decode().partition(":")
            return user, password
        user = self.headers.get("X-ClickHouse-User", params.get("user"))
        return user, self.headers.get("X-ClickHouse-Key", params.get("password"))

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def fail(self, message, query_id):
        code = int((re.match(r"Code: (\d+)", message) or [0, 1000])[1])
        self.reply(STATUS.get(code, 500), f"{message}\n".encode(), query_id, code)

    def reply(self, status, body, query_id=None, code=None):
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/plain; charset=UTF-8")
            if query_id is not None:
                self.send_header("X-ClickHouse-Query-Id", query_id)
                self.send_header("X-ClickHouse-Summary", json.dumps({}))
            if code is not None:
                self.send_header("X-ClickHouse-Exception-Code", str(code))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # who asked has left

    def log_message(self, *_):
        pass


def end_with_input():
    sys.stdin.read()
    os._exit(0)


keep = chdb.connect(FOLDER)  # the engine lives for as long as one connection does
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=end_with_input, daemon=True).start()
print("version", keep.query("SELECT version()", "TSV").bytes().decode().strip(), flush=True)
print("listening on", server.server_port, flush=True)
server.serve_forever()
