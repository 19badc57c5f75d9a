// odoo-xmlrpc-ts: typed promises over XML-RPC, with a parser of its own.

import assert from "node:assert/strict";
import { bytes, date, db, fails, load, login, password, report, url } from "./checks.mjs";

const { OdooClient } = load("odoo-xmlrpc-ts");
const check = report("odoo-xmlrpc-ts");
const odoo = new OdooClient({ url, db, username: login, password });
const refused = (promise, word) => fails(promise, undefined, word);

await check("connect", async () => {
    assert.equal((await odoo.version()).server_serie, "19.0");
    const uid = await odoo.authenticate();
    const [group] = await odoo.searchRead("ir.model.data", [["module", "=", "isp_core"], ["name", "=", "group_isp_admin"]], { fields: ["res_id"] });
    assert.equal(await odoo.write("res.users", [uid], { group_ids: [[4, group.res_id]] }), true);
    return `uid ${uid}`;
});

await check("wrong password", () => refused(new OdooClient({ url, db, username: login, password: "wrong" }).authenticate()));

await check("relations", async () => {
    const [spain] = await odoo.search("res.country", [["code", "=", "ES"]]);
    const company = await odoo.create("res.partner", { name: "TS Ltd", is_company: true, country_id: spain, child_ids: [[0, 0, { name: "Eva" }]] });
    const [row] = await odoo.read("res.partner", [company], ["country_id", "child_ids"]);
    assert.deepEqual(row.country_id, [spain, "Spain"]);
    const [child] = await odoo.read("res.partner", row.child_ids, ["name", "parent_id"]);
    assert.deepEqual([child.name, child.parent_id], ["Eva", [company, "TS Ltd"]]);
});

await check("search", async () => {
    const ids = [];
    for (const letter of "abc") ids.push(await odoo.create("res.partner", { name: `TS ${letter}`, ref: "ts" }));
    const domain = ["&", ["ref", "=", "ts"], "|", ["name", "like", "% a"], ["name", "like", "% c"]];
    assert.deepEqual(await odoo.search("res.partner", domain, { order: "name desc" }), [ids[2], ids[0]]);
    assert.deepEqual(await odoo.search("res.partner", [["ref", "=", "ts"]], { offset: 1, limit: 1, order: "id" }), [ids[1]]);
    const rows = await odoo.searchRead("res.partner", domain, { fields: ["name"], order: "id" });
    assert.deepEqual(rows, [{ id: ids[0], name: "TS a" }, { id: ids[2], name: "TS c" }]);
});

await check("write", async () => {
    const made = await odoo.create("res.partner", { name: "before" });
    assert.equal(await odoo.write("res.partner", [made], { name: "after", comment: "ñandú €" }), true);
    const [row] = await odoo.read("res.partner", [made], ["name", "comment", "email"]);
    assert.deepEqual([row.name, row.comment.includes("ñandú €"), row.email], ["after", true, false]);
    assert.equal(await odoo.unlink("res.partner", [made]), true);
    assert.deepEqual(await odoo.search("res.partner", [["id", "=", made]]), []);
});

await check("business", async () => {
    const sector = await odoo.create("isp.sector", { name: "TS", code: "TS" });
    // XML-RPC cannot say None: it is a fault, and the work is done.
    await refused(odoo.execute("isp.sector", "action_archive", [[sector]]), "None");
    assert.deepEqual(await odoo.search("isp.sector", [["id", "=", sector]]), []);
});

await check("errors", async () => {
    await refused(odoo.search("res.partner", [["no_such_field", "=", 1]]), "no_such_field");
    await refused(odoo.create("isp.sector", { name: "no code" }), "Code");
    return refused(odoo.execute("res.partner", "no_such_method", []), "no_such_method");
});

await check("binary", async () => {
    const made = await odoo.create("ir.attachment", { name: "ts.bin", datas: bytes.toString("base64") });
    const [row] = await odoo.read("ir.attachment", [made], ["datas", "file_size"]);
    assert.deepEqual([Buffer.from(row.datas, "base64"), row.file_size], [bytes, bytes.length]);
});

await check("dates", async () => {
    const plan = await odoo.create("isp.service_plan", { name: "TS", download_mbps: 20, upload_mbps: 5, price_monthly: 25.5, service_type: "pppoe" });
    const sector = await odoo.create("isp.sector", { name: "TS dates", code: "TS-D" });
    const partner = await odoo.create("res.partner", { name: "TS dates" });
    const made = await odoo.create("isp.subscription", { partner_id: partner, plan_id: plan, sector_id: sector, start_date: date });
    const [row] = await odoo.read("isp.subscription", [made], ["start_date", "create_date"]);
    assert.equal(row.start_date, date);
    assert.match(row.create_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
