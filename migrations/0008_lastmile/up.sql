-- What Lastmile adds. On a database taken over from the reference this is the only migration that runs.
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

-- Columns of existing models; all nullable, so that rows written by others stay valid.
ALTER TABLE isp_subscription
    ADD COLUMN suspend_reason varchar,
    ADD COLUMN manual_suspend_only boolean,
    ADD COLUMN promise_to_pay_date date,
    ADD COLUMN billing_day integer,
    ADD COLUMN hotspot_username varchar,
    ADD COLUMN hotspot_password varchar,
    ADD COLUMN online boolean,
    ADD COLUMN last_seen_at timestamp;
ALTER TABLE res_partner
    ADD COLUMN isp_vip boolean;
ALTER TABLE isp_mikrotik_router
    ADD COLUMN last_seen_at timestamp,
    ADD COLUMN public_ip varchar,
    ADD COLUMN serial_number varchar,
    ADD COLUMN tls_fingerprint varchar,
    ADD COLUMN suspend_mode varchar,
    ADD COLUMN paused boolean,
    ADD COLUMN breaker_until timestamp;

-- Models.
CREATE TABLE isp_billing_run (
    id serial PRIMARY KEY,
    name varchar NOT NULL,
    company_id integer NOT NULL REFERENCES res_company (id) ON DELETE RESTRICT,
    currency_id integer REFERENCES res_currency (id) ON DELETE SET NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    state varchar NOT NULL,
    started_at timestamp,
    finished_at timestamp,
    invoice_count integer,
    skipped_count integer,
    error_count integer,
    amount_total numeric,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);

CREATE TABLE isp_billing_run_line (
    id serial PRIMARY KEY,
    run_id integer NOT NULL REFERENCES isp_billing_run (id) ON DELETE CASCADE,
    subscription_id integer NOT NULL REFERENCES isp_subscription (id) ON DELETE CASCADE,
    currency_id integer REFERENCES res_currency (id) ON DELETE SET NULL,
    period_date date,
    move_id integer REFERENCES account_move (id) ON DELETE SET NULL,
    state varchar NOT NULL,
    message text,
    amount_total numeric,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);
CREATE INDEX isp_billing_run_line__run_id_index ON isp_billing_run_line (run_id);
CREATE INDEX isp_billing_run_line__subscription_id_index ON isp_billing_run_line (subscription_id);
CREATE INDEX isp_billing_run_line__move_id_index ON isp_billing_run_line (move_id);

CREATE TABLE isp_dunning_step (
    id serial PRIMARY KEY,
    name varchar NOT NULL,
    sequence integer,
    company_id integer NOT NULL REFERENCES res_company (id) ON DELETE CASCADE,
    days integer NOT NULL,
    action varchar NOT NULL,
    template_id integer REFERENCES mail_template (id) ON DELETE SET NULL,
    active boolean,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);

CREATE TABLE isp_dunning_notice (
    id serial PRIMARY KEY,
    step_id integer NOT NULL REFERENCES isp_dunning_step (id) ON DELETE CASCADE,
    move_id integer NOT NULL REFERENCES account_move (id) ON DELETE CASCADE,
    subscription_id integer REFERENCES isp_subscription (id) ON DELETE CASCADE,
    partner_id integer REFERENCES res_partner (id) ON DELETE SET NULL,
    email varchar,
    sent_at timestamp NOT NULL,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp,
    UNIQUE (step_id, move_id)
);
CREATE INDEX isp_dunning_notice__step_id_index ON isp_dunning_notice (step_id);
CREATE INDEX isp_dunning_notice__move_id_index ON isp_dunning_notice (move_id);
CREATE INDEX isp_dunning_notice__subscription_id_index ON isp_dunning_notice (subscription_id);
CREATE INDEX isp_dunning_notice__partner_id_index ON isp_dunning_notice (partner_id);

CREATE TABLE isp_router_drift (
    id serial PRIMARY KEY,
    router_id integer NOT NULL REFERENCES isp_mikrotik_router (id) ON DELETE CASCADE,
    subscription_id integer REFERENCES isp_subscription (id) ON DELETE SET NULL,
    path varchar NOT NULL,
    name varchar,
    kind varchar NOT NULL,
    expected text,
    actual text,
    state varchar NOT NULL,
    detected_at timestamp NOT NULL,
    resolved_at timestamp,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);
CREATE INDEX isp_router_drift__router_id_index ON isp_router_drift (router_id);
CREATE INDEX isp_router_drift__subscription_id_index ON isp_router_drift (subscription_id);

CREATE TABLE isp_router_snapshot (
    id serial PRIMARY KEY,
    router_id integer NOT NULL REFERENCES isp_mikrotik_router (id) ON DELETE CASCADE,
    taken_at timestamp NOT NULL,
    routeros_version varchar,
    content text,
    content_hash varchar NOT NULL,
    size integer,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);
CREATE INDEX isp_router_snapshot__router_id_index ON isp_router_snapshot (router_id);

CREATE TABLE isp_usage_sample (
    id serial PRIMARY KEY,
    subscription_id integer NOT NULL REFERENCES isp_subscription (id) ON DELETE CASCADE,
    router_id integer REFERENCES isp_mikrotik_router (id) ON DELETE SET NULL,
    sampled_at timestamp NOT NULL,
    session_key varchar,
    uptime integer,
    download_bytes double precision,
    upload_bytes double precision,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp
);
CREATE INDEX isp_usage_sample__subscription_id_index ON isp_usage_sample (subscription_id);
CREATE INDEX isp_usage_sample__router_id_index ON isp_usage_sample (router_id);
CREATE INDEX isp_usage_sample__sampled_at_index ON isp_usage_sample (sampled_at);

CREATE TABLE isp_usage_day (
    id serial PRIMARY KEY,
    subscription_id integer NOT NULL REFERENCES isp_subscription (id) ON DELETE CASCADE,
    day date NOT NULL,
    online_seconds integer,
    download_bytes double precision,
    upload_bytes double precision,
    create_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    write_uid integer REFERENCES res_users (id) ON DELETE SET NULL,
    create_date timestamp,
    write_date timestamp,
    UNIQUE (subscription_id, day)
);
CREATE INDEX isp_usage_day__subscription_id_index ON isp_usage_day (subscription_id);
CREATE INDEX isp_usage_day__day_index ON isp_usage_day (day);
