-- Reduces a scratch copy of the reference database to the modules Lastmile covers.
-- Rows go first, with the ON DELETE rules of the schema; then columns and tables.

SET client_min_messages = warning;
CREATE SCHEMA reduce;

CREATE TABLE reduce.module (name text PRIMARY KEY);
INSERT INTO reduce.module VALUES
  ('base'), ('web'), ('bus'), ('mail'), ('uom'), ('resource'), ('analytic'), ('product'), ('account'), ('payment'),
  ('account_payment'), ('portal'), ('auth_signup'), ('auth_totp'), ('base_import'), ('http_routing'),
  -- These own no tables, but their data is part of what clients see.
  ('base_setup'), ('rpc'), ('api_doc'), ('resource_mail'), ('auth_totp_portal'),
  ('isp_core'), ('isp_billing'), ('isp_mikrotik'), ('isp_onu'), ('isp_portal'), ('isp_captive_portal');

-- A model belongs to the module that declared it first (the lowest external id).
CREATE TABLE reduce.model AS
SELECT m.id, m.model, o.module AS owner
FROM ir_model m
JOIN LATERAL (SELECT d.module FROM ir_model_data d
              WHERE d.model = 'ir.model' AND d.res_id = m.id ORDER BY d.id LIMIT 1) o ON true
WHERE o.module IN (SELECT name FROM reduce.module);

-- A field stays when one of its modules is kept, and so are its model and the model it points to.
CREATE TABLE reduce.field AS
SELECT f.id, f.model, f.name, f.relation_table,
       (SELECT d.module FROM ir_model_data d JOIN reduce.module k ON k.name = d.module
        WHERE d.model = 'ir.model.fields' AND d.res_id = f.id ORDER BY d.id LIMIT 1) AS owner
FROM ir_model_fields f
WHERE f.model IN (SELECT model FROM reduce.model)
  AND (f.relation IS NULL OR f.relation IN (SELECT model FROM reduce.model))
  AND EXISTS (SELECT 1 FROM ir_model_data d JOIN reduce.module k ON k.name = d.module
              WHERE d.model = 'ir.model.fields' AND d.res_id = f.id);

CREATE TABLE reduce.model_table AS
SELECT m.model, coalesce(s.tbl, replace(m.model, '.', '_')) AS tbl
FROM ir_model m
LEFT JOIN (VALUES ('ir.actions.actions', 'ir_actions'), ('ir.actions.act_window_close', 'ir_actions'),
    ('ir.actions.act_window', 'ir_act_window'), ('ir.actions.act_url', 'ir_act_url'),
    ('ir.actions.server', 'ir_act_server'), ('ir.actions.client', 'ir_act_client'),
    ('ir.actions.report', 'ir_act_report_xml'), ('ir.actions.act_window.view', 'ir_act_window_view')) s (model, tbl) USING (model);

-- Kept tables and the module each is filed under: its model's, else its many2many field's.
CREATE TABLE reduce.tbl AS
SELECT t.relname::text AS tbl, coalesce(
    (SELECT m.owner FROM reduce.model m JOIN reduce.model_table USING (model) WHERE model_table.tbl = t.relname ORDER BY m.id LIMIT 1),
    (SELECT f.owner FROM reduce.field f WHERE f.relation_table = t.relname ORDER BY f.id LIMIT 1), 'base') AS owner
FROM pg_class t
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
  AND (t.relname IN (SELECT tbl FROM reduce.model JOIN reduce.model_table USING (model))
       OR t.relname IN (SELECT relation_table FROM reduce.field)
       OR t.relname LIKE 'orm\_signaling\_%');

-- Stored fields that go, as columns; columns that are no fields at all stay.
CREATE TABLE reduce.dropped_column AS
SELECT c.relname::text AS tbl, a.attname::text AS col
FROM reduce.tbl t
JOIN pg_class c ON c.relname = t.tbl AND c.relnamespace = 'public'::regnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal
WHERE EXISTS (SELECT 1 FROM ir_model_fields f JOIN reduce.model_table m USING (model) WHERE m.tbl = t.tbl AND f.name = a.attname)
  AND NOT EXISTS (SELECT 1 FROM reduce.field f JOIN reduce.model_table m USING (model) WHERE m.tbl = t.tbl AND f.name = a.attname);

-- Rows that belong to left-out modules only.
CREATE TABLE reduce.gone AS
SELECT d.model, d.res_id FROM ir_model_data d
GROUP BY d.model, d.res_id
HAVING NOT bool_or(d.module IN (SELECT name FROM reduce.module)) AND NOT bool_or(d.module = '__export__');
