-- What is wrong with a database, a line for each finding with its count. Built from the metadata: nothing here knows a model.
CREATE TEMP TABLE problem (value text);
DO $$
DECLARE
    c record;
    n bigint;
BEGIN
    -- Who and when, on every row of every model but the metadata's, which code writes.
    FOR c IN SELECT t.oid::regclass AS tbl FROM ir_model m JOIN pg_class t ON t.relname = replace(m.model, '.', '_') AND t.relkind = 'r'
             WHERE NOT m.transient AND m.model NOT LIKE 'ir.model%' AND 4 = (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname IN ('create_uid', 'write_uid', 'create_date', 'write_date')) LOOP
        EXECUTE format('SELECT count(*) FROM ONLY %s WHERE num_nulls(create_uid, write_uid, create_date, write_date) > 0', c.tbl) INTO n;
        INSERT INTO problem SELECT format('%s: %s rows do not say who or when', c.tbl, n) WHERE n > 0;
    END LOOP;
    -- Every stored field has its column, and what is required is there.
    FOR c IN SELECT f.model, f.name, f.ttype, f.required, f.translate, f.company_dependent, f.state, t.oid::regclass AS tbl, a.attname, y.typname FROM ir_model_fields f
             JOIN pg_class t ON t.relname = replace(f.model, '.', '_') AND t.relkind = 'r' JOIN ir_model m ON m.model = f.model AND NOT m.transient
             LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = f.name AND NOT a.attisdropped LEFT JOIN pg_type y ON y.oid = a.atttypid
             WHERE f.store AND f.ttype NOT IN ('one2many', 'many2many') LOOP
        IF c.attname IS NULL THEN
            IF c.ttype <> 'binary' THEN INSERT INTO problem VALUES (format('%s.%s has no column', c.model, c.name)); END IF;
            CONTINUE;
        END IF;
        IF c.required THEN
            EXECUTE format('SELECT count(*) FROM ONLY %s WHERE %I IS NULL', c.tbl, c.name) INTO n;
            INSERT INTO problem SELECT format('%s.%s is required and empty on %s rows', c.model, c.name, n) WHERE n > 0;
        END IF;
        IF c.typname = 'jsonb' AND c.translate <> '' THEN
            EXECUTE format('SELECT count(*) FROM ONLY %s WHERE NOT %I ? ''en_US''', c.tbl, c.name) INTO n;
            INSERT INTO problem SELECT format('%s.%s lacks its source words on %s rows', c.model, c.name, n) WHERE n > 0;
        END IF;
        IF c.typname = 'jsonb' AND c.company_dependent THEN
            EXECUTE format('SELECT count(*) FROM ONLY %s, jsonb_object_keys(%I) k WHERE NOT EXISTS (SELECT FROM res_company o WHERE o.id::text = k)', c.tbl, c.name) INTO n;
            INSERT INTO problem SELECT format('%s.%s is kept for %s unknown companies', c.model, c.name, n) WHERE n > 0;
        END IF;
    END LOOP;
    -- Copies of other records' fields.
    FOR c IN SELECT f.model, f.name, f.related, t.oid::regclass AS tbl, l.name AS link, r.oid::regclass AS target, e.attname AS field FROM ir_model_fields f
             JOIN pg_class t ON t.relname = replace(f.model, '.', '_') AND t.relkind = 'r'
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = f.name AND NOT a.attisdropped
             JOIN ir_model_fields l ON l.model = f.model AND l.name = split_part(f.related, '.', 1) AND l.ttype = 'many2one' AND l.store
             JOIN pg_class r ON r.relname = replace(l.relation, '.', '_') AND r.relkind = 'r'
             JOIN pg_attribute e ON e.attrelid = r.oid AND e.attname = split_part(f.related, '.', 2) AND NOT e.attisdropped AND e.atttypid = a.atttypid
             JOIN ir_model_fields o ON o.model = l.relation AND o.name = e.attname
             WHERE f.store AND f.related ~ '^[a-z_]+\.[a-z_]+$' AND COALESCE(o.translate, '') = '' AND NOT o.company_dependent LOOP
        EXECUTE format('SELECT count(*) FROM ONLY %s a JOIN ONLY %s b ON b.id = a.%I WHERE a.%I IS DISTINCT FROM b.%I', c.tbl, c.target, c.link, c.name, c.field) INTO n;
        INSERT INTO problem SELECT format('%s.%s differs from %s on %s rows', c.model, c.name, c.related, n) WHERE n > 0;
    END LOOP;
    -- Trees.
    FOR c IN SELECT a.attrelid::regclass AS tbl FROM pg_attribute a JOIN pg_attribute p ON p.attrelid = a.attrelid AND p.attname = 'parent_id' JOIN pg_class t ON t.oid = a.attrelid AND t.relkind = 'r'
             WHERE a.attname = 'parent_path' LOOP
        EXECUTE format('SELECT count(*) FROM %s a LEFT JOIN %s p ON p.id = a.parent_id WHERE a.parent_path IS DISTINCT FROM COALESCE(p.parent_path, '''') || a.id || ''/''', c.tbl, c.tbl) INTO n;
        INSERT INTO problem SELECT format('%s: %s rows with a wrong path', c.tbl, n) WHERE n > 0;
    END LOOP;
    -- Identifiers to come are free. What Lastmile adds to the metadata stands far above.
    FOR c IN SELECT d.refobjid::regclass AS tbl, s.oid::regclass AS seq FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'a' WHERE s.relkind = 'S' LOOP
        EXECUTE format('SELECT count(*) FROM %s WHERE id < 100000 AND id > (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM %s)', c.tbl, c.seq) INTO n;
        INSERT INTO problem SELECT format('%s: %s rows above the sequence', c.tbl, n) WHERE n > 0;
    END LOOP;
    -- External ids lead somewhere.
    FOR c IN SELECT DISTINCT d.model, t.oid::regclass AS tbl FROM ir_model_data d JOIN pg_class t ON t.relname = replace(d.model, '.', '_') AND t.relkind = 'r' LOOP
        EXECUTE format('SELECT count(*) FROM ir_model_data d WHERE d.model = %L AND NOT EXISTS (SELECT FROM %s x WHERE x.id = d.res_id)', c.model, c.tbl) INTO n;
        INSERT INTO problem SELECT format('%s: %s external ids of nothing', c.model, n) WHERE n > 0;
    END LOOP;
