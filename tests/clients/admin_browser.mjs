// Walks through the admin in Debian's chromium: node admin_browser.mjs URL FOLDER. One line a check: "ok …" or "FAIL …".
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LASTMILE_CLIENTS_NODE, "odoo", "package.json"));
const { chromium } = require("playwright-core");
const [base, folder] = process.argv.slice(2);
const MODELS = [
  "isp.subscription", "isp.fault.ticket", "isp.sector", "isp.service_plan", "isp.provisioning_job", "isp.plan.change.request",
  "isp.bank.transfer.payment", "isp.onu", "res.partner", "account.move",
];
const VIEWS = ["list", "kanban", "pivot", "graph", "calendar"];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const check = (what, good, detail = "") => console.log(good ? `ok ${what}` : `FAIL ${what}: ${String(detail).slice(0, 600)}`);

async function login(role, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 850 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.troubles = [];
  page.on("console", (m) => { if (m.type() === "error" && !/status of (403|404|422)/.test(m.text())) page.troubles.push(m.text()); });
  page.on("pageerror", (e) => page.troubles.push(e.message));
  page.on("request", (r) => { if (!r.url().startsWith(base) && !r.url().startsWith("data:")) page.troubles.push("asks " + r.url()); });
  await page.goto(base + "/web/login");
  await page.evaluate(([l, p]) => {
    const form = document.querySelector("form.oe_login_form");
    form.querySelector("input[name=login]").value = l;
    form.querySelector("input[name=password]").value = p;
    form.submit();
  }, [role, role]);
  await page.waitForSelector(".o_web_client");
  return page;
}

/// Every view of ten models shows something, or says plainly that it may not.
async function views(role) {
  const page = await login(role);
  for (const model of MODELS) {
    const seen = [];
    for (const view of VIEWS) {
      const answer = await page.goto(`${base}/odoo/m-${model}?v=${view}`);
      const shown = await page.locator(".o_control_panel, .o_view_nocontent").count();
      seen.push([view, answer.status(), shown]);
    }
    const first = await page.goto(`${base}/odoo/m-${model}`);
    const row = page.locator("a.o_row_link").first();
    if (first.status() === 200 && (await row.count())) {
      await row.click();
      await page.waitForSelector(".o_form_view");
      seen.push(["form", 200, 1]);
    }
    check(`${role} sees ${model}`, seen.every(([view, status, shown]) => ([200, 403].includes(status) || (view === "calendar" && status < 500)) && shown), JSON.stringify(seen));
  }
  check(`${role}: nothing went wrong in the browser`, page.troubles.length === 0, page.troubles.join("; "));
  await page.context().close();
}

/// What a provider's own browser tests do: the old addresses and names of elements.
async function suite(page) {
  const menus = await page.evaluate(async () => (await fetch("/web/webclient/load_menus")).json());
  const menu = Object.values(menus).find((m) => m.xmlid === "isp_core.menu_isp_sector");
  const action = menu.actionID || menu.action_id;
  await page.goto(`${base}/web#menu_id=${menu.id}&action=${action}`);
  await page.waitForSelector("div.o_control_panel");
  await page.click("button.o_list_button_add");
  await page.waitForSelector("button.o_form_button_save");
  await page.fill("div.o_field_widget[name=name] input", "Browser Zone");
  await page.fill("div.o_field_widget[name=code] input", "BZ");
  await page.click("button.o_form_button_save");
  await page.waitForURL(/\/odoo\/action-\d+\/\d+$/);
  check("a sector is made by the old address", (await page.inputValue("div.o_field_widget[name=name] input")) === "Browser Zone");
  const subscriptions = Object.values(menus).find((m) => m.xmlid === "isp_core.menu_isp_subscription");
  await page.goto(`${base}/web#menu_id=${subscriptions.id}&action=${subscriptions.actionID || subscriptions.action_id}`);
  await page.click("button.o_list_button_add");
  for (const [name, text] of [["partner_id", "Ana Torres"], ["plan_id", "Home 20"], ["sector_id", "North Hill"]]) {
    const input = page.locator(`div.o_field_widget[name=${name}] input:not([type=hidden])`);
    await input.fill(text);
    await input.press("Enter");
  }
  await page.click("button.o_form_button_save");
  await page.waitForURL(/\/odoo\/action-\d+\/\d+$/).catch(async (e) => { throw new Error(e.message + (await page.locator(".notice, #toast").allTextContents())); });
  check("a subscription is made with links typed", /Draft/.test(await page.textContent("div.o_statusbar_status")));
  check("its name was given by the sequence", /^SUB-\d+$/.test(await page.inputValue("div.o_field_widget[name=name] input")));
}

