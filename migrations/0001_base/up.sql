-- Tables of base.

CREATE TABLE base_enable_profiling_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    duration varchar,
    expiration timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_enable_profiling_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE base_language_export (
    id serial NOT NULL,
    model_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    lang varchar NOT NULL,
    format varchar NOT NULL,
    export_type varchar NOT NULL,
    domain varchar,
    state varchar,
    create_date timestamp,
    write_date timestamp,
    data bytea,
    CONSTRAINT base_language_export_pkey PRIMARY KEY (id)
);

CREATE TABLE base_language_import (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    code varchar NOT NULL,
    filename varchar NOT NULL,
    overwrite boolean,
    create_date timestamp,
    write_date timestamp,
    data bytea NOT NULL,
    CONSTRAINT base_language_import_pkey PRIMARY KEY (id)
);

CREATE TABLE base_language_install (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    overwrite boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_language_install_pkey PRIMARY KEY (id)
);

CREATE TABLE base_module_uninstall (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    show_all boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_module_uninstall_pkey PRIMARY KEY (id)
);

CREATE TABLE base_module_uninstall_ir_module_module_rel (
    base_module_uninstall_id integer NOT NULL,
    ir_module_module_id integer NOT NULL,
    CONSTRAINT base_module_uninstall_ir_module_module_rel_pkey PRIMARY KEY (base_module_uninstall_id, ir_module_module_id)
);
CREATE INDEX base_module_uninstall_ir_modu_ir_module_module_id_base_modu_idx ON base_module_uninstall_ir_module_module_rel USING btree (ir_module_module_id, base_module_uninstall_id);

CREATE TABLE base_module_update (
    id serial NOT NULL,
    updated integer,
    added integer,
    create_uid integer,
    write_uid integer,
    state varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_module_update_pkey PRIMARY KEY (id)
);

CREATE TABLE base_module_upgrade (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    module_info text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_module_upgrade_pkey PRIMARY KEY (id)
);

