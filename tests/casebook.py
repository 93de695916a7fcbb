"""A casebook's server of its own for a test: started on a free port, stopped by its own process id; and officers who use it as a browser or a program would."""
import http.client, json, os, re, signal, subprocess, time, urllib.parse

PASSWORD = "three unrelated words"


class Answer:
    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.cookies = [v for k, v in response.getheaders() if k.lower() == "set-cookie"]

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """`database` None: SQLite in the folder."""

    def __init__(self, custos, folder, database=None, more=()):
        self.command = [custos, "serve", "--data", folder, "--listen", "127.0.0.1:0", *(["--database", database] if database else []), *more]
        self.folder, self.process, self.port, self.first = folder, None, None, None
        self.start()

    def start(self):
        self.log = open(self.folder.rstrip("/") + ".log", "a+")
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        m = re.match(r"listening on http://127\.0\.0\.1:(\d+)$", line.strip())
        if not m:
            self.log.seek(0)
            raise AssertionError("the server did not start: %r %s" % (line, self.log.read()[-2000:]))
        self.port = int(m.group(1))

    def first_link(self):
        line = self.process.stdout.readline().strip()
        return re.match(r"first administrator: http://127\.0\.0\.1:\d+(/invitation/[0-9a-f]{64})$", line).group(1)

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.process.stdout.close()
        self.log.seek(0)
        wrong = re.search(r"ERROR: \w+Sanitizer.*|runtime error.*", self.log.read())
        self.log.close()
        assert not wrong, "the server's own fault: " + wrong.group(0)
        return self.process.returncode

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request(method, path, body, headers or {})
            response = c.getresponse()
            return Answer(response, response.read())
        finally:
            c.close()


class Officer:
    """Signs in as a browser does: a cookie, forms with their token."""

    def __init__(self, server, name=None, password=PASSWORD):
        self.server, self.cookie, self.csrf = server, None, None
        if name:
            answer = self.post("/sign-in", {"name": name, "password": password})
            assert answer.status == 303 and answer.headers["location"] == "/", (answer.status, answer.text)
            self.csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get("/").text).group(1)

    def headers(self):
        return {"Cookie": "__Host-custos=" + self.cookie} if self.cookie else {}

    def take(self, answer):
        for cookie in answer.cookies:
            self.cookie = re.match(r"__Host-custos=([0-9a-f]*);", cookie).group(1) or None
        return answer

    def get(self, path, **headers):
        return self.take(self.server.ask("GET", path, None, {**self.headers(), **{k.replace("_", "-"): v for k, v in headers.items()}}))

    def post(self, path, fields=None, **headers):
        pairs = [("csrf", self.csrf or "")]
        for name, value in (fields or {}).items():
            pairs += [(name, v) for v in (value if isinstance(value, list) else [value])]
        body = urllib.parse.urlencode(pairs)
        return self.take(self.server.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **self.headers(), **{k.replace("_", "-"): v for k, v in headers.items()}}))

    def api(self, method, path, body=None, token=None):
        headers = {"Authorization": "Bearer " + token} if token else {**self.headers(), "X-CSRF-Token": self.csrf or ""}
        if isinstance(body, (bytes, bytearray)):
            headers["Content-Type"] = "application/octet-stream"
        elif body is not None:
            headers["Content-Type"], body = "application/json", json.dumps(body)
        return self.server.ask(method, "/api/v1" + path, body, headers)

    def made(self, answer):
        assert answer.status == 303, (answer.status, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:600])
        return int(re.search(r"(\d+)$", answer.headers["location"]).group(1))


def administrator(server):
    link = server.first_link()
    nobody = Officer(server)
    answer = nobody.post(link, {"name": "ada", "display_name": "Ada Admin", "password": PASSWORD, "again": PASSWORD})
    assert answer.status == 303, answer.text
    return Officer(server, "ada")


def officer(admin, name, *roles):
    """Made by the administrator's form, the link taken, signed in."""
    answer = admin.post("/admin/officers/new", {"name": name, "display_name": name.title(), "roles": list(roles)})
    assert answer.status == 200, answer.text
    link = re.search(r"http://127\.0\.0\.1:\d+(/invitation/[0-9a-f]{64})", answer.text).group(1)
    taken = Officer(admin.server).post(link, {"name": name, "display_name": name, "password": PASSWORD, "again": PASSWORD})
    assert taken.status == 303, taken.text
    return Officer(admin.server, name)


def wait_for(what, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.2)
    raise AssertionError("did not come in %d s" % seconds)
