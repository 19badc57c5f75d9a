"""What Lastmile adds to the schema: columns of existing models, and models of its own.

A field is (name, type, label, options). Types are the metadata's; options: target, inverse, required, on_delete,
selection, currency, copied, readonly, index.
"""

MONEY = {"currency": "currency_id"}
READ_ONLY = {"readonly": True, "copied": False}


def selection(*pairs, **options):
    return {"selection": pairs, **options}


def link(target, on_delete="set null", **options):
    return {"target": target, "on_delete": on_delete, **options}


def owned(target):
    """Belongs to its target and goes with it."""
    return link(target, "cascade", required=True, index=True)


# model -> [(module, fields)]
EXTENSIONS = {
    "isp.subscription": [
        ("isp_core", [
            ("suspend_reason", "selection", "Suspend Reason",
             selection(("debt", "Debt"), ("manual", "Manual"), ("request", "Customer Request"), copied=False)),
        ]),
        ("isp_billing", [
            ("manual_suspend_only", "boolean", "Manual Suspension Only", {}),
            ("promise_to_pay_date", "date", "Promise to Pay Until", {"copied": False}),
            ("billing_day", "integer", "Billing Day", {}),
        ]),
        ("isp_mikrotik", [
            ("hotspot_username", "char", "Hotspot Username", {"copied": False}),
            ("hotspot_password", "char", "Hotspot Password", {"copied": False}),
            ("online", "boolean", "Online", READ_ONLY),
            ("last_seen_at", "datetime", "Last Seen", READ_ONLY),
        ]),
    ],
    "res.partner": [("isp_core", [("isp_vip", "boolean", "VIP", {})])],
    "isp.mikrotik.router": [("isp_mikrotik", [
        ("last_seen_at", "datetime", "Last Seen", READ_ONLY),
        ("public_ip", "char", "Public IP", {"copied": False}),
        ("serial_number", "char", "Serial Number", {"copied": False}),
        ("tls_fingerprint", "char", "TLS Fingerprint", {"copied": False}),
        ("suspend_mode", "selection", "Suspend Mode", selection(("address_list", "Address List"), ("disable", "Disable"))),
        ("paused", "boolean", "Paused", {}),
        ("breaker_until", "datetime", "Not Tried Until", READ_ONLY),
    ])],
}

