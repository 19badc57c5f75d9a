"""The main story: two subscribers from contract to end, over one protocol, seen on their routers through other people's clients.

Arguments: protocol, URL, database, password of the routers, ports of the two routers. What only the surroundings can do (a
subscriber dials in) is asked for on standard output: a line `@ connect ROUTER NAME ADDRESS MAC`, answered on standard input.
"""

import sys
import time

import librouteros
import routeros_api

from protocols import PROTOCOLS

protocol, url, db, router_password, *ports = sys.argv[1:]
client = PROTOCOLS[protocol](url, db, "admin", "admin")


def records(model, method, ids, **named):
    return client.call(model, method, [ids], named)


def on_model(model, method, **named):
    return client.call(model, method, [], named)


def create(model, **values):
    made = client.call(model, "create", [values], {})
    return made[0] if isinstance(made, list) else made


def reference(xmlid):
    module, name = xmlid.split(".")
    domain = [["module", "=", module], ["name", "=", name]]
    return on_model("ir.model.data", "search_read", domain=domain, fields=["res_id"])[0]["res_id"]


def parameter(key, value):
    on_model("ir.config_parameter", "set_param", key=key, value=value)


def field(model, record, name):
    return records(model, "read", [record], fields=[name])[0][name]


def do(subscription, action, state):
    """Runs an action; its job must succeed within two seconds."""
    records("isp.subscription", action, [subscription])
    begun = time.monotonic()
    while True:
        domain = [["subscription_id", "=", subscription]]
        job = on_model("isp.provisioning_job", "search_read", domain=domain, fields=["name", "state", "error_message"], order="id desc", limit=1)[0]
        if job["state"] == "success":
            break
        assert job["state"] in ("queued", "running"), (action, job)
        assert time.monotonic() - begun < 2, (action, job)
        time.sleep(0.02)
    assert field("isp.subscription", subscription, "state") == state, action
    print(f"{action}: {time.monotonic() - begun:.2f} s", flush=True)


def dial_in(name, address, mac):
    print(f"@ connect 0 {name} {address} {mac}", flush=True)
    answer = sys.stdin.readline().strip()
    assert answer == "ok", answer


class Pppoe:
    """The first router, through PyPI librouteros."""

    def __init__(self):
        self.api = librouteros.connect("127.0.0.1", "noc", router_password, port=int(ports[0]), encoding="utf-8")

    def rows(self, menu):
        return list(self.api(f"{menu}/print"))


class Dhcp:
    """The second router, through PyPI RouterOS-api."""

    def __init__(self):
        pool = routeros_api.RouterOsApiPool("127.0.0.1", "noc", router_password, port=int(ports[1]), plaintext_login=True)
        self.api = pool.get_api()

    def rows(self, menu):
        return list(self.api.get_resource(menu).get())


def only(rows, key, value):
    found = [row for row in rows if row.get(key) == value]
    assert len(found) == 1, (key, value, rows)
    return found[0]


def marked(row, subscription):
    words = row["comment"].split()
    assert words[0].startswith("lastmile:") and words[0].endswith(f":sub:{subscription}"), row["comment"]


def ours(router, subscription):
    """Rows of a subscription, wherever they are."""
    menus = ["/ppp/secret", "/ip/dhcp-server/lease", "/queue/simple", "/ip/firewall/address-list", "/ip/hotspot/user"]
    return [row for menu in menus for row in router.rows(menu) if f":sub:{subscription} " in row.get("comment", "") + " "]


