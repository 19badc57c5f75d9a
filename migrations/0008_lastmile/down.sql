-- Metadata rows, which lastmile.sql wrote; external ids first, while their records can still be found.
WITH fields AS (SELECT id FROM ir_model_fields WHERE model IN ('isp.billing.run', 'isp.billing.run.line', 'isp.dunning.step', 'isp.dunning.notice', 'isp.router.drift', 'isp.router.snapshot', 'isp.usage.sample', 'isp.usage.day') OR model = 'isp.subscription' AND name IN ('suspend_reason', 'manual_suspend_only', 'promise_to_pay_date', 'billing_day', 'hotspot_username', 'hotspot_password', 'online', 'last_seen_at') OR model = 'res.partner' AND name IN ('isp_vip') OR model = 'isp.mikrotik.router' AND name IN ('last_seen_at', 'public_ip', 'serial_number', 'tls_fingerprint', 'suspend_mode', 'paused', 'breaker_until')),
    records AS (
        SELECT 'ir.model' AS model, id FROM ir_model WHERE model IN ('isp.billing.run', 'isp.billing.run.line', 'isp.dunning.step', 'isp.dunning.notice', 'isp.router.drift', 'isp.router.snapshot', 'isp.usage.sample', 'isp.usage.day')
        UNION ALL SELECT 'ir.model.fields', id FROM fields
        UNION ALL SELECT 'ir.model.fields.selection', id FROM ir_model_fields_selection WHERE field_id IN (SELECT id FROM fields)
        UNION ALL SELECT 'ir.model.access', a.id FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id WHERE m.model IN ('isp.billing.run', 'isp.billing.run.line', 'isp.dunning.step', 'isp.dunning.notice', 'isp.router.drift', 'isp.router.snapshot', 'isp.usage.sample', 'isp.usage.day'))
DELETE FROM ir_model_data d USING records r WHERE d.model = r.model AND d.res_id = r.id;
DELETE FROM ir_model_fields WHERE model IN ('isp.billing.run', 'isp.billing.run.line', 'isp.dunning.step', 'isp.dunning.notice', 'isp.router.drift', 'isp.router.snapshot', 'isp.usage.sample', 'isp.usage.day') OR model = 'isp.subscription' AND name IN ('suspend_reason', 'manual_suspend_only', 'promise_to_pay_date', 'billing_day', 'hotspot_username', 'hotspot_password', 'online', 'last_seen_at') OR model = 'res.partner' AND name IN ('isp_vip') OR model = 'isp.mikrotik.router' AND name IN ('last_seen_at', 'public_ip', 'serial_number', 'tls_fingerprint', 'suspend_mode', 'paused', 'breaker_until');
DELETE FROM ir_model WHERE model IN ('isp.billing.run', 'isp.billing.run.line', 'isp.dunning.step', 'isp.dunning.notice', 'isp.router.drift', 'isp.router.snapshot', 'isp.usage.sample', 'isp.usage.day');

DROP TABLE
    isp_usage_day,
    isp_usage_sample,
    isp_router_snapshot,
    isp_router_drift,
    isp_dunning_notice,
    isp_dunning_step,
    isp_billing_run_line,
    isp_billing_run,
    lastmile_login_attempt,
    lastmile_job_lease,
    lastmile_session;
ALTER TABLE isp_subscription
    DROP COLUMN suspend_reason,
    DROP COLUMN manual_suspend_only,
    DROP COLUMN promise_to_pay_date,
    DROP COLUMN billing_day,
    DROP COLUMN hotspot_username,
    DROP COLUMN hotspot_password,
    DROP COLUMN online,
    DROP COLUMN last_seen_at;
ALTER TABLE res_partner
    DROP COLUMN isp_vip;
ALTER TABLE isp_mikrotik_router
    DROP COLUMN last_seen_at,
    DROP COLUMN public_ip,
    DROP COLUMN serial_number,
    DROP COLUMN tls_fingerprint,
    DROP COLUMN suspend_mode,
    DROP COLUMN paused,
    DROP COLUMN breaker_until;