async function editing(page) {
  await page.goto(`${base}/odoo/m-res.partner`);
  await page.click("a.o_row_link:text('Ana Torres')");
  await page.waitForSelector(".o_form_view");
  const url = page.url(), phone = "div.o_field_widget[name=phone] input";
  await page.fill(phone, "+34 600");
  check("an edit is told", /Not saved/.test(await page.textContent(".o_form_status_indicator")));
  page.once("dialog", (d) => d.dismiss());
  await page.click(".o_breadcrumb a");
  check("leaving an edit is asked about", page.url() === url && (await page.inputValue(phone)) === "+34 600");
  await page.keyboard.press("Control+s");
  await page.waitForFunction(() => document.querySelector(".o_form_status_indicator").textContent === "");
  await page.reload();
  check("Ctrl+S saves", (await page.inputValue(phone)) === "+34 600");
  // Autocomplete by keyboard.
  const country = page.locator("div.o_field_widget[name=country_id] input:not([type=hidden])");
  await country.fill("Urug");
  await page.waitForSelector(".o_find [role=option]");
  await country.press("ArrowDown");
  await country.press("Enter");
  await page.waitForFunction(() => document.querySelector("div.o_field_widget[name=country_id] input:not([type=hidden])").value === "Uruguay");
  check("links are found while typing", true);
  await page.click("button.o_form_button_save");
  await page.waitForFunction(() => document.querySelector(".o_form_status_indicator").textContent === "");
  check("the link is kept", (await page.inputValue("div.o_field_widget[name=country_id] input:not([type=hidden])")) === "Uruguay");
  // Tags.
  const tags = page.locator("div.o_field_widget[name=category_id] input[data-tags]");
  if (await tags.count()) {
    await tags.fill("nothing like it");
    await page.waitForSelector(".o_find");
    check("what does not exist is told while typing", /Nothing found/.test(await page.textContent(".o_find")));
    await tags.fill("");
  }
  await page.goBack();
  await page.waitForSelector(".o_list_table, .o_form_view");
  check("the browser's way back works", true);
}

async function lists(page) {
  await page.goto(`${base}/odoo/m-isp.subscription`);
  const rows = () => page.locator("tr.o_data_row").count();
  const all = await rows();
  await page.fill(".o_searchview_input", "Ana");
  await page.press(".o_searchview_input", "Enter");
  await page.waitForSelector(".o_searchview_facet");
  check("a search narrows the list", (await rows()) < all && (await rows()) > 0, `${await rows()} of ${all}`);
  await page.click(".o_facet_remove");
  await page.waitForFunction((n) => document.querySelectorAll("tr.o_data_row").length === n, all);
  await page.click(".o_groups summary");
  await page.click(".o_groups a.item:has-text('Sector')");
  await page.waitForSelector("tr.o_group_header");
  await page.click("tr.o_group_header a");
  await page.waitForSelector("tr.o_data_row");
  check("groups open", (await page.locator("tr.o_group_header").count()) === 2);
  await page.goto(`${base}/odoo/m-isp.subscription`);
  await page.click(".o_optional_columns summary");
  await page.check("[data-column=install_date]");
  await page.waitForSelector("th[data-name=install_date]");
  await page.reload();
  check("columns stay chosen", (await page.locator("th[data-name=install_date]").count()) === 1);
  await page.check("tr.o_data_row input[name=ids] >> nth=0");
  check("what is ticked is counted", /1 selected/.test(await page.textContent(".o_list_selection")));
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("[data-export]")]);
  check("what is ticked is exported", /xlsx$/.test(file.suggestedFilename()), file.suggestedFilename());
}

