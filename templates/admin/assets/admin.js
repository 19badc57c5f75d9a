// Makes the pages live. They work without: links are links and forms are forms.
(() => {
  "use strict";
  const doc = document, root = doc.documentElement, body = doc.body;
  const $ = (what, where = doc) => where.querySelector(what), $$ = (what, where = doc) => [...where.querySelectorAll(what)];
  root.classList.add("js");
  const main = $("#main"), toast = $("#toast");
  if (!main) return;
  const PARTIAL = { "X-Lastmile-Partial": "1" };
  let dirty = false, touched = new Set(), visit = 0, edits = 0, running = Promise.resolve();

  const say = (text, link) => {
    toast.textContent = text || "";
    if (link) { const a = doc.createElement("a"); a.href = link[0]; a.textContent = " " + link[1]; a.target = "_blank"; a.dataset.plain = "1"; toast.append(a); }
    clearTimeout(say.timer);
    if (!link) say.timer = setTimeout(() => { toast.textContent = ""; }, 6000);
  };
  // A page is not changed between the press and the release of a button: the click would be lost.
  let held = null, release = null;
  doc.addEventListener("pointerdown", () => { held = new Promise((done) => { release = done; }); }, true);
  for (const end of ["pointerup", "pointercancel", "dragend"]) doc.addEventListener(end, () => setTimeout(() => { if (release) release(); held = null; }, 0), true);
  const form = () => $("#record");
  const unsaved = (on) => {
    dirty = on;
    const mark = $(".o_form_status_indicator");
    if (mark) mark.textContent = on ? mark.dataset.text : "";
  };
  const mayLeave = () => !dirty || confirm(body.dataset.leave);

  // What came back: a part of a page, put in its place.
  const put = (text, keep) => {
    const got = new DOMParser().parseFromString(text, "text/html"), part = $("main", got);
    if (!part) return false;
    doc.title = got.title || doc.title;
    if (keep) keep(part);
    main.replaceChildren(...part.childNodes);
    begin();
    return true;
  };
  const ask = async (url, options = {}) => {
    main.classList.add("loading");
    try {
      const answer = await fetch(url, { ...options, headers: { ...PARTIAL, ...(options.headers || {}) }, credentials: "same-origin" });
      if (new URL(answer.url).pathname === "/web/login") {
        if (options.body) { say(body.dataset.expired, ["/web/login", body.dataset.logIn]); return null; }
        location.assign("/web/login?redirect=" + encodeURIComponent(url));
        return null;
      }
      if (!(answer.headers.get("content-type") || "").startsWith("text/html")) { location.assign(answer.url); return null; }
      return { url: answer.url, status: answer.status, text: await answer.text() };
    } catch (error) {
      if (error.name !== "AbortError") say(body.dataset.offline);
      return null;
    } finally { main.classList.remove("loading"); }
  };
  const here = () => {
    const path = location.pathname.split("/").slice(0, 3).join("/");
    $$(".o_sidebar a").forEach((a) => {
      const on = a.getAttribute("href") === path;
      a.classList.toggle("here", on);
      if (on) { a.setAttribute("aria-current", "page"); const app = a.closest("details"); if (app) app.open = true; } else a.removeAttribute("aria-current");
    });
    const toggle = $("#menu-open");
    if (toggle) toggle.checked = false;
  };
  const go = async (url, push = true) => {
    const mine = ++visit, answer = await ask(url);
    if (!answer || mine !== visit) return;
    if (!put(answer.text)) { location.assign(url); return; }
    unsaved(false);
    if (push) history.pushState({}, "", answer.url);
    here();
    scrollTo(0, 0);
    if (!$("[autofocus]", main)) main.focus({ preventScroll: true });
  };

  // Sends the record's form; the page that comes back is the form as it is now.
  const data = (verb) => {
    const all = new FormData(form());
    all.set("do", verb);
    all.set("__touched", [...touched].join(" "));
    if ($$("input[type=file]", form()).some((f) => f.files.length)) return all;
    const plain = new URLSearchParams();
    for (const [name, value] of all) if (typeof value === "string") plain.append(name, value);
    return plain;
  };
  const post = (verb) => {
    const one = async (again0) => {
      const target = form();
      if (!target) return;
      const before = edits, url = target.action, answer = await ask(url, { method: "POST", body: data(verb) });
      if (held) await held;
      if (!answer || form() !== target) return;
      if (answer.status === 400 && /CSRF/.test(answer.text) && !again0) {
        // Somebody logged in again elsewhere: the page's token is of the session before.
        const page = await ask(url), fresh = page && $("input[name=csrf_token]", new DOMParser().parseFromString(page.text, "text/html"));
        if (fresh && form() === target) { $$("input[name=csrf_token]").forEach((i) => { i.value = fresh.value; }); return one(true); }
      }
      const saved = /^(save|force|button|action|archive|unarchive|delete|duplicate)/.test(verb);
      const moved = new URL(answer.url).href !== new URL(url).href;
      // What was typed while the server worked stays as typed.
      const newer = edits !== before && !moved;
      const focus = doc.activeElement, name = focus && focus.name, from = focus && focus.selectionStart;
      const tab = $(".nav-link[aria-selected=true]"), typed = newer ? [...new FormData(target)] : null;
      if (!put(answer.text)) { if (answer.status < 400) location.assign(answer.url); else say($("p", new DOMParser().parseFromString(answer.text, "text/html"))?.textContent || "!"); return; }
      const again = form(), trouble = $(".notice.bad,.o_conflict,.o_error", main);
      if (saved && !trouble) { unsaved(false); touched = new Set(); history[moved ? (again && target.dataset.new !== undefined ? "replaceState" : "pushState") : "replaceState"]({}, "", answer.url); if (moved) here(); } else {
        const known = $("[name=__changed]", main);
        if (known && known.value) known.value.split(" ").forEach((n) => touched.add(n));
        unsaved(dirty || touched.size > 0);
      }
      if (!again) return;
      if (tab) show(tab.dataset.tab);
      if (typed) for (const input of again.elements) {
        const was = typed.filter(([n]) => n === input.name).pop();
        if (was && touched.has(field(input)) && input.type !== "file" && input.type !== "hidden") { if (input.type === "checkbox") input.checked = was[1] === "1"; else input.value = was[1]; }
      }
      if (name && !moved) {
        const next = again.elements[name], target2 = next && (next.length === undefined || next.tagName ? next : [...next].find((e) => e.type !== "hidden"));
        if (target2) { target2.focus({ preventScroll: true }); try { if (from !== null) target2.setSelectionRange(from, from); } catch { /* dates have no caret */ } }
      }
      if (verb.startsWith("add:")) { const rows = $$(`[name="${verb.slice(4)}"] tr.o_data_row`, main); const first = rows.length && $("input:not([type=hidden]),select", rows[rows.length - 1]); if (first) first.focus(); }
      if (trouble) trouble.scrollIntoView({ block: "nearest" });
    };
    running = running.then(() => one(), () => one());
    return running;
  };
  const field = (input) => (input.name || "").replace(/^[fnm]\./, "").split("/")[0];
  const edited = (input) => {
    if (!input.name || !/^[fnm]\./.test(input.name)) return;
    edits++;
    touched.add(field(input));
    unsaved(true);
  };

  const show = (id) => {
    const tab = $(`[data-tab="${CSS.escape(id)}"]`);
    if (!tab) return;
    const book = tab.closest(".o_notebook");
    $$(".nav-link", book).forEach((t) => t.setAttribute("aria-selected", String(t === tab)));
    $$(".o_page", book).forEach((p) => p.classList.toggle("active", p.id === id));
  };

  // Records found while typing.
  let list = null, finding = 0;
  const close = () => { if (list) { const input = list.input; list.remove(); list = null; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); } };
  const options = (input, items, chosen) => {
    close();
    list = doc.createElement("ul");
    list.className = "o_find";
    list.id = "list-" + input.id;
    list.setAttribute("role", "listbox");
    list.input = input;
    list.chosen = chosen;
    items.forEach(([id, name, note, url], n) => {
      const item = doc.createElement("li");
      item.id = "option-" + n;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = name;
      if (note) { const small = doc.createElement("small"); small.className = "muted"; small.textContent = " " + note; item.append(small); }
      item.value2 = [id, name, url];
      list.append(item);
    });
    if (!items.length) { const none = doc.createElement("li"); none.className = "none"; none.textContent = body.dataset.none; list.append(none); }
    (input.closest(".o_field_widget,.o_everywhere") || input.parentElement).append(list);
    input.setAttribute("aria-expanded", "true");
  };
  const move = (by) => {
    const items = $$("[role=option]", list);
    if (!items.length) return;
    const at = items.findIndex((i) => i.getAttribute("aria-selected") === "true");
    items.forEach((i) => i.setAttribute("aria-selected", "false"));
    const next = items[(at + by + items.length) % items.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    list.input.setAttribute("aria-activedescendant", next.id);
  };
  const pick = (item) => { const [id, name, url] = item.value2, { chosen } = list; close(); chosen(id, name, url); };
  const find = async (input) => {
    const mine = ++finding, target = form(), all = data("find:" + input.dataset.find);
    all.set("q", input.value);
    const answer = await fetch(target.action, { method: "POST", body: all, credentials: "same-origin" });
    if (mine !== finding || doc.activeElement !== input || !(answer.headers.get("content-type") || "").includes("json")) return;
    options(input, await answer.json(), (id, name) => choose(input, id, name));
  };
  const choose = (input, id, name) => {
    if (input.dataset.tags) {
      const hidden = doc.createElement("input");
      hidden.type = "hidden"; hidden.name = input.dataset.find; hidden.value = id;
      input.before(hidden);
      input.value = "";
    } else { input.value = name; input.parentElement.querySelector("input[type=hidden]").value = id; }
    edited(input);
    post("onchange:" + field(input));
  };
  const everywhere = async (input) => {
    const mine = ++finding, text = input.value.trim();
    if (text.length < 2) { close(); return; }
    const answer = await fetch("/odoo/search?as=json&q=" + encodeURIComponent(text), { credentials: "same-origin" });
    if (mine !== finding || !(answer.headers.get("content-type") || "").includes("json")) return;
    options(input, await answer.json(), (id, name, url) => { input.value = ""; if (mayLeave()) go(url); });
  };

  // Selected rows of a list.
  const selection = () => {
    const bar = $(".o_list_selection", main);
    if (!bar) return;
    const ids = $$("input[name=ids]:checked", main).map((i) => Number(i.value)), label = $(".o_selected", bar), orders = $("input[name=data]", bar);
    bar.hidden = !ids.length;
    label.textContent = label.dataset.text.replace("{0}", ids.length);
    if (orders) { const all = JSON.parse(orders.value); all.ids = ids; orders.value = JSON.stringify(all); }
  };

  const begin = () => {
    close();
    if (form()) { if (form().dataset.dirty !== undefined && !dirty) unsaved(true); } else { unsaved(false); touched = new Set(); }
    selection();
  };

  doc.addEventListener("click", (event) => {
    const at = event.target;
    if (list && !at.closest(".o_find") && at !== list.input) close();
    const option = at.closest(".o_find [role=option]");
    if (option) { pick(option); return; }
    $$("details.menu[open]").forEach((d) => { if (!d.contains(at)) d.open = false; });
    const tab = at.closest("[data-tab]");
    if (tab) { show(tab.dataset.tab); return; }
    const untag = at.closest("[data-untag]");
    if (untag) { const tag = untag.closest(".tag"), input = $("[data-tags]", tag.parentElement); tag.remove(); edited(input); post("onchange:" + field(input)); return; }
    if (at.closest("[data-theme-switch]")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      doc.cookie = "theme=" + root.dataset.theme + ";path=/;max-age=31536000;samesite=lax";
      return;
    }
    const target = at.closest("[data-go]");
    if (target) { if (mayLeave()) go(target.dataset.go); return; }
    const back = at.closest("[data-back]");
    if (back) { event.preventDefault(); dirty = false; history.back(); return; }
    const link = at.closest("a[href]");
    if (link) {
      const url = new URL(link.href);
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button || link.target || link.dataset.plain || url.origin !== location.origin || !url.pathname.startsWith("/odoo") || (url.hash && url.pathname === location.pathname)) return;
      event.preventDefault();
      if (link.dataset.discard) dirty = false;
      if (mayLeave()) { touched = new Set(); go(url.href); }
      return;
    }
    const row = at.closest("tr[data-href],.o_kanban_record[data-href]");
    if (row && !at.closest("input,button,label,select,textarea,summary,.o_handle_cell") && !String(getSelection())) { if (mayLeave()) go(row.dataset.href); }
  });

  doc.addEventListener("submit", (event) => {
    const target = event.target, button = event.submitter;
    if (button && button.dataset.confirm && !confirm(button.dataset.confirm)) { event.preventDefault(); return; }
    if (button && button.dataset.plain) return;
    if (target.id === "record") { event.preventDefault(); post((button && button.value) || "save"); return; }
    if (target.closest("#main") && target.method === "post" && target.getAttribute("action").startsWith("/odoo")) {
      event.preventDefault();
      const all = new FormData(target);
      if (button && button.name) all.set(button.name, button.value);
      const files = $("input[type=file]", target), plain = new URLSearchParams();
      if (!files) for (const [name, value] of all) plain.append(name, value);
      if (!mayLeave()) return;
      ask(target.action, { method: "POST", body: files ? all : plain }).then((answer) => {
        if (!answer) return;
        if (put(answer.text)) { unsaved(false); history.replaceState({}, "", answer.url); here(); } else if (answer.status >= 400) say($("p", new DOMParser().parseFromString(answer.text, "text/html"))?.textContent || "!");
      });
      return;
    }
    if (target.method === "get" && target.getAttribute("action").startsWith("/odoo")) {
      event.preventDefault();
      if (!mayLeave()) return;
      close();
      go(target.getAttribute("action") + "?" + new URLSearchParams(new FormData(target)));
    }
  });

  let wait = 0;
  doc.addEventListener("input", (event) => {
    const at = event.target;
    if (at.dataset.find) { if (!at.dataset.tags) at.parentElement.querySelector("input[type=hidden]").value = ""; clearTimeout(wait); wait = setTimeout(find, 120, at); edited(at); return; }
    if (at.dataset.everywhere) { clearTimeout(wait); wait = setTimeout(everywhere, 120, at); return; }
    if (at.form && at.form.id === "record") edited(at);
  });
  doc.addEventListener("change", (event) => {
    const at = event.target;
    if (at.dataset.all) { $$("input[name=ids]", main).forEach((i) => { i.checked = at.checked; }); selection(); return; }
    if (at.name === "ids") { selection(); return; }
    if (at.dataset.column) {
      const box = at.closest("[data-columns]"), names = $$("[data-column]", box).filter((i) => i.checked === (i.dataset.hides === undefined)).map((i) => i.dataset.column);
      doc.cookie = "cols-" + box.dataset.columns + "=" + names.join(".") + ";path=/;max-age=31536000;samesite=lax";
      go(location.href, false);
      return;
    }
    if (at.form && at.form.id === "record" && at.type !== "file" && /^[fn]\./.test(at.name)) {
      edited(at);
      if (at.dataset.find && list) return;
      post("onchange:" + field(at));
    }
  });
  doc.addEventListener("focusin", (event) => {
    const at = event.target;
    if (at.dataset && at.dataset.find && form() && !list) { at.select(); }
  });
  doc.addEventListener("focusout", (event) => {
    const at = event.target;
    if (list && list.input === at) setTimeout(() => { if (list && list.input === at && doc.activeElement !== at) { close(); if (at.dataset.find && !at.dataset.tags && touched.has(field(at)) && at.parentElement.querySelector("input[type=hidden]").value === "" && at.value) post("onchange:" + field(at)); } }, 180);
  });
  doc.addEventListener("keydown", (event) => {
    const at = event.target, key = event.key;
    if (list && list.input === at) {
      if (key === "ArrowDown" || key === "ArrowUp") { event.preventDefault(); move(key === "ArrowDown" ? 1 : -1); return; }
      if (key === "Escape") { event.preventDefault(); close(); return; }
      const chosen = $("[aria-selected=true]", list);
      if ((key === "Enter" || key === "Tab") && chosen) { if (key === "Enter") event.preventDefault(); pick(chosen); return; }
    }
    if (at.dataset && at.dataset.find && key === "Enter") { event.preventDefault(); clearTimeout(wait); finding++; close(); edited(at); post("onchange:" + field(at)); return; }
    if (at.dataset && at.dataset.find && key === "ArrowDown") { event.preventDefault(); find(at); return; }
    if (key === "Enter" && at.form && at.form.id === "record" && at.tagName === "INPUT" && at.type !== "submit") { event.preventDefault(); at.dispatchEvent(new Event("change", { bubbles: true })); return; }
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
    if (key === "Escape") $$("details.menu[open]").forEach((d) => { d.open = false; $("summary", d).focus(); });
    if (!typing && key === "/") { event.preventDefault(); $("[data-everywhere]")?.focus(); }
    if ((event.ctrlKey || event.metaKey) && key === "s" && form()) { event.preventDefault(); if (at.blur) at.blur(); post("save"); }
  });
  // Rows in another order, cards in another column.
  let dragged = null;
  doc.addEventListener("dragstart", (event) => { dragged = event.target.closest("tr[data-id],.o_kanban_record"); });
  doc.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const over = event.target.closest(dragged.tagName === "TR" ? "tr[data-id]" : ".o_kanban_group");
    if (!over) return;
    event.preventDefault();
    if (dragged.tagName === "TR" && over !== dragged && over.parentElement === dragged.parentElement) { const box = over.getBoundingClientRect(); over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged); }
  });
  doc.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const all = new URLSearchParams({ csrf_token: $("input[name=csrf_token]").value });
    if (dragged.tagName === "TR") { all.set("do", "resequence"); $$("tr[data-id]", dragged.parentElement).forEach((r) => all.append("ids", r.dataset.id)); } else {
      const group = event.target.closest(".o_kanban_group");
      if (!group || !group.dataset.value || group.contains(dragged)) { dragged = null; return; }
      all.set("do", "move:" + group.dataset.field); all.set("value", group.dataset.value); all.append("ids", dragged.dataset.id);
    }
    const model = dragged.closest("[data-model]"), target = model ? "/odoo/m-" + model.dataset.model + "?back=" + encodeURIComponent(location.pathname) : location.href;
    dragged = null;
    ask(target, { method: "POST", body: all }).then((answer) => { if (answer) { put(answer.text); if (answer.status >= 400) say($("h2", main)?.textContent); } });
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  addEventListener("popstate", () => { if (mayLeave()) go(location.href, false); });

  // The old addresses: /web#menu_id=…&action=…
  const old = () => {
    if (!location.hash || !/^\/(web|odoo)\/?$/.test(location.pathname)) return false;
    const hash = new URLSearchParams(location.hash.slice(1)), action = hash.get("action"), model = hash.get("model"), id = hash.get("id");
    const safe = (text) => /^[\w.]+$/.test(text || "");
    let url = "/odoo";
    if (safe(action)) url += "/action-" + action; else if (safe(model)) url += "/m-" + model; else return false;
    if (/^\d+$/.test(id || "")) url += "/" + id;
    const view = hash.get("view_type");
    if (!id && view === "form") url += "/new"; else if (!id && safe(view)) url += "?view_type=" + view;
    location.replace(url);
    return true;
  };
  addEventListener("hashchange", old);
  if (!old()) begin();
})();
