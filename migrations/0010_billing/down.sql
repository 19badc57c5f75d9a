-- Rows of fixtures/billing.sql; external ids first, while their records can still be found.
DELETE FROM ir_model_data d USING ir_model_fields f
WHERE d.model = 'ir.model.fields' AND d.res_id = f.id AND f.model = 'isp.billing.run' AND f.name = 'catch_up';
DELETE FROM ir_model_data d USING ir_model_fields_selection s, ir_model_fields f
WHERE d.model = 'ir.model.fields.selection' AND d.res_id = s.id AND s.field_id = f.id
    AND f.model = 'isp.billing.run' AND f.name = 'state' AND s.value = 'cancelled';
DELETE FROM ir_model_fields_selection s USING ir_model_fields f
WHERE s.field_id = f.id AND f.model = 'isp.billing.run' AND f.name = 'state' AND s.value = 'cancelled';
DELETE FROM ir_model_fields WHERE model = 'isp.billing.run' AND name = 'catch_up';
DELETE FROM mail_template t USING ir_model_data d
WHERE d.model = 'mail.template' AND d.res_id = t.id AND d.module = 'isp_billing' AND d.name LIKE 'mail\_template\_dunning\_%';
DELETE FROM ir_model_data WHERE model = 'mail.template' AND module = 'isp_billing' AND name LIKE 'mail\_template\_dunning\_%';

UPDATE isp_billing_run SET state = 'failed' WHERE state = 'cancelled';
DROP INDEX isp_billing_run_line_noted;
DROP INDEX isp_billing_run_line_once;
ALTER TABLE isp_billing_run
    DROP COLUMN catch_up;