async function trade(page) {
  await page.goto(`${base}/odoo`);
  await page.keyboard.press("/");
  await page.keyboard.type("aabbcc001122");
  await page.waitForSelector(".o_everywhere .o_find [role=option]");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/m-isp\.subscription\/\d+/);
  check("a hardware address is found from anywhere by the keyboard", true);
  await page.goto(`${base}/odoo/tickets`);
  const card = page.locator(".o_kanban_record").first();
  await card.dragTo(page.locator(".o_kanban_group").nth(2));
  await page.waitForFunction(() => document.querySelectorAll(".o_kanban_group")[2].querySelector(".o_kanban_record"));
  check("a ticket is dragged to another state", true);
  await page.goto(`${base}/odoo/customer`);
  await page.click("a:text('Ana Torres')");
  await page.waitForSelector(".o_service");
  page.once("dialog", (d) => d.accept());
  await page.click(".o_service button:has-text('Activate') >> nth=0");
  await page.waitForSelector(".o_customer, .notice");
  check("a customer's service is activated from the page", /\/odoo\/(customer|m-isp)/.test(page.url()), page.url());
}

/// Pictures to look at, and that nothing is wider than the screen.
async function pictures() {
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
    const page = await login("admin", { viewport: { width, height: 850 }, colorScheme: scheme });
    const wide = [];
    for (const path of ["", "/m-isp.subscription", "/m-isp.subscription/1", "/tickets", "/customer/7", "/m-isp.fault.ticket/1", "/m-res.partner?v=kanban"]) {
      await page.goto(`${base}/odoo${path}`);
      await page.screenshot({ path: join(folder, `${width}-${scheme}${path.replace(/[^a-z0-9]+/gi, "-") || "-home"}.png`), fullPage: true });
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)) wide.push(path);
    }
    check(`${width} ${scheme}: nothing is wider than the screen`, wide.length === 0, wide.join(" "));
    await page.context().close();
  }
}

/// Links and forms do without scripts.
async function plain() {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/web/login?redirect=/odoo/m-isp.sector`);
  await page.fill("#login", "admin");
  await page.fill("#password", "admin");
  await page.click("button[type=submit]");
  await page.waitForSelector(".o_list_table");
  await page.goto(`${base}/odoo/m-isp.sector/new`);
  await page.fill("[name='f.name']", "Without Scripts");
  await page.fill("[name='f.code']", "WS");
  await page.click("button.o_form_button_save");
  await page.waitForURL(/m-isp\.sector\/\d+/);
  check("a record is made without scripts", (await page.inputValue("[name='f.name']")) === "Without Scripts");
  await context.close();
}

const step = async (name, work) => {
  try { await work(); } catch (error) { check(name, false, error.message); }
};
await step("suite", async () => { const page = await login("admin"); await suite(page); check("suite: no trouble", !page.troubles.length, page.troubles.join("; ")); });
await step("editing", async () => { const page = await login("admin"); await editing(page); check("editing: no trouble", !page.troubles.length, page.troubles.join("; ")); });
await step("lists", async () => { const page = await login("admin"); await lists(page); check("lists: no trouble", !page.troubles.length, page.troubles.join("; ")); });
await step("trade", async () => { const page = await login("admin"); await trade(page); check("trade: no trouble", !page.troubles.length, page.troubles.join("; ")); });
await step("plain", plain);
for (const role of ["admin", "support", "billing"]) await step(`views as ${role}`, () => views(role));
await step("pictures", pictures);
await browser.close();
