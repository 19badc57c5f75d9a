-- Deletes the rows of left-out modules (after reduce.sql), then what concerns one installation only.

SET client_min_messages = warning;
-- Rules and menus whose every group goes would come to hold for all: they go too.
INSERT INTO reduce.gone
SELECT 'ir.rule', rule_group_id FROM rule_group_rel GROUP BY 1, 2
HAVING bool_and(group_id IN (SELECT res_id FROM reduce.gone WHERE model = 'res.groups'));
INSERT INTO reduce.gone
SELECT 'ir.ui.menu', menu_id FROM ir_ui_menu_group_rel GROUP BY 1, 2
HAVING bool_and(gid IN (SELECT res_id FROM reduce.gone WHERE model = 'res.groups'));
INSERT INTO reduce.gone
SELECT 'ir.actions.report', uid FROM res_groups_report_rel GROUP BY 1, 2
HAVING bool_and(gid IN (SELECT res_id FROM reduce.gone WHERE model = 'res.groups'));

-- So do records that hang on a model that goes.
INSERT INTO reduce.gone SELECT 'ir.actions.server', id FROM ir_act_server WHERE model_id NOT IN (SELECT id FROM reduce.model);
INSERT INTO reduce.gone SELECT 'ir.actions.act_window', id FROM ir_act_window WHERE res_model NOT IN (SELECT model FROM reduce.model);
INSERT INTO reduce.gone SELECT 'ir.cron', id FROM ir_cron WHERE ir_actions_server_id IN (SELECT res_id FROM reduce.gone WHERE model = 'ir.actions.server');
INSERT INTO reduce.gone SELECT 'ir.ui.view', id FROM ir_ui_view WHERE key LIKE 'website%' OR model NOT IN (SELECT model FROM reduce.model);

DELETE FROM ir_model_access WHERE group_id IN (SELECT res_id FROM reduce.gone WHERE model = 'res.groups');

-- ON DELETE RESTRICT settles the order: try until nothing more can go.
DO $$
DECLARE t record; n bigint; total bigint;
BEGIN
  LOOP
    total := 0;
    FOR t IN SELECT DISTINCT g.model, m.tbl FROM reduce.gone g JOIN reduce.model_table m USING (model) JOIN reduce.tbl USING (tbl)
             WHERE g.model NOT IN ('ir.model', 'ir.model.fields') LOOP
      BEGIN
        EXECUTE format('DELETE FROM %I WHERE id IN (SELECT res_id FROM reduce.gone WHERE model = %L)', t.tbl, t.model);
        GET DIAGNOSTICS n = ROW_COUNT;
        total := total + n;
      EXCEPTION WHEN foreign_key_violation THEN
        NULL;
      END;
    END LOOP;
    EXIT WHEN total = 0;
  END LOOP;
END $$;

DELETE FROM ir_model_fields WHERE id NOT IN (SELECT id FROM reduce.field);
DELETE FROM ir_model WHERE id NOT IN (SELECT id FROM reduce.model);
DELETE FROM ir_model_constraint WHERE module IN (SELECT id FROM ir_module_module WHERE name NOT IN (SELECT name FROM reduce.module));
DELETE FROM ir_model_relation WHERE module IN (SELECT id FROM ir_module_module WHERE name NOT IN (SELECT name FROM reduce.module))
   OR name NOT IN (SELECT tbl FROM reduce.tbl);

-- What one server has done, not what a new database holds. Pictures live in a filestore that is not ours.
DELETE FROM ir_attachment;
DELETE FROM ir_cron_trigger;
DELETE FROM ir_actions_server_history;
DELETE FROM bus_bus;
DELETE FROM ir_actions_todo WHERE state = 'open';
-- Chatter about technical records.
DELETE FROM mail_message WHERE model IN ('ir.actions.server', 'ir.cron', 'payment.provider', 'payment.method');
-- Generated when a database is set up.
DELETE FROM ir_config_parameter WHERE key IN ('database.secret', 'database.uuid', 'database.create_date', 'web.base.url')
   OR key LIKE 'digest.%';

UPDATE ir_module_module SET state = 'uninstalled', latest_version = NULL
WHERE state = 'installed' AND name NOT IN (SELECT name FROM reduce.module);
-- View architectures are not used.
UPDATE ir_ui_view SET arch_db = NULL, arch_fs = NULL, arch_prev = NULL, arch_updated = NULL;

-- Pictures of others, and texts nobody needs: names and states of modules do.
UPDATE res_company SET logo_web = NULL;
UPDATE ir_module_module SET description = NULL, summary = NULL, website = NULL, author = NULL, maintainer = NULL WHERE state <> 'installed';
UPDATE ir_module_module SET menus_by_module = NULL, reports_by_module = NULL, views_by_module = NULL;
UPDATE ir_model SET info = NULL;
UPDATE payment_provider SET pending_msg = NULL, auth_msg = NULL, done_msg = NULL, cancel_msg = NULL;
UPDATE mail_template SET subject = replace(subject::text, ' to connect to Odoo', '')::jsonb;
DELETE FROM mail_message WHERE model = 'discuss.channel';

-- External ids: only those of kept modules, whose records are still there.
DELETE FROM ir_model_data WHERE module NOT IN (SELECT name FROM reduce.module) AND module <> '__export__';
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT DISTINCT d.model, k.tbl FROM ir_model_data d LEFT JOIN reduce.model_table m USING (model) LEFT JOIN reduce.tbl k USING (tbl) LOOP
    IF t.tbl IS NULL THEN
      DELETE FROM ir_model_data WHERE model = t.model;
    ELSE
      EXECUTE format('DELETE FROM ir_model_data d WHERE d.model = %L AND NOT EXISTS (SELECT 1 FROM %I x WHERE x.id = d.res_id)', t.model, t.tbl);
    END IF;
  END LOOP;
END $$;