CREATE TABLE base_partner_merge_automatic_wizard (
    id serial NOT NULL,
    number_group integer,
    current_line_id integer,
    dst_partner_id integer,
    maximum_group integer,
    create_uid integer,
    write_uid integer,
    state varchar NOT NULL,
    group_by_email boolean,
    group_by_name boolean,
    group_by_is_company boolean,
    group_by_vat boolean,
    group_by_parent_id boolean,
    exclude_contact boolean,
    exclude_journal_item boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_partner_merge_automatic_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE base_partner_merge_automatic_wizard_res_partner_rel (
    base_partner_merge_automatic_wizard_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT base_partner_merge_automatic_wizard_res_partner_rel_pkey PRIMARY KEY (base_partner_merge_automatic_wizard_id, res_partner_id)
);
CREATE INDEX base_partner_merge_automatic__res_partner_id_base_partner_m_idx ON base_partner_merge_automatic_wizard_res_partner_rel USING btree (res_partner_id, base_partner_merge_automatic_wizard_id);

CREATE TABLE base_partner_merge_line (
    id serial NOT NULL,
    wizard_id integer,
    min_id integer,
    create_uid integer,
    write_uid integer,
    aggr_ids varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT base_partner_merge_line_pkey PRIMARY KEY (id)
);

CREATE TABLE change_password_own (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    new_password varchar,
    confirm_password varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT change_password_own_pkey PRIMARY KEY (id)
);

CREATE TABLE change_password_user (
    id serial NOT NULL,
    wizard_id integer NOT NULL,
    user_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    user_login varchar,
    new_passwd varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT change_password_user_pkey PRIMARY KEY (id)
);

CREATE TABLE change_password_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT change_password_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE decimal_precision (
    id serial NOT NULL,
    digits integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT decimal_precision_name_uniq UNIQUE (name),
    CONSTRAINT decimal_precision_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_act_server_group_rel (
    act_id integer NOT NULL,
    gid integer NOT NULL,
    CONSTRAINT ir_act_server_group_rel_pkey PRIMARY KEY (act_id, gid)
);
CREATE INDEX ir_act_server_group_rel_gid_act_id_idx ON ir_act_server_group_rel USING btree (gid, act_id);

CREATE TABLE ir_act_server_webhook_field_rel (
    server_id integer NOT NULL,
    field_id integer NOT NULL,
    CONSTRAINT ir_act_server_webhook_field_rel_pkey PRIMARY KEY (server_id, field_id)
);
CREATE INDEX ir_act_server_webhook_field_rel_field_id_server_id_idx ON ir_act_server_webhook_field_rel USING btree (field_id, server_id);

CREATE TABLE ir_act_window_group_rel (
    act_id integer NOT NULL,
    gid integer NOT NULL,
    CONSTRAINT ir_act_window_group_rel_pkey PRIMARY KEY (act_id, gid)
);
CREATE INDEX ir_act_window_group_rel_gid_act_id_idx ON ir_act_window_group_rel USING btree (gid, act_id);

CREATE TABLE ir_act_window_view (
    id serial NOT NULL,
    sequence integer,
    view_id integer,
    act_window_id integer,
    create_uid integer,
    write_uid integer,
    view_mode varchar NOT NULL,
    multi boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_act_window_view_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_act_window_view__act_window_id_index ON ir_act_window_view USING btree (act_window_id) WHERE (act_window_id IS NOT NULL);
CREATE UNIQUE INDEX ir_act_window_view_unique_mode_per_action ON ir_act_window_view USING btree (act_window_id, view_mode);

CREATE TABLE ir_actions (
    id serial NOT NULL,
    binding_model_id integer,
    create_uid integer,
    write_uid integer,
    type varchar NOT NULL,
    path varchar,
    binding_type varchar NOT NULL,
    binding_view_types varchar,
    name jsonb NOT NULL,
    help jsonb,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_actions_path_unique UNIQUE (path),
    CONSTRAINT ir_actions_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_actions_server_history (
    id serial NOT NULL,
    action_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    code text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_actions_server_history_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_actions_todo (
    id serial NOT NULL,
    action_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    state varchar NOT NULL,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_actions_todo_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_actions_todo__action_id_index ON ir_actions_todo USING btree (action_id);

CREATE TABLE ir_act_client (
    tag varchar NOT NULL,
    target varchar,
    res_model varchar,
    context varchar NOT NULL,
    params_store bytea,
    CONSTRAINT ir_act_client_path_unique UNIQUE (path),
    CONSTRAINT ir_act_client_pkey PRIMARY KEY (id)
) INHERITS (ir_actions);

CREATE TABLE ir_act_report_xml (
    paperformat_id integer,
    model varchar NOT NULL,
    report_type varchar NOT NULL,
    report_name varchar NOT NULL,
    report_file varchar,
    attachment varchar,
    domain varchar,
    print_report_name jsonb,
    multi boolean,
    attachment_use boolean,
    is_invoice_report boolean,
    CONSTRAINT ir_act_report_xml_path_unique UNIQUE (path),
    CONSTRAINT ir_act_report_xml_pkey PRIMARY KEY (id)
) INHERITS (ir_actions);
CREATE INDEX ir_act_report_xml__paperformat_id_index ON ir_act_report_xml USING btree (paperformat_id) WHERE (paperformat_id IS NOT NULL);

CREATE TABLE ir_act_server (
    sequence integer,
    model_id integer NOT NULL,
    parent_id integer,
    crud_model_id integer,
    link_field_id integer,
    update_field_id integer,
    update_related_model_id integer,
    sequence_id integer,
    selection_value integer,
    automated_name varchar,
    usage varchar NOT NULL,
    state varchar NOT NULL,
    update_path varchar,
    update_m2m_operation varchar,
    update_boolean_value varchar,
    evaluation_type varchar,
    resource_ref varchar,
    webhook_url varchar,
    code text,
    value text,
    html_value text,
    activity_user_id integer,
    activity_type_id integer,
    template_id integer,
    activity_date_deadline_range integer,
    activity_summary varchar,
    followers_type varchar,
    followers_partner_field_name varchar,
    mail_post_method varchar,
    activity_date_deadline_range_type varchar,
    activity_user_type varchar,
    activity_user_field_name varchar,
    activity_note text,
    mail_post_autofollow boolean,
    CONSTRAINT ir_act_server_path_unique UNIQUE (path),
    CONSTRAINT ir_act_server_pkey PRIMARY KEY (id)
) INHERITS (ir_actions);
CREATE INDEX ir_act_server__model_id_index ON ir_act_server USING btree (model_id);
CREATE INDEX ir_act_server__parent_id_index ON ir_act_server USING btree (parent_id);

CREATE TABLE ir_act_url (
    target varchar NOT NULL,
    url text NOT NULL,
    CONSTRAINT ir_act_url_path_unique UNIQUE (path),
    CONSTRAINT ir_act_url_pkey PRIMARY KEY (id)
) INHERITS (ir_actions);

CREATE TABLE ir_act_window (
    view_id integer,
    res_id integer,
    "limit" integer,
    search_view_id integer,
    domain varchar,
    context varchar NOT NULL,
    res_model varchar NOT NULL,
    target varchar,
    view_mode varchar NOT NULL,
    mobile_view_mode varchar,
    usage varchar,
    filter boolean,
    cache boolean,
    CONSTRAINT ir_act_window_path_unique UNIQUE (path),
    CONSTRAINT ir_act_window_pkey PRIMARY KEY (id)
) INHERITS (ir_actions);

CREATE TABLE ir_asset (
    id serial NOT NULL,
    sequence integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    bundle varchar NOT NULL,
    directive varchar,
    path varchar NOT NULL,
    target varchar,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_asset_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_attachment (
    id serial NOT NULL,
    res_id integer,
    company_id integer,
    file_size integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    res_model varchar,
    res_field varchar,
    type varchar NOT NULL,
    url varchar(1024),
    access_token varchar,
    store_fname varchar,
    checksum varchar(40),
    mimetype varchar,
    description text,
    index_content text,
    public boolean,
    create_date timestamp,
    write_date timestamp,
    db_datas bytea,
    CONSTRAINT ir_attachment_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_attachment__store_fname_index ON ir_attachment USING btree (store_fname);
CREATE INDEX ir_attachment__url_index ON ir_attachment USING btree (url) WHERE (url IS NOT NULL);
CREATE INDEX ir_attachment_res_idx ON ir_attachment USING btree (res_model, res_id);

CREATE TABLE ir_config_parameter (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    key varchar NOT NULL,
    value text NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_config_parameter_key_uniq UNIQUE (key),
    CONSTRAINT ir_config_parameter_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_cron (
    id serial NOT NULL,
    ir_actions_server_id integer NOT NULL,
    user_id integer NOT NULL,
    interval_number integer NOT NULL,
    priority integer,
    failure_count integer,
    create_uid integer,
    write_uid integer,
    cron_name varchar,
    interval_type varchar NOT NULL,
    active boolean,
    nextcall timestamp NOT NULL,
    lastcall timestamp,
    first_failure_date timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_cron_check_strictly_positive_interval CHECK ((interval_number > 0)),
    CONSTRAINT ir_cron_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_cron__ir_actions_server_id_index ON ir_cron USING btree (ir_actions_server_id);

CREATE TABLE ir_cron_progress (
    id serial NOT NULL,
    cron_id integer NOT NULL,
    remaining integer,
    done integer,
    timed_out_counter integer,
    create_uid integer,
    write_uid integer,
    deactivate boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_cron_progress_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_cron_progress__cron_id_index ON ir_cron_progress USING btree (cron_id);

CREATE TABLE ir_cron_trigger (
    id serial NOT NULL,
    cron_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    call_at timestamp NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_cron_trigger_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_cron_trigger__call_at_index ON ir_cron_trigger USING btree (call_at);
CREATE INDEX ir_cron_trigger__cron_id_index ON ir_cron_trigger USING btree (cron_id);

CREATE TABLE ir_default (
    id serial NOT NULL,
    field_id integer NOT NULL,
    user_id integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    condition varchar,
    json_value varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_default_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_default__company_id_index ON ir_default USING btree (company_id);
CREATE INDEX ir_default__field_id_index ON ir_default USING btree (field_id);
CREATE INDEX ir_default__user_id_index ON ir_default USING btree (user_id);

CREATE TABLE ir_demo (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_demo_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_demo_failure (
    id serial NOT NULL,
    module_id integer NOT NULL,
    wizard_id integer,
    create_uid integer,
    write_uid integer,
    error varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_demo_failure_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_demo_failure_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_demo_failure_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_embedded_actions (
    id serial NOT NULL,
    sequence integer,
    parent_action_id integer NOT NULL,
    parent_res_id integer,
    action_id integer,
    user_id integer,
    create_uid integer,
    write_uid integer,
    parent_res_model varchar NOT NULL,
    python_method varchar,
    default_view_mode varchar,
    domain varchar,
    context varchar,
    name jsonb,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_embedded_actions_check_only_one_action_defined CHECK ((((action_id IS NOT NULL) AND (python_method IS NULL)) OR ((action_id IS NULL) AND (python_method IS NOT NULL)))),
    CONSTRAINT ir_embedded_actions_check_python_method_requires_name CHECK ((NOT ((python_method IS NOT NULL) AND (name IS NULL)))),
    CONSTRAINT ir_embedded_actions_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_embedded_actions_res_groups_rel (
    ir_embedded_actions_id integer NOT NULL,
    res_groups_id integer NOT NULL,
    CONSTRAINT ir_embedded_actions_res_groups_rel_pkey PRIMARY KEY (ir_embedded_actions_id, res_groups_id)
);
CREATE INDEX ir_embedded_actions_res_group_res_groups_id_ir_embedded_act_idx ON ir_embedded_actions_res_groups_rel USING btree (res_groups_id, ir_embedded_actions_id);

CREATE TABLE ir_exports (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar,
    resource varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_exports_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_exports__resource_index ON ir_exports USING btree (resource);

CREATE TABLE ir_exports_line (
    id serial NOT NULL,
    export_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_exports_line_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_exports_line__export_id_index ON ir_exports_line USING btree (export_id);

CREATE TABLE ir_filters (
    id serial NOT NULL,
    action_id integer,
    embedded_action_id integer,
    embedded_parent_res_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    sort varchar NOT NULL,
    model_id varchar NOT NULL,
    domain text NOT NULL,
    context text NOT NULL,
    is_default boolean,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_filters_check_res_id_only_when_embedded_action CHECK ((NOT ((embedded_parent_res_id IS NOT NULL) AND (embedded_action_id IS NULL)))),
    CONSTRAINT ir_filters_check_sort_json CHECK (((sort IS NULL) OR (jsonb_typeof((sort)::jsonb) = 'array'::text))),
    CONSTRAINT ir_filters_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_filters__embedded_action_id_index ON ir_filters USING btree (embedded_action_id) WHERE (embedded_action_id IS NOT NULL);
CREATE INDEX ir_filters_get_filters_index ON ir_filters USING btree (model_id, action_id, embedded_action_id, embedded_parent_res_id);

CREATE TABLE ir_filters_res_users_rel (
    ir_filters_id integer NOT NULL,
    res_users_id integer NOT NULL,
    CONSTRAINT ir_filters_res_users_rel_pkey PRIMARY KEY (ir_filters_id, res_users_id)
);
CREATE INDEX ir_filters_res_users_rel_res_users_id_ir_filters_id_idx ON ir_filters_res_users_rel USING btree (res_users_id, ir_filters_id);

CREATE TABLE ir_logging (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    type varchar NOT NULL,
    dbname varchar,
    level varchar,
    path varchar NOT NULL,
    func varchar NOT NULL,
    line varchar NOT NULL,
    message text NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_logging_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_logging__dbname_index ON ir_logging USING btree (dbname);
CREATE INDEX ir_logging__level_index ON ir_logging USING btree (level);
CREATE INDEX ir_logging__type_index ON ir_logging USING btree (type);

CREATE TABLE ir_mail_server (
    id serial NOT NULL,
    smtp_port integer,
    sequence integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    from_filter varchar,
    smtp_host varchar,
    smtp_authentication varchar NOT NULL,
    smtp_user varchar,
    smtp_pass varchar,
    smtp_encryption varchar NOT NULL,
    smtp_debug boolean,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    max_email_size double precision,
    smtp_ssl_certificate bytea,
    smtp_ssl_private_key bytea,
    owner_user_id integer,
    owner_limit_count integer,
    owner_limit_time timestamp,
    CONSTRAINT ir_mail_server_certificate_requires_tls CHECK ((((smtp_encryption)::text <> 'none'::text) OR ((smtp_authentication)::text <> 'certificate'::text))),
    CONSTRAINT ir_mail_server_pkey PRIMARY KEY (id),
    CONSTRAINT ir_mail_server_unique_owner_user_id UNIQUE (owner_user_id)
);
CREATE INDEX ir_mail_server__name_index ON ir_mail_server USING btree (name);

CREATE TABLE ir_model (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    model varchar NOT NULL,
    "order" varchar NOT NULL,
    state varchar,
    fold_name varchar,
    name jsonb NOT NULL,
    info text,
    abstract boolean,
    transient boolean,
    create_date timestamp,
    write_date timestamp,
    is_mail_thread boolean,
    is_mail_activity boolean,
    is_mail_blacklist boolean,
    CONSTRAINT ir_model_obj_name_uniq UNIQUE (model),
    CONSTRAINT ir_model_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_model_access (
    id serial NOT NULL,
    model_id integer NOT NULL,
    group_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    active boolean,
    perm_read boolean,
    perm_write boolean,
    perm_create boolean,
    perm_unlink boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_model_access_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_model_access__group_id_index ON ir_model_access USING btree (group_id);
CREATE INDEX ir_model_access__model_id_index ON ir_model_access USING btree (model_id);
CREATE INDEX ir_model_access__name_index ON ir_model_access USING btree (name);

CREATE TABLE ir_model_constraint (
    id serial NOT NULL,
    model integer NOT NULL,
    module integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    definition varchar,
    type varchar(1) NOT NULL,
    message jsonb,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_model_constraint_module_name_uniq UNIQUE (name, module),
    CONSTRAINT ir_model_constraint_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_model_constraint__model_index ON ir_model_constraint USING btree (model);
CREATE INDEX ir_model_constraint__module_index ON ir_model_constraint USING btree (module);
CREATE INDEX ir_model_constraint__name_index ON ir_model_constraint USING btree (name);

CREATE TABLE ir_model_data (
    id serial NOT NULL,
    create_uid integer,
    create_date timestamp DEFAULT (now() AT TIME ZONE 'UTC'::text),
    write_date timestamp DEFAULT (now() AT TIME ZONE 'UTC'::text),
    write_uid integer,
    res_id integer,
    noupdate boolean DEFAULT false,
    name varchar NOT NULL,
    module varchar NOT NULL,
    model varchar NOT NULL,
    CONSTRAINT ir_model_data_name_nospaces CHECK (((name)::text !~~ '% %'::text)),
    CONSTRAINT ir_model_data_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_model_data_model_res_id_index ON ir_model_data USING btree (model, res_id);
CREATE UNIQUE INDEX ir_model_data_module_name_uniq_index ON ir_model_data USING btree (module, name);

CREATE TABLE ir_model_fields (
    id serial NOT NULL,
    relation_field_id integer,
    model_id integer NOT NULL,
    related_field_id integer,
    size integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    model varchar NOT NULL,
    relation varchar,
    relation_field varchar,
    ttype varchar NOT NULL,
    related varchar,
    translate varchar,
    state varchar NOT NULL,
    on_delete varchar,
    domain varchar,
    relation_table varchar,
    column1 varchar,
    column2 varchar,
    depends varchar,
    currency_field varchar,
    field_description jsonb NOT NULL,
    help jsonb,
    compute text,
    copied boolean,
    required boolean,
    readonly boolean,
    index boolean,
    company_dependent boolean,
    group_expand boolean,
    selectable boolean,
    store boolean,
    sanitize boolean,
    sanitize_overridable boolean,
    sanitize_tags boolean,
    sanitize_attributes boolean,
    sanitize_style boolean,
    sanitize_form boolean,
    strip_style boolean,
    strip_classes boolean,
    create_date timestamp,
    write_date timestamp,
    tracking integer,
    CONSTRAINT ir_model_fields_name_manual_field CHECK ((((state)::text <> 'manual'::text) OR ((name)::text ~~ 'x\_%'::text))),
    CONSTRAINT ir_model_fields_size_gt_zero CHECK ((size >= 0)),
    CONSTRAINT ir_model_fields_name_unique UNIQUE (model, name),
    CONSTRAINT ir_model_fields_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_model_fields__model_id_index ON ir_model_fields USING btree (model_id);
CREATE INDEX ir_model_fields__model_index ON ir_model_fields USING btree (model);
CREATE INDEX ir_model_fields__name_index ON ir_model_fields USING btree (name);
CREATE INDEX ir_model_fields__state_index ON ir_model_fields USING btree (state);

CREATE TABLE ir_model_fields_group_rel (
    field_id integer NOT NULL,
    group_id integer NOT NULL,
    CONSTRAINT ir_model_fields_group_rel_pkey PRIMARY KEY (field_id, group_id)
);
CREATE INDEX ir_model_fields_group_rel_group_id_field_id_idx ON ir_model_fields_group_rel USING btree (group_id, field_id);

CREATE TABLE ir_model_fields_selection (
    id serial NOT NULL,
    field_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    value varchar NOT NULL,
    name jsonb NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_model_fields_selection_pkey PRIMARY KEY (id),
    CONSTRAINT ir_model_fields_selection_selection_field_uniq UNIQUE (field_id, value)
);
CREATE INDEX ir_model_fields_selection__field_id_index ON ir_model_fields_selection USING btree (field_id);

CREATE TABLE ir_model_inherit (
    id serial NOT NULL,
    model_id integer NOT NULL,
    parent_id integer NOT NULL,
    parent_field_id integer,
    CONSTRAINT ir_model_inherit_pkey PRIMARY KEY (id),
    CONSTRAINT ir_model_inherit_uniq UNIQUE (model_id, parent_id)
);

CREATE TABLE ir_model_relation (
    id serial NOT NULL,
    model integer NOT NULL,
    module integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    write_date timestamp,
    create_date timestamp,
    CONSTRAINT ir_model_relation_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_model_relation__model_index ON ir_model_relation USING btree (model);
CREATE INDEX ir_model_relation__module_index ON ir_model_relation USING btree (module);
CREATE INDEX ir_model_relation__name_index ON ir_model_relation USING btree (name);

CREATE TABLE ir_module_category (
    id serial NOT NULL,
    create_uid integer,
    create_date timestamp,
    write_date timestamp,
    write_uid integer,
    parent_id integer,
    name jsonb NOT NULL,
    sequence integer,
    description jsonb,
    visible boolean,
    exclusive boolean,
    CONSTRAINT ir_module_category_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_module_category__parent_id_index ON ir_module_category USING btree (parent_id);

CREATE TABLE ir_module_module (
    id serial NOT NULL,
    create_uid integer,
    create_date timestamp,
    write_date timestamp,
    write_uid integer,
    website varchar,
    summary jsonb,
    name varchar NOT NULL,
    author varchar,
    icon varchar,
    state varchar(16),
    latest_version varchar,
    shortdesc jsonb,
    category_id integer,
    description jsonb,
    application boolean DEFAULT false,
    demo boolean DEFAULT false,
    web boolean DEFAULT false,
    license varchar(32),
    sequence integer DEFAULT 100,
    auto_install boolean DEFAULT false,
    to_buy boolean DEFAULT false,
    maintainer varchar,
    published_version varchar,
    url varchar,
    contributors text,
    menus_by_module text,
    reports_by_module text,
    views_by_module text,
    CONSTRAINT ir_module_module_name_uniq UNIQUE (name),
    CONSTRAINT ir_module_module_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_module_module__category_id_index ON ir_module_module USING btree (category_id);
CREATE INDEX ir_module_module__state_index ON ir_module_module USING btree (state);

CREATE TABLE ir_module_module_dependency (
    id serial NOT NULL,
    name varchar,
    module_id integer,
    auto_install_required boolean DEFAULT true,
    CONSTRAINT ir_module_module_dependency_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_module_module_dependency__name_index ON ir_module_module_dependency USING btree (name);

CREATE TABLE ir_module_module_exclusion (
    id serial NOT NULL,
    module_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_module_module_exclusion_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_module_module_exclusion__name_index ON ir_module_module_exclusion USING btree (name);

CREATE TABLE ir_profile (
    id serial NOT NULL,
    sql_count integer,
    entry_count integer,
    session varchar,
    name varchar,
    init_stack_trace text,
    sql text,
    traces_async text,
    traces_sync text,
    others text,
    qweb text,
    duration numeric,
    cpu_duration numeric,
    create_date timestamp,
    CONSTRAINT ir_profile_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_profile__session_index ON ir_profile USING btree (session);

CREATE TABLE ir_rule (
    id serial NOT NULL,
    model_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar,
    domain_force text,
    active boolean,
    perm_read boolean,
    perm_write boolean,
    perm_create boolean,
    perm_unlink boolean,
    global boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_rule_no_access_rights CHECK (((perm_read <> false) OR (perm_write <> false) OR (perm_create <> false) OR (perm_unlink <> false))),
    CONSTRAINT ir_rule_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_rule__model_id_index ON ir_rule USING btree (model_id);

CREATE TABLE ir_sequence (
    id serial NOT NULL,
    number_next integer NOT NULL,
    number_increment integer NOT NULL,
    padding integer NOT NULL,
    company_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    code varchar,
    implementation varchar NOT NULL,
    prefix varchar,
    suffix varchar,
    active boolean,
    use_date_range boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_sequence_pkey PRIMARY KEY (id)
);

CREATE TABLE ir_sequence_date_range (
    id serial NOT NULL,
    sequence_id integer NOT NULL,
    number_next integer NOT NULL,
    create_uid integer,
    write_uid integer,
    date_from date NOT NULL,
    date_to date NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_sequence_date_range_pkey PRIMARY KEY (id),
    CONSTRAINT ir_sequence_date_range_unique_range_per_sequence UNIQUE (sequence_id, date_from, date_to)
);

CREATE TABLE ir_ui_menu (
    id serial NOT NULL,
    sequence integer,
    parent_id integer,
    create_uid integer,
    write_uid integer,
    parent_path varchar,
    web_icon varchar,
    action varchar,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_ui_menu_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_ui_menu__parent_id_index ON ir_ui_menu USING btree (parent_id);
CREATE INDEX ir_ui_menu__parent_path_index ON ir_ui_menu USING btree (parent_path);

CREATE TABLE ir_ui_menu_group_rel (
    menu_id integer NOT NULL,
    gid integer NOT NULL,
    CONSTRAINT ir_ui_menu_group_rel_pkey PRIMARY KEY (menu_id, gid)
);
CREATE INDEX ir_ui_menu_group_rel_gid_menu_id_idx ON ir_ui_menu_group_rel USING btree (gid, menu_id);

CREATE TABLE ir_ui_view (
    id serial NOT NULL,
    priority integer NOT NULL,
    inherit_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    model varchar,
    key varchar,
    type varchar,
    arch_fs varchar,
    mode varchar NOT NULL,
    arch_db jsonb,
    arch_prev text,
    arch_updated boolean,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    customize_show boolean,
    CONSTRAINT ir_ui_view_inheritance_mode CHECK ((((mode)::text <> 'extension'::text) OR (inherit_id IS NOT NULL))),
    CONSTRAINT ir_ui_view_qweb_required_key CHECK ((((type)::text <> 'qweb'::text) OR (key IS NOT NULL))),
    CONSTRAINT ir_ui_view_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_ui_view__inherit_id_index ON ir_ui_view USING btree (inherit_id);
CREATE INDEX ir_ui_view__key_index ON ir_ui_view USING btree (key) WHERE (key IS NOT NULL);
CREATE INDEX ir_ui_view__model_index ON ir_ui_view USING btree (model);
CREATE INDEX ir_ui_view_model_type_inherit_id ON ir_ui_view USING btree (model, inherit_id);

CREATE TABLE ir_ui_view_custom (
    id serial NOT NULL,
    ref_id integer NOT NULL,
    user_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    arch text NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT ir_ui_view_custom_pkey PRIMARY KEY (id)
);
CREATE INDEX ir_ui_view_custom__ref_id_index ON ir_ui_view_custom USING btree (ref_id);
CREATE INDEX ir_ui_view_custom__user_id_index ON ir_ui_view_custom USING btree (user_id);
CREATE INDEX ir_ui_view_custom_user_id_ref_id ON ir_ui_view_custom USING btree (user_id, ref_id);

CREATE TABLE ir_ui_view_group_rel (
    view_id integer NOT NULL,
    group_id integer NOT NULL,
    CONSTRAINT ir_ui_view_group_rel_pkey PRIMARY KEY (view_id, group_id)
);
CREATE INDEX ir_ui_view_group_rel_group_id_view_id_idx ON ir_ui_view_group_rel USING btree (group_id, view_id);

CREATE TABLE module_country (
    module_id integer NOT NULL,
    country_id integer NOT NULL,
    CONSTRAINT module_country_pkey PRIMARY KEY (module_id, country_id)
);
CREATE INDEX module_country_country_id_module_id_idx ON module_country USING btree (country_id, module_id);

CREATE TABLE orm_signaling_assets (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_assets_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_default (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_default_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_groups (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_groups_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_registry (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_registry_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_routing (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_routing_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_stable (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_stable_pkey PRIMARY KEY (id)
);

CREATE TABLE orm_signaling_templates (
    id serial NOT NULL,
    date timestamp DEFAULT now(),
    CONSTRAINT orm_signaling_templates_pkey PRIMARY KEY (id)
);

CREATE TABLE properties_base_definition (
    id serial NOT NULL,
    properties_field_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    properties_definition jsonb,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT properties_base_definition_pkey PRIMARY KEY (id),
    CONSTRAINT properties_base_definition_unique_properties_field_id UNIQUE (properties_field_id)
);

CREATE TABLE rel_modules_langexport (
    wiz_id integer NOT NULL,
    module_id integer NOT NULL,
    CONSTRAINT rel_modules_langexport_pkey PRIMARY KEY (wiz_id, module_id)
);
CREATE INDEX rel_modules_langexport_module_id_wiz_id_idx ON rel_modules_langexport USING btree (module_id, wiz_id);

CREATE TABLE report_layout (
    id serial NOT NULL,
    view_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    image varchar,
    pdf varchar,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT report_layout_pkey PRIMARY KEY (id)
);

CREATE TABLE report_paperformat (
    id serial NOT NULL,
    page_height integer,
    page_width integer,
    header_spacing integer,
    dpi integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    format varchar,
    orientation varchar,
    "default" boolean,
    header_line boolean,
    disable_shrinking boolean,
    css_margins boolean,
    create_date timestamp,
    write_date timestamp,
    margin_top double precision,
    margin_bottom double precision,
    margin_left double precision,
    margin_right double precision,
    CONSTRAINT report_paperformat_pkey PRIMARY KEY (id)
);

CREATE TABLE res_bank (
    id serial NOT NULL,
    state integer,
    country integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    street varchar,
    street2 varchar,
    zip varchar,
    city varchar,
    email varchar,
    phone varchar,
    bic varchar,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_bank_pkey PRIMARY KEY (id)
);
CREATE INDEX res_bank__bic_index ON res_bank USING btree (bic);

CREATE TABLE res_company (
    id serial NOT NULL,
    name varchar NOT NULL,
    partner_id integer NOT NULL,
    currency_id integer NOT NULL,
    sequence integer,
    create_date timestamp,
    parent_path varchar,
    parent_id integer,
    paperformat_id integer,
    external_report_layout_id integer,
    create_uid integer,
    write_uid integer,
    email varchar,
    phone varchar,
    font varchar,
    primary_color varchar,
    secondary_color varchar,
    layout_background varchar NOT NULL,
    report_header jsonb,
    report_footer jsonb,
    company_details jsonb,
    active boolean,
    uses_default_logo boolean,
    write_date timestamp,
    logo_web bytea,
    resource_calendar_id integer,
    alias_domain_id integer,
    email_primary_color varchar,
    email_secondary_color varchar,
    fiscalyear_last_day integer NOT NULL,
    transfer_account_id integer,
    default_cash_difference_income_account_id integer,
    default_cash_difference_expense_account_id integer,
    account_journal_suspense_account_id integer,
    account_journal_early_pay_discount_gain_account_id integer,
    account_journal_early_pay_discount_loss_account_id integer,
    account_sale_tax_id integer,
    account_purchase_tax_id integer,
    account_purchase_receipt_fiscal_position_id integer,
    currency_exchange_journal_id integer,
    income_currency_exchange_account_id integer,
    expense_currency_exchange_account_id integer,
    incoterm_id integer,
    batch_payment_sequence_id integer,
    account_opening_move_id integer,
    account_default_pos_receivable_account_id integer,
    expense_accrual_account_id integer,
    revenue_accrual_account_id integer,
    automatic_entry_default_journal_id integer,
    domestic_fiscal_position_id integer,
    account_fiscal_country_id integer,
    tax_cash_basis_journal_id integer,
    account_cash_basis_base_account_id integer,
    account_discount_income_allocation_id integer,
    account_discount_expense_allocation_id integer,
    income_account_id integer,
    expense_account_id integer,
    price_difference_account_id integer,
    fiscalyear_last_month varchar NOT NULL,
    chart_template varchar,
    bank_account_code_prefix varchar,
    cash_account_code_prefix varchar,
    transfer_account_code_prefix varchar,
    tax_calculation_rounding_method varchar,
    terms_type varchar,
    quick_edit_mode varchar,
    account_price_include varchar NOT NULL,
    fiscalyear_lock_date date,
    tax_lock_date date,
    sale_lock_date date,
    purchase_lock_date date,
    hard_lock_date date,
    account_opening_date date,
    invoice_terms jsonb,
    invoice_terms_html jsonb,
    expects_chart_of_accounts boolean,
    anglo_saxon_accounting boolean,
    qr_code boolean,
    link_qr_code boolean,
    display_invoice_amount_total_words boolean,
    display_invoice_tax_company_currency boolean,
    account_use_credit_limit boolean,
    tax_exigibility boolean,
    account_storno boolean,
    restrictive_audit_trail boolean,
    autopost_bills boolean,
    CONSTRAINT res_company_name_uniq UNIQUE (name),
    CONSTRAINT res_company_pkey PRIMARY KEY (id)
);
CREATE INDEX res_company__alias_domain_id_index ON res_company USING btree (alias_domain_id) WHERE (alias_domain_id IS NOT NULL);
CREATE INDEX res_company__parent_id_index ON res_company USING btree (parent_id);
CREATE INDEX res_company__parent_path_index ON res_company USING btree (parent_path);
CREATE INDEX res_company__partner_id_index ON res_company USING btree (partner_id);

CREATE TABLE res_company_users_rel (
    cid integer NOT NULL,
    user_id integer NOT NULL,
    CONSTRAINT res_company_users_rel_pkey PRIMARY KEY (cid, user_id)
);
CREATE INDEX res_company_users_rel_user_id_cid_idx ON res_company_users_rel USING btree (user_id, cid);

CREATE TABLE res_config (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_config_pkey PRIMARY KEY (id)
);

CREATE TABLE res_config_settings (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    web_app_name varchar,
    company_id integer NOT NULL,
    module_base_import boolean,
    module_google_calendar boolean,
    module_microsoft_calendar boolean,
    module_mail_plugin boolean,
    module_auth_oauth boolean,
    module_auth_ldap boolean,
    module_account_inter_company_rules boolean,
    module_voip boolean,
    module_web_unsplash boolean,
    module_sms boolean,
    module_partner_autocomplete boolean,
    module_base_geolocalize boolean,
    module_google_recaptcha boolean,
    module_website_cf_turnstile boolean,
    module_google_address_autocomplete boolean,
    group_multi_currency boolean,
    show_effect boolean,
    profiling_enabled_until timestamp,
    twilio_account_sid varchar,
    twilio_account_token varchar,
    sfu_server_url varchar,
    sfu_server_key varchar,
    tenor_api_key varchar,
    google_translate_api_key varchar,
    external_email_server_default boolean,
    module_google_gmail boolean,
    module_microsoft_outlook boolean,
    restrict_template_rendering boolean,
    use_twilio_rtc_servers boolean,
    use_sfu_server boolean,
    group_analytic_accounting boolean,
    auth_signup_template_user_id integer,
    auth_signup_uninvited varchar,
    auth_signup_reset_password boolean,
    product_weight_in_lbs varchar,
    product_volume_volume_in_cubic_feet varchar,
    group_uom boolean,
    group_product_variant boolean,
    module_loyalty boolean,
    group_product_pricelist boolean,
    chart_template varchar,
    module_account_accountant boolean,
    group_cash_rounding boolean,
    show_sale_receipts boolean,
    module_account_budget boolean,
    module_account_payment boolean,
    module_account_reports boolean,
    module_account_check_printing boolean,
    module_account_batch_payment boolean,
    module_account_iso20022 boolean,
    module_account_sepa_direct_debit boolean,
    module_account_bank_statement_import_qif boolean,
    module_currency_rate_live boolean,
    module_account_intrastat boolean,
    module_product_margin boolean,
    module_account_extract boolean,
    module_account_invoice_extract boolean,
    module_account_bank_statement_extract boolean,
    module_snailmail_account boolean,
    module_account_peppol boolean,
    use_invoice_terms boolean,
    group_sale_delivery_address boolean,
    pay_invoices_online boolean,
    CONSTRAINT res_config_settings_pkey PRIMARY KEY (id)
);

CREATE TABLE res_country (
    id serial NOT NULL,
    address_view_id integer,
    currency_id integer,
    phone_code integer,
    create_uid integer,
    write_uid integer,
    code varchar(2) NOT NULL,
    name_position varchar,
    name jsonb NOT NULL,
    vat_label jsonb,
    address_format text,
    state_required boolean,
    zip_required boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_country_code_uniq UNIQUE (code),
    CONSTRAINT res_country_name_uniq UNIQUE (name),
    CONSTRAINT res_country_pkey PRIMARY KEY (id)
);

CREATE TABLE res_country_group (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    code varchar,
    name jsonb NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_country_group_check_code_uniq UNIQUE (code),
    CONSTRAINT res_country_group_pkey PRIMARY KEY (id)
);

CREATE TABLE res_country_res_country_group_rel (
    res_country_id integer NOT NULL,
    res_country_group_id integer NOT NULL,
    CONSTRAINT res_country_res_country_group_rel_pkey PRIMARY KEY (res_country_id, res_country_group_id)
);
CREATE INDEX res_country_res_country_group_res_country_group_id_res_coun_idx ON res_country_res_country_group_rel USING btree (res_country_group_id, res_country_id);

CREATE TABLE res_country_state (
    id serial NOT NULL,
    country_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    code varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_country_state_name_code_uniq UNIQUE (country_id, code),
    CONSTRAINT res_country_state_pkey PRIMARY KEY (id)
);
CREATE INDEX res_country_state__country_id_index ON res_country_state USING btree (country_id);

CREATE TABLE res_currency (
    id serial NOT NULL,
    name varchar NOT NULL,
    symbol varchar NOT NULL,
    iso_numeric integer,
    decimal_places integer,
    create_uid integer,
    write_uid integer,
    full_name varchar,
    "position" varchar,
    currency_unit_label jsonb,
    currency_subunit_label jsonb,
    rounding numeric,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_currency_rounding_gt_zero CHECK ((rounding > (0)::numeric)),
    CONSTRAINT res_currency_pkey PRIMARY KEY (id),
    CONSTRAINT res_currency_unique_name UNIQUE (name)
);

CREATE TABLE res_currency_rate (
    id serial NOT NULL,
    currency_id integer NOT NULL,
    company_id integer,
    create_uid integer,
    write_uid integer,
    name date NOT NULL,
    rate numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_currency_rate_currency_rate_check CHECK ((rate > (0)::numeric)),
    CONSTRAINT res_currency_rate_pkey PRIMARY KEY (id),
    CONSTRAINT res_currency_rate_unique_name_per_day UNIQUE (name, currency_id, company_id)
);
CREATE INDEX res_currency_rate__currency_id_index ON res_currency_rate USING btree (currency_id);
CREATE INDEX res_currency_rate__name_index ON res_currency_rate USING btree (name);

CREATE TABLE res_device_log (
    id serial NOT NULL,
    user_id integer,
    create_uid integer,
    write_uid integer,
    session_identifier varchar NOT NULL,
    platform varchar,
    browser varchar,
    ip_address varchar,
    country varchar,
    city varchar,
    device_type varchar,
    revoked boolean,
    first_activity timestamp,
    last_activity timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_device_log_pkey PRIMARY KEY (id)
);
CREATE INDEX res_device_log__last_activity_index ON res_device_log USING btree (last_activity);
CREATE INDEX res_device_log__session_identifier_index ON res_device_log USING btree (session_identifier);
CREATE INDEX res_device_log__user_id_index ON res_device_log USING btree (user_id);
CREATE INDEX res_device_log_composite_idx ON res_device_log USING btree (user_id, session_identifier, platform, browser, last_activity, id) WHERE (revoked IS NOT TRUE);
CREATE INDEX res_device_log_revoked_idx ON res_device_log USING btree (revoked) WHERE (revoked IS NOT TRUE);

CREATE TABLE res_groups (
    id serial NOT NULL,
    name jsonb NOT NULL,
    sequence integer,
    privilege_id integer,
    create_uid integer,
    write_uid integer,
    comment jsonb,
    share boolean,
    create_date timestamp,
    write_date timestamp,
    api_key_duration double precision,
    CONSTRAINT res_groups_check_api_key_duration CHECK ((api_key_duration >= (0)::double precision)),
    CONSTRAINT res_groups_name_uniq UNIQUE (privilege_id, name),
    CONSTRAINT res_groups_pkey PRIMARY KEY (id)
);
CREATE INDEX res_groups__privilege_id_index ON res_groups USING btree (privilege_id);

CREATE TABLE res_groups_implied_rel (
    gid integer NOT NULL,
    hid integer NOT NULL,
    CONSTRAINT res_groups_implied_rel_pkey PRIMARY KEY (gid, hid)
);
CREATE INDEX res_groups_implied_rel_hid_gid_idx ON res_groups_implied_rel USING btree (hid, gid);

CREATE TABLE res_groups_privilege (
    id serial NOT NULL,
    sequence integer,
    category_id integer,
    create_uid integer,
    write_uid integer,
    placeholder varchar,
    name jsonb NOT NULL,
    description text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_groups_privilege_pkey PRIMARY KEY (id)
);
CREATE INDEX res_groups_privilege__category_id_index ON res_groups_privilege USING btree (category_id);

CREATE TABLE res_groups_report_rel (
    uid integer NOT NULL,
    gid integer NOT NULL,
    CONSTRAINT res_groups_report_rel_pkey PRIMARY KEY (uid, gid)
);
CREATE INDEX res_groups_report_rel_gid_uid_idx ON res_groups_report_rel USING btree (gid, uid);

CREATE TABLE res_groups_users_rel (
    gid integer NOT NULL,
    uid integer NOT NULL,
    CONSTRAINT res_groups_users_rel_pkey PRIMARY KEY (gid, uid)
);
CREATE INDEX res_groups_users_rel_uid_gid_idx ON res_groups_users_rel USING btree (uid, gid);

CREATE TABLE res_lang (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    code varchar NOT NULL,
    iso_code varchar,
    url_code varchar NOT NULL,
    direction varchar NOT NULL,
    date_format varchar NOT NULL,
    time_format varchar NOT NULL,
    week_start varchar NOT NULL,
    "grouping" varchar NOT NULL,
    decimal_point varchar NOT NULL,
    thousands_sep varchar,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_lang_code_uniq UNIQUE (code),
    CONSTRAINT res_lang_name_uniq UNIQUE (name),
    CONSTRAINT res_lang_pkey PRIMARY KEY (id),
    CONSTRAINT res_lang_url_code_uniq UNIQUE (url_code)
);

CREATE TABLE res_lang_install_rel (
    language_wizard_id integer NOT NULL,
    lang_id integer NOT NULL,
    CONSTRAINT res_lang_install_rel_pkey PRIMARY KEY (language_wizard_id, lang_id)
);
CREATE INDEX res_lang_install_rel_lang_id_language_wizard_id_idx ON res_lang_install_rel USING btree (lang_id, language_wizard_id);

CREATE TABLE res_partner (
    id serial NOT NULL,
    company_id integer,
    create_date timestamp,
    name varchar,
    parent_id integer,
    user_id integer,
    state_id integer,
    country_id integer,
    industry_id integer,
    color integer,
    commercial_partner_id integer,
    create_uid integer,
    write_uid integer,
    complete_name varchar,
    ref varchar,
    lang varchar,
    tz varchar,
    vat varchar,
    company_registry varchar,
    website varchar,
    function varchar,
    type varchar,
    street varchar,
    street2 varchar,
    zip varchar,
    city varchar,
    email varchar,
    phone varchar,
    commercial_company_name varchar,
    company_name varchar,
    properties jsonb,
    barcode jsonb,
    comment text,
    partner_latitude numeric,
    partner_longitude numeric,
    active boolean,
    employee boolean,
    is_company boolean,
    partner_share boolean,
    write_date timestamp,
    message_bounce integer,
    email_normalized varchar,
    signup_type varchar,
    is_isp_customer boolean,
    specific_property_product_pricelist jsonb,
    invoice_template_pdf_report_id integer,
    supplier_rank integer,
    customer_rank integer,
    autopost_bills varchar NOT NULL,
    credit_limit jsonb,
    property_account_payable_id jsonb,
    property_account_receivable_id jsonb,
    property_account_position_id jsonb,
    property_payment_term_id jsonb,
    property_supplier_payment_term_id jsonb,
    trust jsonb,
    ignore_abnormal_invoice_date jsonb,
    ignore_abnormal_invoice_amount jsonb,
    invoice_sending_method jsonb,
    invoice_edi_format_store jsonb,
    property_outbound_payment_method_line_id jsonb,
    property_inbound_payment_method_line_id jsonb,
    CONSTRAINT res_partner_check_name CHECK (((((type)::text = 'contact'::text) AND (name IS NOT NULL)) OR ((type)::text <> 'contact'::text))),
    CONSTRAINT res_partner_pkey PRIMARY KEY (id)
);
CREATE INDEX res_partner__barcode_index ON res_partner USING btree (((barcode IS NOT NULL))) WHERE (barcode IS NOT NULL);
CREATE INDEX res_partner__commercial_partner_id_index ON res_partner USING btree (commercial_partner_id);
CREATE INDEX res_partner__company_id_index ON res_partner USING btree (company_id);
CREATE INDEX res_partner__company_registry_index ON res_partner USING btree (company_registry) WHERE (company_registry IS NOT NULL);
CREATE INDEX res_partner__complete_name_index ON res_partner USING btree (complete_name);
CREATE INDEX res_partner__credit_limit_index ON res_partner USING btree (((credit_limit IS NOT NULL))) WHERE (credit_limit IS NOT NULL);
CREATE INDEX res_partner__ignore_abnormal_invoice_amount_index ON res_partner USING btree (((ignore_abnormal_invoice_amount IS NOT NULL))) WHERE (ignore_abnormal_invoice_amount IS NOT NULL);
CREATE INDEX res_partner__ignore_abnormal_invoice_date_index ON res_partner USING btree (((ignore_abnormal_invoice_date IS NOT NULL))) WHERE (ignore_abnormal_invoice_date IS NOT NULL);
CREATE INDEX res_partner__invoice_edi_format_store_index ON res_partner USING btree (((invoice_edi_format_store IS NOT NULL))) WHERE (invoice_edi_format_store IS NOT NULL);
CREATE INDEX res_partner__invoice_sending_method_index ON res_partner USING btree (((invoice_sending_method IS NOT NULL))) WHERE (invoice_sending_method IS NOT NULL);
CREATE INDEX res_partner__name_index ON res_partner USING btree (name);
CREATE INDEX res_partner__parent_id_index ON res_partner USING btree (parent_id);
CREATE INDEX res_partner__property_account_payable_id_index ON res_partner USING btree (((property_account_payable_id IS NOT NULL))) WHERE (property_account_payable_id IS NOT NULL);
CREATE INDEX res_partner__property_account_position_id_index ON res_partner USING btree (((property_account_position_id IS NOT NULL))) WHERE (property_account_position_id IS NOT NULL);
CREATE INDEX res_partner__property_account_receivable_id_index ON res_partner USING btree (((property_account_receivable_id IS NOT NULL))) WHERE (property_account_receivable_id IS NOT NULL);
CREATE INDEX res_partner__property_inbound_payment_method_line_id_index ON res_partner USING btree (((property_inbound_payment_method_line_id IS NOT NULL))) WHERE (property_inbound_payment_method_line_id IS NOT NULL);
CREATE INDEX res_partner__property_outbound_payment_method_line_id_index ON res_partner USING btree (((property_outbound_payment_method_line_id IS NOT NULL))) WHERE (property_outbound_payment_method_line_id IS NOT NULL);
CREATE INDEX res_partner__property_payment_term_id_index ON res_partner USING btree (((property_payment_term_id IS NOT NULL))) WHERE (property_payment_term_id IS NOT NULL);
CREATE INDEX res_partner__property_supplier_payment_term_id_index ON res_partner USING btree (((property_supplier_payment_term_id IS NOT NULL))) WHERE (property_supplier_payment_term_id IS NOT NULL);
CREATE INDEX res_partner__ref_index ON res_partner USING btree (ref);
CREATE INDEX res_partner__specific_property_product_pricelist_index ON res_partner USING btree (((specific_property_product_pricelist IS NOT NULL))) WHERE (specific_property_product_pricelist IS NOT NULL);
CREATE INDEX res_partner__trust_index ON res_partner USING btree (((trust IS NOT NULL))) WHERE (trust IS NOT NULL);
CREATE INDEX res_partner__vat_index ON res_partner USING btree (vat);
CREATE INDEX res_partner_phone_partial_tgm ON res_partner USING btree (regexp_replace((phone)::text, '[\s\\./\(\)\-]'::text, ''::text, 'g'::text)) WHERE (phone IS NOT NULL);

CREATE TABLE res_partner_bank (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    bank_id integer,
    sequence integer,
    currency_id integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    acc_number varchar NOT NULL,
    clearing_number varchar,
    sanitized_acc_number varchar,
    acc_holder_name varchar,
    note text,
    active boolean,
    allow_out_payment boolean,
    create_date timestamp,
    write_date timestamp,
    has_iban_warning boolean,
    has_money_transfer_warning boolean,
    CONSTRAINT res_partner_bank_pkey PRIMARY KEY (id),
    CONSTRAINT res_partner_bank_unique_number UNIQUE (sanitized_acc_number, partner_id)
);
CREATE INDEX res_partner_bank__partner_id_index ON res_partner_bank USING btree (partner_id);

CREATE TABLE res_partner_category (
    id serial NOT NULL,
    color integer,
    parent_id integer,
    create_uid integer,
    write_uid integer,
    parent_path varchar,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_partner_category_pkey PRIMARY KEY (id)
);
CREATE INDEX res_partner_category__parent_id_index ON res_partner_category USING btree (parent_id);
CREATE INDEX res_partner_category__parent_path_index ON res_partner_category USING btree (parent_path);

CREATE TABLE res_partner_industry (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name jsonb,
    full_name jsonb,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_partner_industry_pkey PRIMARY KEY (id)
);

CREATE TABLE res_partner_res_partner_category_rel (
    category_id integer NOT NULL,
    partner_id integer NOT NULL,
    CONSTRAINT res_partner_res_partner_category_rel_pkey PRIMARY KEY (category_id, partner_id)
);
CREATE INDEX res_partner_res_partner_category_rel_partner_id_category_id_idx ON res_partner_res_partner_category_rel USING btree (partner_id, category_id);

CREATE TABLE res_users (
    id serial NOT NULL,
    company_id integer NOT NULL,
    partner_id integer NOT NULL,
    active boolean DEFAULT true,
    create_date timestamp,
    login varchar NOT NULL,
    password varchar,
    action_id integer,
    create_uid integer,
    write_uid integer,
    signature text,
    share boolean,
    write_date timestamp,
    totp_last_counter integer,
    totp_secret varchar,
    notification_type varchar NOT NULL,
    manual_im_status varchar,
    out_of_office_message text,
    out_of_office_from timestamp,
    out_of_office_to timestamp,
    CONSTRAINT res_users_notification_type CHECK ((((notification_type)::text = 'email'::text) OR (NOT share))),
    CONSTRAINT res_users_login_key UNIQUE (login),
    CONSTRAINT res_users_pkey PRIMARY KEY (id)
);
CREATE INDEX res_users__partner_id_index ON res_users USING btree (partner_id);

CREATE TABLE res_users_apikeys (
    id serial NOT NULL,
    name varchar NOT NULL,
    user_id integer NOT NULL,
    scope varchar,
    expiration_date timestamp,
    index varchar(8),
    key varchar,
    create_date timestamp DEFAULT (now() AT TIME ZONE 'utc'::text),
    CONSTRAINT res_users_apikeys_index_check CHECK ((char_length((index)::text) = 8)),
    CONSTRAINT res_users_apikeys_pkey PRIMARY KEY (id)
);
CREATE INDEX res_users_apikeys_user_id_index_idx ON res_users_apikeys USING btree (user_id, index);

CREATE TABLE res_users_apikeys_description (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    duration varchar NOT NULL,
    expiration_date timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_users_apikeys_description_pkey PRIMARY KEY (id)
);

CREATE TABLE res_users_deletion (
    id serial NOT NULL,
    user_id integer,
    user_id_int integer,
    create_uid integer,
    write_uid integer,
    state varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_users_deletion_pkey PRIMARY KEY (id)
);

CREATE TABLE res_users_identitycheck (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    request varchar,
    auth_method varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_users_identitycheck_pkey PRIMARY KEY (id)
);

CREATE TABLE res_users_log (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_users_log_pkey PRIMARY KEY (id)
);
CREATE INDEX res_users_log__create_uid_index ON res_users_log USING btree (create_uid);

CREATE TABLE res_users_settings (
    id serial NOT NULL,
    user_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    voice_active_duration integer,
    push_to_talk_key varchar,
    channel_notifications varchar,
    is_discuss_sidebar_category_channel_open boolean,
    is_discuss_sidebar_category_chat_open boolean,
    use_push_to_talk boolean,
    CONSTRAINT res_users_settings_pkey PRIMARY KEY (id),
    CONSTRAINT res_users_settings_unique_user_id UNIQUE (user_id)
);

CREATE TABLE reset_view_arch_wizard (
    id serial NOT NULL,
    view_id integer,
    compare_view_id integer,
    create_uid integer,
    write_uid integer,
    reset_mode varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT reset_view_arch_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE rule_group_rel (
    rule_group_id integer NOT NULL,
    group_id integer NOT NULL,
    CONSTRAINT rule_group_rel_pkey PRIMARY KEY (rule_group_id, group_id)
);
CREATE INDEX rule_group_rel_group_id_rule_group_id_idx ON rule_group_rel USING btree (group_id, rule_group_id);

CREATE TABLE server_action_history_wizard (
    id serial NOT NULL,
    action_id integer,
    revision integer NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT server_action_history_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE wizard_ir_model_menu_create (
    id serial NOT NULL,
    menu_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT wizard_ir_model_menu_create_pkey PRIMARY KEY (id)
);

CREATE VIEW res_device AS
 SELECT d.id,
    d.user_id,
    d.create_uid,
    d.write_uid,
    d.session_identifier,
    d.platform,
    d.browser,
    d.ip_address,
    d.country,
    d.city,
    d.device_type,
    d.revoked,
    d.first_activity,
    d.last_activity,
    d.create_date,
    d.write_date
   FROM res_device_log d
  WHERE ((NOT (EXISTS ( SELECT 1
           FROM res_device_log d2
          WHERE ((d2.user_id = d.user_id) AND ((d2.session_identifier)::text = (d.session_identifier)::text) AND (NOT ((d2.platform)::text IS DISTINCT FROM (d.platform)::text)) AND (NOT ((d2.browser)::text IS DISTINCT FROM (d.browser)::text)) AND ((d2.last_activity > d.last_activity) OR ((d2.last_activity = d.last_activity) AND (d2.id > d.id))) AND (d2.revoked IS NOT TRUE))))) AND (d.revoked IS NOT TRUE));

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE base_enable_profiling_wizard ADD CONSTRAINT base_enable_profiling_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_enable_profiling_wizard ADD CONSTRAINT base_enable_profiling_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_export ADD CONSTRAINT base_language_export_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_export ADD CONSTRAINT base_language_export_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE SET NULL;
ALTER TABLE base_language_export ADD CONSTRAINT base_language_export_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_import ADD CONSTRAINT base_language_import_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_import ADD CONSTRAINT base_language_import_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_install ADD CONSTRAINT base_language_install_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_language_install ADD CONSTRAINT base_language_install_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_uninstall ADD CONSTRAINT base_module_uninstall_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_uninstall ADD CONSTRAINT base_module_uninstall_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_uninstall_ir_module_module_rel ADD CONSTRAINT base_module_uninstall_ir_module_m_base_module_uninstall_id_fkey FOREIGN KEY (base_module_uninstall_id) REFERENCES base_module_uninstall(id) ON DELETE CASCADE;
ALTER TABLE base_module_uninstall_ir_module_module_rel ADD CONSTRAINT base_module_uninstall_ir_module_module_ir_module_module_id_fkey FOREIGN KEY (ir_module_module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE base_module_update ADD CONSTRAINT base_module_update_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_update ADD CONSTRAINT base_module_update_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_upgrade ADD CONSTRAINT base_module_upgrade_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_module_upgrade ADD CONSTRAINT base_module_upgrade_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_automatic_wizard ADD CONSTRAINT base_partner_merge_automatic_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_automatic_wizard ADD CONSTRAINT base_partner_merge_automatic_wizard_current_line_id_fkey FOREIGN KEY (current_line_id) REFERENCES base_partner_merge_line(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_automatic_wizard ADD CONSTRAINT base_partner_merge_automatic_wizard_dst_partner_id_fkey FOREIGN KEY (dst_partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_automatic_wizard ADD CONSTRAINT base_partner_merge_automatic_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_automatic_wizard_res_partner_rel ADD CONSTRAINT base_partner_merge_automatic__base_partner_merge_automatic_fkey FOREIGN KEY (base_partner_merge_automatic_wizard_id) REFERENCES base_partner_merge_automatic_wizard(id) ON DELETE CASCADE;
ALTER TABLE base_partner_merge_automatic_wizard_res_partner_rel ADD CONSTRAINT base_partner_merge_automatic_wizard_res_par_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE base_partner_merge_line ADD CONSTRAINT base_partner_merge_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_line ADD CONSTRAINT base_partner_merge_line_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES base_partner_merge_automatic_wizard(id) ON DELETE SET NULL;
ALTER TABLE base_partner_merge_line ADD CONSTRAINT base_partner_merge_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_own ADD CONSTRAINT change_password_own_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_own ADD CONSTRAINT change_password_own_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_user ADD CONSTRAINT change_password_user_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_user ADD CONSTRAINT change_password_user_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE change_password_user ADD CONSTRAINT change_password_user_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES change_password_wizard(id) ON DELETE CASCADE;
ALTER TABLE change_password_user ADD CONSTRAINT change_password_user_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_wizard ADD CONSTRAINT change_password_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE change_password_wizard ADD CONSTRAINT change_password_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE decimal_precision ADD CONSTRAINT decimal_precision_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE decimal_precision ADD CONSTRAINT decimal_precision_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_client ADD CONSTRAINT ir_act_client_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_client ADD CONSTRAINT ir_act_client_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_client ADD CONSTRAINT ir_act_client_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_report_xml ADD CONSTRAINT ir_act_report_xml_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_report_xml ADD CONSTRAINT ir_act_report_xml_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_report_xml ADD CONSTRAINT ir_act_report_xml_paperformat_id_fkey FOREIGN KEY (paperformat_id) REFERENCES report_paperformat(id) ON DELETE SET NULL;
ALTER TABLE ir_act_report_xml ADD CONSTRAINT ir_act_report_xml_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_activity_user_id_fkey FOREIGN KEY (activity_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_crud_model_id_fkey FOREIGN KEY (crud_model_id) REFERENCES ir_model(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_link_field_id_fkey FOREIGN KEY (link_field_id) REFERENCES ir_model_fields(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES ir_act_server(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_selection_value_fkey FOREIGN KEY (selection_value) REFERENCES ir_model_fields_selection(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES ir_sequence(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_update_field_id_fkey FOREIGN KEY (update_field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_update_related_model_id_fkey FOREIGN KEY (update_related_model_id) REFERENCES ir_model(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server_group_rel ADD CONSTRAINT ir_act_server_group_rel_act_id_fkey FOREIGN KEY (act_id) REFERENCES ir_act_server(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server_group_rel ADD CONSTRAINT ir_act_server_group_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server_webhook_field_rel ADD CONSTRAINT ir_act_server_webhook_field_rel_field_id_fkey FOREIGN KEY (field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server_webhook_field_rel ADD CONSTRAINT ir_act_server_webhook_field_rel_server_id_fkey FOREIGN KEY (server_id) REFERENCES ir_act_server(id) ON DELETE CASCADE;
ALTER TABLE ir_act_url ADD CONSTRAINT ir_act_url_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_url ADD CONSTRAINT ir_act_url_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_url ADD CONSTRAINT ir_act_url_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window ADD CONSTRAINT ir_act_window_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_act_window ADD CONSTRAINT ir_act_window_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window ADD CONSTRAINT ir_act_window_search_view_id_fkey FOREIGN KEY (search_view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window ADD CONSTRAINT ir_act_window_view_id_fkey FOREIGN KEY (view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window ADD CONSTRAINT ir_act_window_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window_group_rel ADD CONSTRAINT ir_act_window_group_rel_act_id_fkey FOREIGN KEY (act_id) REFERENCES ir_act_window(id) ON DELETE CASCADE;
ALTER TABLE ir_act_window_group_rel ADD CONSTRAINT ir_act_window_group_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_act_window_view ADD CONSTRAINT ir_act_window_view_act_window_id_fkey FOREIGN KEY (act_window_id) REFERENCES ir_act_window(id) ON DELETE CASCADE;
ALTER TABLE ir_act_window_view ADD CONSTRAINT ir_act_window_view_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window_view ADD CONSTRAINT ir_act_window_view_view_id_fkey FOREIGN KEY (view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE ir_act_window_view ADD CONSTRAINT ir_act_window_view_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions ADD CONSTRAINT ir_actions_binding_model_id_fkey FOREIGN KEY (binding_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_actions ADD CONSTRAINT ir_actions_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions ADD CONSTRAINT ir_actions_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions_server_history ADD CONSTRAINT ir_actions_server_history_action_id_fkey FOREIGN KEY (action_id) REFERENCES ir_act_server(id) ON DELETE CASCADE;
ALTER TABLE ir_actions_server_history ADD CONSTRAINT ir_actions_server_history_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions_server_history ADD CONSTRAINT ir_actions_server_history_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions_todo ADD CONSTRAINT ir_actions_todo_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_actions_todo ADD CONSTRAINT ir_actions_todo_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_asset ADD CONSTRAINT ir_asset_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_asset ADD CONSTRAINT ir_asset_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_attachment ADD CONSTRAINT ir_attachment_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE ir_attachment ADD CONSTRAINT ir_attachment_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_attachment ADD CONSTRAINT ir_attachment_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_config_parameter ADD CONSTRAINT ir_config_parameter_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_config_parameter ADD CONSTRAINT ir_config_parameter_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron ADD CONSTRAINT ir_cron_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron ADD CONSTRAINT ir_cron_ir_actions_server_id_fkey FOREIGN KEY (ir_actions_server_id) REFERENCES ir_act_server(id) ON DELETE RESTRICT;
ALTER TABLE ir_cron ADD CONSTRAINT ir_cron_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE RESTRICT;
ALTER TABLE ir_cron ADD CONSTRAINT ir_cron_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron_progress ADD CONSTRAINT ir_cron_progress_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron_progress ADD CONSTRAINT ir_cron_progress_cron_id_fkey FOREIGN KEY (cron_id) REFERENCES ir_cron(id) ON DELETE CASCADE;
ALTER TABLE ir_cron_progress ADD CONSTRAINT ir_cron_progress_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron_trigger ADD CONSTRAINT ir_cron_trigger_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_cron_trigger ADD CONSTRAINT ir_cron_trigger_cron_id_fkey FOREIGN KEY (cron_id) REFERENCES ir_cron(id) ON DELETE CASCADE;
ALTER TABLE ir_cron_trigger ADD CONSTRAINT ir_cron_trigger_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_default ADD CONSTRAINT ir_default_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE ir_default ADD CONSTRAINT ir_default_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_default ADD CONSTRAINT ir_default_field_id_fkey FOREIGN KEY (field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_default ADD CONSTRAINT ir_default_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE ir_default ADD CONSTRAINT ir_default_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo ADD CONSTRAINT ir_demo_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo ADD CONSTRAINT ir_demo_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo_failure ADD CONSTRAINT ir_demo_failure_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo_failure ADD CONSTRAINT ir_demo_failure_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE ir_demo_failure ADD CONSTRAINT ir_demo_failure_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES ir_demo_failure_wizard(id) ON DELETE SET NULL;
ALTER TABLE ir_demo_failure ADD CONSTRAINT ir_demo_failure_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo_failure_wizard ADD CONSTRAINT ir_demo_failure_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_demo_failure_wizard ADD CONSTRAINT ir_demo_failure_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_embedded_actions ADD CONSTRAINT ir_embedded_actions_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_embedded_actions ADD CONSTRAINT ir_embedded_actions_parent_action_id_fkey FOREIGN KEY (parent_action_id) REFERENCES ir_act_window(id) ON DELETE CASCADE;
ALTER TABLE ir_embedded_actions ADD CONSTRAINT ir_embedded_actions_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE ir_embedded_actions ADD CONSTRAINT ir_embedded_actions_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_embedded_actions_res_groups_rel ADD CONSTRAINT ir_embedded_actions_res_groups_rel_ir_embedded_actions_id_fkey FOREIGN KEY (ir_embedded_actions_id) REFERENCES ir_embedded_actions(id) ON DELETE CASCADE;
ALTER TABLE ir_embedded_actions_res_groups_rel ADD CONSTRAINT ir_embedded_actions_res_groups_rel_res_groups_id_fkey FOREIGN KEY (res_groups_id) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_exports ADD CONSTRAINT ir_exports_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_exports ADD CONSTRAINT ir_exports_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_exports_line ADD CONSTRAINT ir_exports_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_exports_line ADD CONSTRAINT ir_exports_line_export_id_fkey FOREIGN KEY (export_id) REFERENCES ir_exports(id) ON DELETE CASCADE;
ALTER TABLE ir_exports_line ADD CONSTRAINT ir_exports_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_filters ADD CONSTRAINT ir_filters_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_filters ADD CONSTRAINT ir_filters_embedded_action_id_fkey FOREIGN KEY (embedded_action_id) REFERENCES ir_embedded_actions(id) ON DELETE CASCADE;
ALTER TABLE ir_filters ADD CONSTRAINT ir_filters_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_filters_res_users_rel ADD CONSTRAINT ir_filters_res_users_rel_ir_filters_id_fkey FOREIGN KEY (ir_filters_id) REFERENCES ir_filters(id) ON DELETE CASCADE;
ALTER TABLE ir_filters_res_users_rel ADD CONSTRAINT ir_filters_res_users_rel_res_users_id_fkey FOREIGN KEY (res_users_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE ir_mail_server ADD CONSTRAINT ir_mail_server_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_mail_server ADD CONSTRAINT ir_mail_server_owner_user_id_fkey FOREIGN KEY (owner_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_mail_server ADD CONSTRAINT ir_mail_server_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model ADD CONSTRAINT ir_model_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model ADD CONSTRAINT ir_model_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_access ADD CONSTRAINT ir_model_access_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_access ADD CONSTRAINT ir_model_access_group_id_fkey FOREIGN KEY (group_id) REFERENCES res_groups(id) ON DELETE RESTRICT;
ALTER TABLE ir_model_access ADD CONSTRAINT ir_model_access_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_access ADD CONSTRAINT ir_model_access_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_constraint ADD CONSTRAINT ir_model_constraint_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_constraint ADD CONSTRAINT ir_model_constraint_model_fkey FOREIGN KEY (model) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_constraint ADD CONSTRAINT ir_model_constraint_module_fkey FOREIGN KEY (module) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE ir_model_constraint ADD CONSTRAINT ir_model_constraint_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_data ADD CONSTRAINT ir_model_data_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_data ADD CONSTRAINT ir_model_data_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_fields ADD CONSTRAINT ir_model_fields_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_fields ADD CONSTRAINT ir_model_fields_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields ADD CONSTRAINT ir_model_fields_related_field_id_fkey FOREIGN KEY (related_field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields ADD CONSTRAINT ir_model_fields_relation_field_id_fkey FOREIGN KEY (relation_field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields ADD CONSTRAINT ir_model_fields_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_fields_group_rel ADD CONSTRAINT ir_model_fields_group_rel_field_id_fkey FOREIGN KEY (field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields_group_rel ADD CONSTRAINT ir_model_fields_group_rel_group_id_fkey FOREIGN KEY (group_id) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields_selection ADD CONSTRAINT ir_model_fields_selection_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_fields_selection ADD CONSTRAINT ir_model_fields_selection_field_id_fkey FOREIGN KEY (field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_model_fields_selection ADD CONSTRAINT ir_model_fields_selection_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_inherit ADD CONSTRAINT ir_model_inherit_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_inherit ADD CONSTRAINT ir_model_inherit_parent_field_id_fkey FOREIGN KEY (parent_field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE ir_model_inherit ADD CONSTRAINT ir_model_inherit_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_relation ADD CONSTRAINT ir_model_relation_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_model_relation ADD CONSTRAINT ir_model_relation_model_fkey FOREIGN KEY (model) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_model_relation ADD CONSTRAINT ir_model_relation_module_fkey FOREIGN KEY (module) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE ir_model_relation ADD CONSTRAINT ir_model_relation_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_category ADD CONSTRAINT ir_module_category_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_category ADD CONSTRAINT ir_module_category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES ir_module_category(id) ON DELETE SET NULL;
ALTER TABLE ir_module_category ADD CONSTRAINT ir_module_category_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_module ADD CONSTRAINT ir_module_module_category_id_fkey FOREIGN KEY (category_id) REFERENCES ir_module_category(id) ON DELETE SET NULL;
ALTER TABLE ir_module_module ADD CONSTRAINT ir_module_module_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_module ADD CONSTRAINT ir_module_module_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_module_dependency ADD CONSTRAINT ir_module_module_dependency_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE ir_module_module_exclusion ADD CONSTRAINT ir_module_module_exclusion_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_module_module_exclusion ADD CONSTRAINT ir_module_module_exclusion_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE ir_module_module_exclusion ADD CONSTRAINT ir_module_module_exclusion_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_rule ADD CONSTRAINT ir_rule_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_rule ADD CONSTRAINT ir_rule_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE ir_rule ADD CONSTRAINT ir_rule_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_sequence ADD CONSTRAINT ir_sequence_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE ir_sequence ADD CONSTRAINT ir_sequence_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_sequence ADD CONSTRAINT ir_sequence_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_sequence_date_range ADD CONSTRAINT ir_sequence_date_range_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_sequence_date_range ADD CONSTRAINT ir_sequence_date_range_sequence_id_fkey FOREIGN KEY (sequence_id) REFERENCES ir_sequence(id) ON DELETE CASCADE;
ALTER TABLE ir_sequence_date_range ADD CONSTRAINT ir_sequence_date_range_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_menu ADD CONSTRAINT ir_ui_menu_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_menu ADD CONSTRAINT ir_ui_menu_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES ir_ui_menu(id) ON DELETE RESTRICT;
ALTER TABLE ir_ui_menu ADD CONSTRAINT ir_ui_menu_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_menu_group_rel ADD CONSTRAINT ir_ui_menu_group_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_ui_menu_group_rel ADD CONSTRAINT ir_ui_menu_group_rel_menu_id_fkey FOREIGN KEY (menu_id) REFERENCES ir_ui_menu(id) ON DELETE CASCADE;
ALTER TABLE ir_ui_view ADD CONSTRAINT ir_ui_view_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_view ADD CONSTRAINT ir_ui_view_inherit_id_fkey FOREIGN KEY (inherit_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE ir_ui_view ADD CONSTRAINT ir_ui_view_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_view_custom ADD CONSTRAINT ir_ui_view_custom_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_view_custom ADD CONSTRAINT ir_ui_view_custom_ref_id_fkey FOREIGN KEY (ref_id) REFERENCES ir_ui_view(id) ON DELETE CASCADE;
ALTER TABLE ir_ui_view_custom ADD CONSTRAINT ir_ui_view_custom_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE ir_ui_view_custom ADD CONSTRAINT ir_ui_view_custom_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_ui_view_group_rel ADD CONSTRAINT ir_ui_view_group_rel_group_id_fkey FOREIGN KEY (group_id) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE ir_ui_view_group_rel ADD CONSTRAINT ir_ui_view_group_rel_view_id_fkey FOREIGN KEY (view_id) REFERENCES ir_ui_view(id) ON DELETE CASCADE;
ALTER TABLE module_country ADD CONSTRAINT module_country_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE CASCADE;
ALTER TABLE module_country ADD CONSTRAINT module_country_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE properties_base_definition ADD CONSTRAINT properties_base_definition_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE properties_base_definition ADD CONSTRAINT properties_base_definition_properties_field_id_fkey FOREIGN KEY (properties_field_id) REFERENCES ir_model_fields(id) ON DELETE CASCADE;
ALTER TABLE properties_base_definition ADD CONSTRAINT properties_base_definition_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE rel_modules_langexport ADD CONSTRAINT rel_modules_langexport_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE CASCADE;
ALTER TABLE rel_modules_langexport ADD CONSTRAINT rel_modules_langexport_wiz_id_fkey FOREIGN KEY (wiz_id) REFERENCES base_language_export(id) ON DELETE CASCADE;
ALTER TABLE report_layout ADD CONSTRAINT report_layout_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE report_layout ADD CONSTRAINT report_layout_view_id_fkey FOREIGN KEY (view_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE report_layout ADD CONSTRAINT report_layout_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE report_paperformat ADD CONSTRAINT report_paperformat_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE report_paperformat ADD CONSTRAINT report_paperformat_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_bank ADD CONSTRAINT res_bank_country_fkey FOREIGN KEY (country) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE res_bank ADD CONSTRAINT res_bank_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_bank ADD CONSTRAINT res_bank_state_fkey FOREIGN KEY (state) REFERENCES res_country_state(id) ON DELETE SET NULL;
ALTER TABLE res_bank ADD CONSTRAINT res_bank_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_fiscal_country_id_fkey FOREIGN KEY (account_fiscal_country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_batch_payment_sequence_id_fkey FOREIGN KEY (batch_payment_sequence_id) REFERENCES ir_sequence(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE res_company ADD CONSTRAINT res_company_external_report_layout_id_fkey FOREIGN KEY (external_report_layout_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_paperformat_id_fkey FOREIGN KEY (paperformat_id) REFERENCES report_paperformat(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE res_company ADD CONSTRAINT res_company_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE res_company ADD CONSTRAINT res_company_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_company_users_rel ADD CONSTRAINT res_company_users_rel_cid_fkey FOREIGN KEY (cid) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE res_company_users_rel ADD CONSTRAINT res_company_users_rel_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE res_config ADD CONSTRAINT res_config_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_config ADD CONSTRAINT res_config_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_config_settings ADD CONSTRAINT res_config_settings_auth_signup_template_user_id_fkey FOREIGN KEY (auth_signup_template_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_config_settings ADD CONSTRAINT res_config_settings_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE res_config_settings ADD CONSTRAINT res_config_settings_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_config_settings ADD CONSTRAINT res_config_settings_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country ADD CONSTRAINT res_country_address_view_id_fkey FOREIGN KEY (address_view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE res_country ADD CONSTRAINT res_country_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country ADD CONSTRAINT res_country_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE res_country ADD CONSTRAINT res_country_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country_group ADD CONSTRAINT res_country_group_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country_group ADD CONSTRAINT res_country_group_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country_res_country_group_rel ADD CONSTRAINT res_country_res_country_group_rel_res_country_group_id_fkey FOREIGN KEY (res_country_group_id) REFERENCES res_country_group(id) ON DELETE CASCADE;
ALTER TABLE res_country_res_country_group_rel ADD CONSTRAINT res_country_res_country_group_rel_res_country_id_fkey FOREIGN KEY (res_country_id) REFERENCES res_country(id) ON DELETE CASCADE;
ALTER TABLE res_country_state ADD CONSTRAINT res_country_state_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE RESTRICT;
ALTER TABLE res_country_state ADD CONSTRAINT res_country_state_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_country_state ADD CONSTRAINT res_country_state_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_currency ADD CONSTRAINT res_currency_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_currency ADD CONSTRAINT res_currency_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_currency_rate ADD CONSTRAINT res_currency_rate_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE res_currency_rate ADD CONSTRAINT res_currency_rate_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_currency_rate ADD CONSTRAINT res_currency_rate_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE CASCADE;
ALTER TABLE res_currency_rate ADD CONSTRAINT res_currency_rate_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_device_log ADD CONSTRAINT res_device_log_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_device_log ADD CONSTRAINT res_device_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_device_log ADD CONSTRAINT res_device_log_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_groups ADD CONSTRAINT res_groups_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_groups ADD CONSTRAINT res_groups_privilege_id_fkey FOREIGN KEY (privilege_id) REFERENCES res_groups_privilege(id) ON DELETE SET NULL;
ALTER TABLE res_groups ADD CONSTRAINT res_groups_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_groups_implied_rel ADD CONSTRAINT res_groups_implied_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE res_groups_implied_rel ADD CONSTRAINT res_groups_implied_rel_hid_fkey FOREIGN KEY (hid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE res_groups_privilege ADD CONSTRAINT res_groups_privilege_category_id_fkey FOREIGN KEY (category_id) REFERENCES ir_module_category(id) ON DELETE SET NULL;
ALTER TABLE res_groups_privilege ADD CONSTRAINT res_groups_privilege_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_groups_privilege ADD CONSTRAINT res_groups_privilege_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_groups_report_rel ADD CONSTRAINT res_groups_report_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE res_groups_report_rel ADD CONSTRAINT res_groups_report_rel_uid_fkey FOREIGN KEY (uid) REFERENCES ir_act_report_xml(id) ON DELETE CASCADE;
ALTER TABLE res_groups_users_rel ADD CONSTRAINT res_groups_users_rel_gid_fkey FOREIGN KEY (gid) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE res_groups_users_rel ADD CONSTRAINT res_groups_users_rel_uid_fkey FOREIGN KEY (uid) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE res_lang ADD CONSTRAINT res_lang_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_lang ADD CONSTRAINT res_lang_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_lang_install_rel ADD CONSTRAINT res_lang_install_rel_lang_id_fkey FOREIGN KEY (lang_id) REFERENCES res_lang(id) ON DELETE CASCADE;
ALTER TABLE res_lang_install_rel ADD CONSTRAINT res_lang_install_rel_language_wizard_id_fkey FOREIGN KEY (language_wizard_id) REFERENCES base_language_install(id) ON DELETE CASCADE;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_commercial_partner_id_fkey FOREIGN KEY (commercial_partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE RESTRICT;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_industry_id_fkey FOREIGN KEY (industry_id) REFERENCES res_partner_industry(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_invoice_template_pdf_report_id_fkey FOREIGN KEY (invoice_template_pdf_report_id) REFERENCES ir_act_report_xml(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_state_id_fkey FOREIGN KEY (state_id) REFERENCES res_country_state(id) ON DELETE RESTRICT;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner ADD CONSTRAINT res_partner_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_bank_id_fkey FOREIGN KEY (bank_id) REFERENCES res_bank(id) ON DELETE SET NULL;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE res_partner_bank ADD CONSTRAINT res_partner_bank_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_category ADD CONSTRAINT res_partner_category_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_category ADD CONSTRAINT res_partner_category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES res_partner_category(id) ON DELETE CASCADE;
ALTER TABLE res_partner_category ADD CONSTRAINT res_partner_category_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_industry ADD CONSTRAINT res_partner_industry_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_industry ADD CONSTRAINT res_partner_industry_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_partner_res_partner_category_rel ADD CONSTRAINT res_partner_res_partner_category_rel_category_id_fkey FOREIGN KEY (category_id) REFERENCES res_partner_category(id) ON DELETE CASCADE;
ALTER TABLE res_partner_res_partner_category_rel ADD CONSTRAINT res_partner_res_partner_category_rel_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE res_users ADD CONSTRAINT res_users_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE res_users ADD CONSTRAINT res_users_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users ADD CONSTRAINT res_users_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE res_users ADD CONSTRAINT res_users_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_apikeys ADD CONSTRAINT res_users_apikeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE res_users_apikeys_description ADD CONSTRAINT res_users_apikeys_description_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_apikeys_description ADD CONSTRAINT res_users_apikeys_description_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_deletion ADD CONSTRAINT res_users_deletion_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_deletion ADD CONSTRAINT res_users_deletion_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_deletion ADD CONSTRAINT res_users_deletion_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_identitycheck ADD CONSTRAINT res_users_identitycheck_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_identitycheck ADD CONSTRAINT res_users_identitycheck_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_log ADD CONSTRAINT res_users_log_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_log ADD CONSTRAINT res_users_log_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_settings ADD CONSTRAINT res_users_settings_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_settings ADD CONSTRAINT res_users_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings ADD CONSTRAINT res_users_settings_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE reset_view_arch_wizard ADD CONSTRAINT reset_view_arch_wizard_compare_view_id_fkey FOREIGN KEY (compare_view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE reset_view_arch_wizard ADD CONSTRAINT reset_view_arch_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE reset_view_arch_wizard ADD CONSTRAINT reset_view_arch_wizard_view_id_fkey FOREIGN KEY (view_id) REFERENCES ir_ui_view(id) ON DELETE SET NULL;
ALTER TABLE reset_view_arch_wizard ADD CONSTRAINT reset_view_arch_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE rule_group_rel ADD CONSTRAINT rule_group_rel_group_id_fkey FOREIGN KEY (group_id) REFERENCES res_groups(id) ON DELETE RESTRICT;
ALTER TABLE rule_group_rel ADD CONSTRAINT rule_group_rel_rule_group_id_fkey FOREIGN KEY (rule_group_id) REFERENCES ir_rule(id) ON DELETE CASCADE;
ALTER TABLE server_action_history_wizard ADD CONSTRAINT server_action_history_wizard_action_id_fkey FOREIGN KEY (action_id) REFERENCES ir_act_server(id) ON DELETE SET NULL;
ALTER TABLE server_action_history_wizard ADD CONSTRAINT server_action_history_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE server_action_history_wizard ADD CONSTRAINT server_action_history_wizard_revision_fkey FOREIGN KEY (revision) REFERENCES ir_actions_server_history(id) ON DELETE CASCADE;
ALTER TABLE server_action_history_wizard ADD CONSTRAINT server_action_history_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE wizard_ir_model_menu_create ADD CONSTRAINT wizard_ir_model_menu_create_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE wizard_ir_model_menu_create ADD CONSTRAINT wizard_ir_model_menu_create_menu_id_fkey FOREIGN KEY (menu_id) REFERENCES ir_ui_menu(id) ON DELETE CASCADE;
ALTER TABLE wizard_ir_model_menu_create ADD CONSTRAINT wizard_ir_model_menu_create_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