END $$;
INSERT INTO problem SELECT format('sequence %s has no counter', s.id) FROM ir_sequence s
    WHERE s.implementation = 'standard' AND to_regclass(format('ir_sequence_%s', lpad(s.id::text, 3, '0'))) IS NULL;
INSERT INTO problem SELECT format('%s counts for nothing', c.relname) FROM pg_class c
    WHERE c.relkind = 'S' AND c.relname ~ '^ir_sequence_[0-9]+$' AND NOT EXISTS (SELECT FROM ir_sequence s WHERE s.id = substr(c.relname, 13)::int AND s.implementation = 'standard');
INSERT INTO problem SELECT format('%s messages without an identifier, a date or a kind', count(*)) FROM mail_message
    WHERE message_id IS NULL OR date IS NULL OR message_type IS NULL OR (message_type = 'comment' AND subtype_id IS NULL) HAVING count(*) > 0;
INSERT INTO problem SELECT format('%s changes of unknown fields', count(*)) FROM mail_tracking_value WHERE field_id IS NULL AND field_info IS NULL HAVING count(*) > 0;
INSERT INTO problem SELECT format('%s followers of no kind of message', count(*)) FROM mail_followers f
    WHERE NOT EXISTS (SELECT FROM mail_followers_mail_message_subtype_rel r WHERE r.mail_followers_id = f.id) HAVING count(*) > 0;
INSERT INTO problem SELECT format('%s attachments without size, sum or kind', count(*)) FROM ir_attachment
    WHERE type = 'binary' AND (file_size IS NULL OR checksum IS NULL OR mimetype IS NULL) HAVING count(*) > 0;
INSERT INTO problem SELECT format('%s entries out of balance', count(*)) FROM (SELECT move_id FROM account_move_line GROUP BY move_id HAVING abs(sum(balance)) > 0.005) m HAVING count(*) > 0;
SELECT value FROM problem ORDER BY value;
