// odoo-xmlrpc: callbacks over XML-RPC, parameters as the server's method takes them.

import assert from "node:assert/strict";
import { promisify } from "node:util";
import { bytes, date, db, fails, load, login, password, report, url } from "./checks.mjs";

const Odoo = load("odoo-xmlrpc");
const check = report("odoo-xmlrpc");
const connect = (secret) => {
    const odoo = new Odoo({ url, db, username: login, password: secret });
    return promisify((done) => odoo.connect((error, uid) => done(error, { odoo, uid })))();
};
let odoo;
const call = (model, method, ...params) => promisify(odoo.execute_kw.bind(odoo))(model, method, params);
const create = (model, values) => call(model, "create", [values]);

await check("connect", async () => {
    const made = await connect(password);
    odoo = made.odoo;
    const domain = [["module", "=", "isp_core"], ["name", "=", "group_isp_admin"]];
    const [group] = await call("ir.model.data", "search_read", [domain], { fields: ["res_id"] });
    assert.equal(await call("res.users", "write", [[made.uid], { group_ids: [[4, group.res_id]] }]), true);
    return `uid ${made.uid}`;
});

await check("wrong password", () => fails(connect("wrong"), undefined, "No UID"));

await check("relations", async () => {
    const [spain] = await call("res.country", "search", [[["code", "=", "ES"]]]);
    const company = await create("res.partner", { name: "XML Ltd", is_company: true, country_id: spain, child_ids: [[0, 0, { name: "Eva" }]] });
    const [row] = await call("res.partner", "read", [[company]], { fields: ["country_id", "child_ids"] });
    assert.deepEqual(row.country_id, [spain, "Spain"]);
    const [child] = await call("res.partner", "read", [row.child_ids, ["name", "parent_id"]]);
    assert.deepEqual([child.name, child.parent_id], ["Eva", [company, "XML Ltd"]]);
});

await check("search", async () => {
    const ids = [];
    for (const letter of "abc") ids.push(await create("res.partner", { name: `XML ${letter}`, ref: "odoo-xmlrpc" }));
    const domain = ["&", ["ref", "=", "odoo-xmlrpc"], "|", ["name", "like", "% a"], ["name", "like", "% c"]];
    assert.deepEqual(await call("res.partner", "search", [domain, 0, 5, "name desc"]), [ids[2], ids[0]]);
    assert.equal(await call("res.partner", "search_count", [[["ref", "=", "odoo-xmlrpc"]]]), 3);
    const rows = await call("res.partner", "search_read", [domain], { fields: ["name"], order: "id", offset: 1 });
    assert.deepEqual(rows, [{ id: ids[2], name: "XML c" }]);
});

await check("write", async () => {
    const made = await create("res.partner", { name: "before" });
    assert.equal(await call("res.partner", "write", [[made], { name: "after", comment: "ñandú €" }]), true);
    const [row] = await call("res.partner", "read", [[made], ["name", "comment", "email"]]);
    assert.deepEqual([row.name, row.email], ["after", false]);
    assert.ok(row.comment.includes("ñandú €"));
    assert.equal(await call("res.partner", "unlink", [[made]]), true);
    assert.deepEqual(await call("res.partner", "search", [[["id", "=", made]]]), []);
});

await check("business", async () => {
    const sector = await create("isp.sector", { name: "XML", code: "ODOO-XMLRPC" });
    // XML-RPC cannot say None: it is a fault, and the work is done.
    await fails(call("isp.sector", "action_archive", [[sector]]), 1, "None");
    assert.deepEqual(await call("isp.sector", "search", [[["id", "=", sector]]]), []);
});

await check("errors", async () => {
    await fails(call("res.partner", "search", [[["no_such_field", "=", 1]]]), 1, "no_such_field");
    await fails(create("isp.sector", { name: "no code" }), 2, "Code");
    await fails(call("res.partner", "_write", [[1], {}]), 4);
    return fails(call("no.such.model", "search", [[]]), 2);
});

await check("binary", async () => {
    const made = await create("ir.attachment", { name: "xmlrpc.bin", datas: bytes.toString("base64") });
    const [row] = await call("ir.attachment", "read", [[made], ["datas", "file_size"]]);
    assert.deepEqual([Buffer.from(row.datas, "base64"), row.file_size], [bytes, bytes.length]);
});

await check("dates", async () => {
    const plan = await create("isp.service_plan", { name: "XML", download_mbps: 20, upload_mbps: 5, price_monthly: 25.5, service_type: "pppoe" });
    const sector = await create("isp.sector", { name: "XML dates", code: "ODOO-XMLRPC-D" });
    const partner = await create("res.partner", { name: "XML dates" });
    const made = await create("isp.subscription", { partner_id: partner, plan_id: plan, sector_id: sector, start_date: date });
    const [row] = await call("isp.subscription", "read", [[made], ["start_date", "create_date"]]);
    assert.equal(row.start_date, date);
    assert.match(row.create_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(await call("isp.subscription", "search", [[["start_date", "=", date], ["id", "=", made]]]), [made]);
});
