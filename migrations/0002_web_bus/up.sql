-- Tables of web, bus, base_import, auth_totp.

CREATE TABLE auth_totp_device (
    id serial NOT NULL,
    name varchar NOT NULL,
    user_id integer NOT NULL,
    scope varchar,
    expiration_date timestamp,
    index varchar(8),
    key varchar,
    create_date timestamp DEFAULT (now() AT TIME ZONE 'utc'::text),
    CONSTRAINT auth_totp_device_index_check CHECK ((char_length((index)::text) = 8)),
    CONSTRAINT auth_totp_device_pkey PRIMARY KEY (id)
);
CREATE INDEX auth_totp_device_user_id_index_idx ON auth_totp_device USING btree (user_id, index);

CREATE TABLE auth_totp_rate_limit_log (
    id serial NOT NULL,
    user_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    ip varchar,
    limit_type varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT auth_totp_rate_limit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX auth_totp_rate_limit_log_user_id_limit_type_create_date_idx ON auth_totp_rate_limit_log USING btree (user_id, limit_type, create_date);

CREATE TABLE auth_totp_wizard (
    id serial NOT NULL,
    user_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    secret varchar NOT NULL,
    url varchar,
    create_date timestamp,
    write_date timestamp,
    qrcode bytea,
    CONSTRAINT auth_totp_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE base_document_layout (
    id serial NOT NULL,
    company_id integer NOT NULL,
    report_layout_id integer,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    from_invoice boolean,
    CONSTRAINT base_document_layout_pkey PRIMARY KEY (id)
);

CREATE TABLE base_import_import (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    res_model varchar,
    file_name varchar,
    file_type varchar,
    create_date timestamp,
    write_date timestamp,
    file bytea,
    CONSTRAINT base_import_import_pkey PRIMARY KEY (id)
);

CREATE TABLE base_import_mapping (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    res_model varchar,
    column_name varchar,
    field_name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_import_mapping_pkey PRIMARY KEY (id)
);
CREATE INDEX base_import_mapping__res_model_index ON base_import_mapping USING btree (res_model);

CREATE TABLE bus_bus (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    channel varchar,
    message varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT bus_bus_pkey PRIMARY KEY (id)
);

CREATE TABLE res_users_settings_embedded_action (
    id serial NOT NULL,
    user_setting_id integer NOT NULL,
    action_id integer NOT NULL,
    res_id integer,
    create_uid integer,
    write_uid integer,
    res_model varchar NOT NULL,
    embedded_actions_order varchar,
    embedded_actions_visibility varchar,
    embedded_visibility boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_users_settings_embedded_action_pkey PRIMARY KEY (id),
    CONSTRAINT res_users_settings_embedded_action_res_user_settings_e_91890fa3 UNIQUE (user_setting_id, action_id, res_id)
);
CREATE INDEX res_users_settings_embedded_action__user_setting_id_index ON res_users_settings_embedded_action USING btree (user_setting_id) WHERE (user_setting_id IS NOT NULL);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE auth_totp_device ADD CONSTRAINT auth_totp_device_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE auth_totp_rate_limit_log ADD CONSTRAINT auth_totp_rate_limit_log_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE auth_totp_rate_limit_log ADD CONSTRAINT auth_totp_rate_limit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE auth_totp_rate_limit_log ADD CONSTRAINT auth_totp_rate_limit_log_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE auth_totp_wizard ADD CONSTRAINT auth_totp_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE auth_totp_wizard ADD CONSTRAINT auth_totp_wizard_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE auth_totp_wizard ADD CONSTRAINT auth_totp_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_document_layout ADD CONSTRAINT base_document_layout_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE base_document_layout ADD CONSTRAINT base_document_layout_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_document_layout ADD CONSTRAINT base_document_layout_report_layout_id_fkey FOREIGN KEY (report_layout_id) REFERENCES report_layout(id) ON DELETE SET NULL;
ALTER TABLE base_document_layout ADD CONSTRAINT base_document_layout_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_import_import ADD CONSTRAINT base_import_import_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_import_import ADD CONSTRAINT base_import_import_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_import_mapping ADD CONSTRAINT base_import_mapping_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_import_mapping ADD CONSTRAINT base_import_mapping_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE bus_bus ADD CONSTRAINT bus_bus_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE bus_bus ADD CONSTRAINT bus_bus_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_settings_embedded_action ADD CONSTRAINT res_users_settings_embedded_action_action_id_fkey FOREIGN KEY (action_id) REFERENCES ir_act_window(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_embedded_action ADD CONSTRAINT res_users_settings_embedded_action_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_settings_embedded_action ADD CONSTRAINT res_users_settings_embedded_action_user_setting_id_fkey FOREIGN KEY (user_setting_id) REFERENCES res_users_settings(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_embedded_action ADD CONSTRAINT res_users_settings_embedded_action_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
