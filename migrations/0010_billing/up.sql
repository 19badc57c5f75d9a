-- Billing runs. What describes the columns is in fixtures/billing.sql: on a new database the models are described after the migrations.
ALTER TABLE isp_billing_run
    ADD COLUMN catch_up boolean;

-- A cycle of a subscription is billed once, whatever runs, and however often a run begins again.
CREATE UNIQUE INDEX isp_billing_run_line_once ON isp_billing_run_line (subscription_id, period_date) WHERE state = 'invoiced';
-- A run notes a cycle once.
CREATE UNIQUE INDEX isp_billing_run_line_noted ON isp_billing_run_line (run_id, subscription_id, period_date);