records("res.users", "write", [client.uid], vals={"group_ids": [[4, reference("isp_core.group_isp_admin")]]})
parameter("isp_mikrotik.dry_run", "0")
partner = create("res.partner", name="Ana Pérez", email="ana@example.com")
sector = create("isp.sector", name="North", code=f"N-{protocol}")
home = create("isp.service_plan", name="Home 20", download_mbps=20, upload_mbps=5, price_monthly=25.0, service_type="pppoe")
fast = create("isp.service_plan", name="Fast 50", download_mbps=50, upload_mbps=10, price_monthly=40.0, service_type="pppoe", mikrotik_profile="fast")
routers = []
for number, port in enumerate(ports):
    device = create("isp.device", name=f"Router {number}", device_type="mikrotik", sector_id=sector, mgmt_ip="127.0.0.1", mgmt_port=int(port))
    routers.append(create("isp.mikrotik.router", device_id=device, api_user="noc"))
    parameter(f"isp_mikrotik.router_password.{routers[-1]}", router_password)
place = {"partner_id": partner, "plan_id": home, "sector_id": sector, "gps_lat": 18.5, "gps_lng": -69.9}
first = create("isp.subscription", router_id=routers[0], auth_method="pppoe", **place)
second = create("isp.subscription", router_id=routers[1], auth_method="dhcp", dhcp_mode="static", service_ip="192.168.88.77",
                service_mac="AA:BB:CC:00:11:22", **place)
pppoe, dhcp = Pppoe(), Dhcp()
name, queue = field("isp.subscription", first, "pppoe_username"), field("isp.subscription", second, "name")

do(first, "action_activate", "active")
secret = only(pppoe.rows("/ppp/secret"), "name", name)
marked(secret, first)
assert only(pppoe.rows("/ppp/profile"), "name", secret["profile"])["rate-limit"] == "5M/20M"
do(second, "action_activate", "active")
lease = only(dhcp.rows("/ip/dhcp-server/lease"), "mac-address", "AA:BB:CC:00:11:22")
marked(lease, second)
assert lease["address"] == "192.168.88.77"
marked(only(dhcp.rows("/queue/simple"), "name", queue), second)
assert only(dhcp.rows("/queue/simple"), "name", queue)["max-limit"] == "5000000/20000000"

dial_in(name, "10.10.0.7", "AA:BB:CC:00:00:01")
assert only(pppoe.rows("/ppp/active"), "name", name)
do(first, "action_suspend", "suspended")
assert [row for row in pppoe.rows("/ppp/active") if row["name"] == name] == []
assert str(only(pppoe.rows("/ppp/secret"), "name", name)["disabled"]).lower() == "true"
do(second, "action_suspend", "suspended")
listed = [row for row in dhcp.rows("/ip/firewall/address-list") if row["list"] == "isp_suspended" and row["address"] == "192.168.88.77"]
assert listed, dhcp.rows("/ip/firewall/address-list")
rule = dhcp.rows("/ip/firewall/filter")[0]
assert (rule["action"], rule["src-address-list"]) == ("drop", "isp_suspended"), rule
assert only(dhcp.rows("/queue/simple"), "name", queue)["max-limit"] == "5000000/20000000"

do(first, "action_reconnect", "active")
assert str(only(pppoe.rows("/ppp/secret"), "name", name)["disabled"]).lower() == "false"
do(second, "action_reconnect", "active")
assert [row for row in dhcp.rows("/ip/firewall/address-list") if row["list"] == "isp_suspended"] == []

dial_in(name, "10.10.0.7", "AA:BB:CC:00:00:01")
for subscription in (first, second):
    records("isp.subscription", "write", [subscription], vals={"plan_id": fast})
    do(subscription, "action_change_plan", "active")
assert only(pppoe.rows("/ppp/secret"), "name", name)["profile"] == "fast"
assert only(pppoe.rows("/ppp/profile"), "name", "fast")["rate-limit"] == "10M/50M"
assert [row for row in pppoe.rows("/ppp/active") if row["name"] == name] == []
assert only(dhcp.rows("/queue/simple"), "name", queue)["max-limit"] == "10000000/50000000"

for subscription, router in ((first, pppoe), (second, dhcp)):
    assert ours(router, subscription)
    do(subscription, "action_terminate", "terminated")
    assert ours(router, subscription) == [], ours(router, subscription)
print(f"the story over {protocol}: ok")
