// odoo-await: promises over XML-RPC, with words for the commands of x2many fields.

import assert from "node:assert/strict";
import { bytes, date, db, fails, load, login, password, report, url } from "./checks.mjs";

const Odoo = load("odoo-await");
const check = report("odoo-await");
const odoo = new Odoo({ baseUrl: url, db, username: login, password });

await check("connect", async () => {
    const uid = await odoo.connect();
    const group = (await odoo.searchRead("ir.model.data", { module: "isp_core", name: "group_isp_admin" }, ["res_id"]))[0].res_id;
    assert.equal(await odoo.update("res.users", uid, { group_ids: { action: "add", id: group } }), true);
    return `uid ${uid}`;
});

await check("wrong password", () => fails(new Odoo({ baseUrl: url, db, username: login, password: "wrong" }).connect(), undefined, "invalid credentials"));

await check("relations", async () => {
    const [spain] = await odoo.search("res.country", { code: "ES" });
    const company = await odoo.create("res.partner", {
        name: "Await Ltd", is_company: true, country_id: spain, child_ids: { action: "create", value: [{ name: "Eva" }, { name: "Luz" }] },
    });
    const [row] = await odoo.read("res.partner", company, ["country_id", "child_ids"]);
    assert.deepEqual(row.country_id, [spain, "Spain"]);
    assert.equal(row.child_ids.length, 2);
    await odoo.update("res.partner", company, { child_ids: { action: "delete", id: row.child_ids[0] } });
    const [child] = await odoo.read("res.partner", [row.child_ids[1]], ["parent_id"]);
    assert.deepEqual(child.parent_id, [company, "Await Ltd"]);
    assert.deepEqual((await odoo.read("res.partner", company, ["child_ids"]))[0].child_ids, [row.child_ids[1]]);
});

await check("search", async () => {
    const ids = [];
    for (const letter of "abc") ids.push(await odoo.create("res.partner", { name: `Await ${letter}`, ref: "await" }));
    assert.deepEqual(await odoo.search("res.partner", ["ref", "=", "await"]), ids);
    const domain = ["&", ["ref", "=", "await"], "|", ["name", "like", "% a"], ["name", "like", "% c"]];
    const rows = await odoo.searchRead("res.partner", domain, ["name"], { order: "name desc", limit: 1, offset: 1 });
    assert.deepEqual(rows, [{ id: ids[0], name: "Await a" }]);
    assert.equal((await odoo.searchRead("res.partner", { ref: "await" }, ["name"])).length, 3);
    assert.equal((await odoo.getFields("res.partner", ["type"])).country_id.type, "many2one");
});

await check("write", async () => {
    const made = await odoo.create("res.partner", { name: "before" }, "await_partner", "await");
    assert.equal(await odoo.updateByExternalId("await_partner", { name: "after", comment: "ñandú €" }), true);
    const row = await odoo.readByExternalId("await_partner", ["name", "comment"]);
    assert.equal(row.name, "after");
    assert.ok(row.comment.includes("ñandú €"));
    assert.equal(await odoo.delete("res.partner", made), true);
    assert.deepEqual(await odoo.search("res.partner", { id: made }), []);
});

await check("business", async () => {
    const sector = await odoo.create("isp.sector", { name: "Await", code: "AWAIT" });
    // XML-RPC cannot say None: it is a fault, and the work is done.
    await fails(odoo.action("isp.sector", "action_archive", [sector]), 1, "None");
    assert.deepEqual(await odoo.search("isp.sector", { id: sector }), []);
});

await check("errors", async () => {
    await fails(odoo.search("res.partner", { no_such_field: 1 }), 1, "no_such_field");
    await fails(odoo.create("isp.sector", { name: "no code" }), 2, "Code");
    await fails(odoo.execute_kw("res.partner", "_write", [[[1], {}]]), 4);
    return fails(odoo.searchByExternalId("no_such_id"), undefined, "No matching record");
});

await check("binary", async () => {
    const made = await odoo.create("ir.attachment", { name: "await.bin", datas: bytes.toString("base64") });
    const [row] = await odoo.read("ir.attachment", made, ["datas", "file_size"]);
    assert.deepEqual([Buffer.from(row.datas, "base64"), row.file_size], [bytes, bytes.length]);
});

await check("dates", async () => {
    const plan = await odoo.create("isp.service_plan", { name: "Await", download_mbps: 20, upload_mbps: 5, price_monthly: 25.5, service_type: "pppoe" });
    const sector = await odoo.create("isp.sector", { name: "Await dates", code: "AWAIT-D" });
    const partner = await odoo.create("res.partner", { name: "Await dates" });
    const made = await odoo.create("isp.subscription", { partner_id: partner, plan_id: plan, sector_id: sector, start_date: date });
    // A native Date, sent as dateTime.iso8601.
    assert.equal(await odoo.update("isp.subscription", made, { install_date: new Date(2024, 2, 1) }), true);
    const [row] = await odoo.read("isp.subscription", made, ["start_date", "install_date", "create_date"]);
    assert.deepEqual([row.start_date, row.install_date], [date, "2024-03-01"]);
    assert.match(row.create_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