# (model, module, label, order, fields, table constraints and indexes)
MODELS = [
    ("isp.billing.run", "isp_billing", "Billing Run", "id desc", [
        ("name", "char", "Name", {"required": True}),
        ("company_id", "many2one", "Company", link("res.company", "restrict", required=True)),
        ("currency_id", "many2one", "Currency", link("res.currency")),
        ("period_start", "date", "From", {"required": True}),
        ("period_end", "date", "To", {"required": True}),
        ("state", "selection", "State", selection(("draft", "Draft"), ("running", "Running"), ("done", "Done"), ("failed", "Failed"), required=True)),
        ("started_at", "datetime", "Started", READ_ONLY),
        ("finished_at", "datetime", "Finished", READ_ONLY),
        ("invoice_count", "integer", "Invoices", READ_ONLY),
        ("skipped_count", "integer", "Skipped", READ_ONLY),
        ("error_count", "integer", "Errors", READ_ONLY),
        ("amount_total", "monetary", "Total", MONEY | READ_ONLY),
        ("line_ids", "one2many", "Lines", {"target": "isp.billing.run.line", "inverse": "run_id"}),
    ], []),
    ("isp.billing.run.line", "isp_billing", "Billing Run Line", "id", [
        ("run_id", "many2one", "Billing Run", owned("isp.billing.run")),
        ("subscription_id", "many2one", "Subscription", owned("isp.subscription")),
        ("currency_id", "many2one", "Currency", link("res.currency")),
        ("period_date", "date", "Period", {}),
        ("move_id", "many2one", "Invoice", link("account.move", index=True)),
        ("state", "selection", "State", selection(("invoiced", "Invoiced"), ("skipped", "Skipped"), ("error", "Error"), required=True)),
        ("message", "text", "Message", {}),
        ("amount_total", "monetary", "Total", MONEY),
    ], []),
    ("isp.dunning.step", "isp_billing", "Dunning Step", "company_id, days, sequence, id", [
        ("name", "char", "Name", {"required": True}),
        ("sequence", "integer", "Sequence", {}),
        ("company_id", "many2one", "Company", link("res.company", "cascade", required=True)),
        ("days", "integer", "Days After Due Date", {"required": True}),
        ("action", "selection", "Action", selection(("remind", "Remind"), ("warn", "Warn"), ("suspend", "Suspend"), required=True)),
        ("template_id", "many2one", "Mail Template", link("mail.template")),
        ("active", "boolean", "Active", {}),
    ], []),
    ("isp.dunning.notice", "isp_billing", "Dunning Notice", "id desc", [
        ("step_id", "many2one", "Step", owned("isp.dunning.step")),
        ("move_id", "many2one", "Invoice", owned("account.move")),
        ("subscription_id", "many2one", "Subscription", link("isp.subscription", "cascade", index=True)),
        ("partner_id", "many2one", "Customer", link("res.partner", index=True)),
        ("email", "char", "Email", {}),
        ("sent_at", "datetime", "Sent", {"required": True}),
    ], ["UNIQUE (step_id, move_id)"]),
    ("isp.router.drift", "isp_mikrotik", "Router Drift", "id desc", [
        ("router_id", "many2one", "Router", owned("isp.mikrotik.router")),
        ("subscription_id", "many2one", "Subscription", link("isp.subscription", index=True)),
        ("path", "char", "Menu", {"required": True}),
        ("name", "char", "Row", {}),
        ("kind", "selection", "Difference", selection(("missing", "Missing"), ("different", "Different"), ("unexpected", "Unexpected"), required=True)),
        ("expected", "text", "Expected", {}),
        ("actual", "text", "Found", {}),
        ("state", "selection", "State", selection(("open", "Open"), ("fixed", "Fixed"), ("ignored", "Ignored"), required=True)),
        ("detected_at", "datetime", "Detected", {"required": True}),
        ("resolved_at", "datetime", "Resolved", {}),
    ], []),
    ("isp.router.snapshot", "isp_mikrotik", "Router Snapshot", "taken_at desc, id desc", [
        ("router_id", "many2one", "Router", owned("isp.mikrotik.router")),
        ("taken_at", "datetime", "Taken", {"required": True}),
        ("routeros_version", "char", "RouterOS Version", {}),
        ("content", "text", "Configuration", {}),
        ("content_hash", "char", "Hash", {"required": True}),
        ("size", "integer", "Size", {}),
    ], []),
    # Counters are floats: they outgrow integers, and doubles are exact far beyond any router's.
    ("isp.usage.sample", "isp_mikrotik", "Usage Sample", "sampled_at desc, id desc", [
        ("subscription_id", "many2one", "Subscription", owned("isp.subscription")),
        ("router_id", "many2one", "Router", link("isp.mikrotik.router", index=True)),
        ("sampled_at", "datetime", "Sampled", {"required": True, "index": True}),
        ("session_key", "char", "Session", {}),
        ("uptime", "integer", "Uptime (s)", {}),
        ("download_bytes", "float", "Downloaded Bytes", {}),
        ("upload_bytes", "float", "Uploaded Bytes", {}),
    ], []),
    ("isp.usage.day", "isp_mikrotik", "Daily Usage", "day desc, id desc", [
        ("subscription_id", "many2one", "Subscription", owned("isp.subscription")),
        ("day", "date", "Day", {"required": True, "index": True}),
        ("online_seconds", "integer", "Time Online (s)", {}),
        ("download_bytes", "float", "Downloaded Bytes", {}),
        ("upload_bytes", "float", "Uploaded Bytes", {}),
    ], ["UNIQUE (subscription_id, day)"]),
]

# Access rows of our models: (group, suffix of the external id, read, write, create, unlink)
ACCESS = [
    ("isp_core.group_isp_admin", "admin", True, True, True, True),
    ("isp_core.group_isp_noc", "noc", True, False, False, False),
    ("isp_core.group_isp_billing", "billing", True, False, False, False),
]

# Tables no client sees.
PRIVATE = """
-- Web sessions. The HMAC covers login, password hash and active: when one of them changes, the session is over.
CREATE TABLE lastmile_session (
    token_hash varchar PRIMARY KEY,
    user_id integer REFERENCES res_users (id) ON DELETE CASCADE,
    data jsonb NOT NULL DEFAULT '{}',
    hmac varchar,
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    expires_at timestamp NOT NULL
);
CREATE INDEX lastmile_session_user_id_index ON lastmile_session (user_id);
CREATE INDEX lastmile_session_expires_at_index ON lastmile_session (expires_at);

-- Who runs which job, and when it is tried next. A lease that has run out may be taken by any worker.
CREATE TABLE lastmile_job_lease (
    job_id integer PRIMARY KEY REFERENCES isp_provisioning_job (id) ON DELETE CASCADE,
    worker text,
    lease_until timestamp,
    next_attempt timestamp,
    priority integer NOT NULL DEFAULT 0
);
CREATE INDEX lastmile_job_lease_next_attempt_index ON lastmile_job_lease (next_attempt);

-- Throttling of logins by source address and login name.
CREATE TABLE lastmile_login_attempt (
    source varchar NOT NULL,
    login varchar NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    last_failure timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    PRIMARY KEY (source, login)
);
CREATE INDEX lastmile_login_attempt_last_failure_index ON lastmile_login_attempt (last_failure);
"""
PRIVATE_TABLES = ["lastmile_login_attempt", "lastmile_job_lease", "lastmile_session"]
