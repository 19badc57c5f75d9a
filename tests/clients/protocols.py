"""Four ways to call the same methods: what every script of this folder talks through. Python's standard library only."""

import http.cookiejar
import json
import urllib.request
import xmlrpc.client


class Xmlrpc:
    """As in the documentation of Odoo's external API."""

    def __init__(self, url, db, login, password):
        self.db, self.password = db, password
        self.uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(db, login, password, {})
        assert isinstance(self.uid, int), self.uid
        self.models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)

    def call(self, model, method, args, kwargs):
        try:
            return self.models.execute_kw(self.db, self.uid, self.password, model, method, args, kwargs)
        except xmlrpc.client.Fault as fault:
            # A method that returns nothing: its work is done, only the answer cannot be written.
            if fault.faultCode == 1 and "None" in fault.faultString:
                return None
            raise


class Http:
    """JSON over HTTP with a cookie jar."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def post(self, path, document, headers=()):
        headers = {"Content-Type": "application/json", **dict(headers)}
        request = urllib.request.Request(self.url + path, json.dumps(document).encode(), headers)
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)

    def rpc(self, path, **params):
        document = self.post(path, {"jsonrpc": "2.0", "method": "call", "id": 7, "params": params})
        assert "error" not in document, document["error"]
        return document.get("result")


class Jsonrpc(Http):
    def __init__(self, url, db, login, password):
        super().__init__(url)
        self.db, self.password = db, password
        self.uid = self.rpc("/jsonrpc", service="common", method="login", args=[db, login, password])

    def call(self, model, method, args, kwargs):
        return self.rpc("/jsonrpc", service="object", method="execute_kw", args=[self.db, self.uid, self.password, model, method, args, kwargs])


class Web(Http):
    """A browser's session."""

    def __init__(self, url, db, login, password):
        super().__init__(url)
        info = self.rpc("/web/session/authenticate", db=db, login=login, password=password)
        self.uid = info["uid"]

    def call(self, model, method, args, kwargs):
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)


class Json2(Http):
    """An API key, made through the wizard, as bearer token; arguments by name."""

    NAMES = {"create": ["vals_list"]}

    def __init__(self, url, db, login, password):
        super().__init__(url)
        web = Web(url, db, login, password)
        self.uid, self.headers = web.uid, {"Authorization": f"bearer {make_key(web, password)}", "X-Odoo-Database": db}

    def call(self, model, method, args, kwargs):
        named = dict(zip(self.NAMES.get(method, ["ids"]), args))
        return self.post(f"/json/2/{model}/{method}", {**named, **kwargs}, self.headers)


def make_key(web, password):
    wizard = web.call("res.users.apikeys.description", "create", [{"name": "story", "duration": "7"}], {})
    done = web.call("res.users.apikeys.description", "make_key", [[wizard]], {})
    if done["res_model"] == "res.users.identitycheck":
        check = done["res_id"]
        web.call("res.users.identitycheck", "write", [[check], {"password": password}], {})
        done = web.call("res.users.identitycheck", "run_check", [[check]], {"context": {"password": password}})
    return done["context"]["default_key"]


PROTOCOLS = {"xmlrpc": Xmlrpc, "jsonrpc": Jsonrpc, "web": Web, "json2": Json2}
