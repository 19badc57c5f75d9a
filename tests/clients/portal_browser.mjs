// Walks through the portal in Debian's chromium with the screen of a telephone: node portal_browser.mjs URL FOLDER.
// One line a check: "ok …" or "FAIL …". Each page is judged by axe-core too.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.env.LASTMILE_CLIENTS_NODE, "odoo", "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [base, folder] = process.argv.slice(2);
const check = (what, good, detail = "") => console.log(good ? `ok ${what}` : `FAIL ${what}: ${String(detail).slice(0, 900)}`);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, acceptDownloads: true, bypassCSP: false });
const page = await context.newPage();
page.setDefaultTimeout(15000);
const troubles = [];
page.on("console", (m) => { if (m.type() === "error") troubles.push(m.text()); });
page.on("pageerror", (e) => troubles.push(e.message));
page.on("request", (r) => { if (!r.url().startsWith(base)) troubles.push("asks " + r.url()); });

/** The page as assistive technology finds it, and as wide as the screen. */
async function judged(name) {
  // The policy of the page lets no script in: axe comes through the debugger.
  const client = await context.newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const found = await client.send("Runtime.evaluate", {
    expression: "axe.run(document).then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))))",
    awaitPromise: true, returnByValue: true,
  });
  await client.detach();
  const list = JSON.parse(found.result.value ?? '["axe did not run"]');
  check(`${name}: axe`, list.length === 0, list.join("; "));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(`${name}: fits the screen`, wide <= 391, wide);
  await page.screenshot({ path: join(folder, name.replace(/[^a-z0-9]+/g, "-") + ".png"), fullPage: true });
}

for (const [name, path] of [["login", "/web/login"], ["code", "/web/login/totp"], ["forgotten password", "/web/reset_password"], ["hotspot", "/captive"],
  ["hotspot status", "/captive/status?username=ana&uptime=1h"], ["connected", "/captive/success"], ["suspended", "/isp/suspended"]]) {
  await page.goto(base + path);
  await judged(name);
}
await page.goto(base + "/my");
await page.fill("[name=login]", "ana");
await page.fill("[name=password]", "ana-password");
await page.click("button[type=submit]");
await page.waitForSelector("a.brand");
check("home after login", (await page.textContent("h1")).includes("Ana Torres"));
await judged("home");
for (const [name, path] of [["services", "/my/isp"], ["invoices", "/my/invoices"], ["statement", "/my/isp/statement"], ["transfer", "/my/isp/payment/transfer"],
  ["tickets", "/my/isp/faults"], ["new ticket", "/my/isp/faults/new"], ["account", "/my/account"], ["security", "/my/security"], ["plans", "/my/isp/plan/change"]]) {
  await page.goto(base + path);
  await judged(name);
}

// A transfer with a photo, for an invoice that was chosen.
const slip = join(folder, "slip.png");
writeFileSync(slip, Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"));
await page.goto(base + "/my/invoices");
await page.check("input[name=invoice]");
await page.click("form button[type=submit]");
await page.waitForURL("**/payment/transfer?invoice=*");
check("the amount of what was chosen is filled in", (await page.inputValue("[name=amount]")) === "25.50", await page.inputValue("[name=amount]"));
await page.fill("[name=bank_name]", "Banco Uno");
await page.fill("[name=reference]", "TR-77");
await page.setInputFiles("[name=attachment]", slip);
await page.click("form.fields button[type=submit]");
await page.waitForURL("**/my/isp?msg=transfer_submitted");
check("a transfer is reported", (await page.textContent("[role=status]")).includes("reported"));
await page.goto(base + "/my/isp/payment/transfer");
check("and is in review", (await page.textContent("main")).includes("In review"));

// Another plan.
await page.goto(base + "/my/isp");
await page.click("table a[href^='/my/isp/service/']");
await judged("service");
await page.click("text=Change the plan");
await judged("change of plan");
await page.check("input[name=plan_id]");
await page.click("form button[type=submit]");
await page.waitForURL("**msg=plan_change_submitted");
check("a plan is asked for", (await page.textContent("main")).includes("Home 100"));

// A ticket with a photo, and an answer to it.
await page.goto(base + "/my/isp/faults/new");
await page.selectOption("[name=fault_type]", "outage");
await page.fill("textarea[name=description]", "No signal since noon");
await page.setInputFiles("[name=attachment]", slip);
await page.click("form button[type=submit]");
await page.waitForURL("**msg=fault_submitted");
await page.click("ul.list a >> nth=0");
await judged("ticket");
await page.fill("[name=body]", "Now it works again");
await page.click("form button[type=submit]");
await page.waitForURL("**msg=answer_submitted");
check("an answer stands in the conversation", (await page.textContent("ol.talk")).includes("Now it works again"));

// A document.
await page.goto(base + "/my/invoices");
await page.click("table a[href^='/my/invoices/'] >> nth=0");
await judged("invoice");
const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Download PDF")]);
const file = readFileSync(await download.path());
check("an invoice is downloaded", file.subarray(0, 5).toString() === "%PDF-" && download.suggestedFilename().endsWith(".pdf"), download.suggestedFilename());

check("no errors, and nothing from elsewhere", troubles.length === 0, troubles.join("; "));
await browser.close();
