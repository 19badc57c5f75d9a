-- Tables of uom, resource, analytic, product.

CREATE TABLE account_analytic_account (
    id serial NOT NULL,
    plan_id integer NOT NULL,
    root_plan_id integer,
    company_id integer,
    partner_id integer,
    create_uid integer,
    write_uid integer,
    code varchar,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_analytic_account_pkey PRIMARY KEY (id)
);
CREATE INDEX account_analytic_account__code_index ON account_analytic_account USING btree (code);
CREATE INDEX account_analytic_account__partner_id_index ON account_analytic_account USING btree (partner_id) WHERE (partner_id IS NOT NULL);
CREATE INDEX account_analytic_account__plan_id_index ON account_analytic_account USING btree (plan_id);

CREATE TABLE account_analytic_applicability (
    id serial NOT NULL,
    analytic_plan_id integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    business_domain varchar NOT NULL,
    applicability varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    product_categ_id integer,
    account_prefix varchar,
    CONSTRAINT account_analytic_applicability_pkey PRIMARY KEY (id)
);
CREATE INDEX account_analytic_applicability__analytic_plan_id_index ON account_analytic_applicability USING btree (analytic_plan_id) WHERE (analytic_plan_id IS NOT NULL);

CREATE TABLE account_analytic_distribution_model (
    id serial NOT NULL,
    sequence integer,
    partner_id integer,
    partner_category_id integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    analytic_distribution jsonb,
    create_date timestamp,
    write_date timestamp,
    product_id integer,
    product_categ_id integer,
    account_prefix varchar,
    CONSTRAINT account_analytic_distribution_model_pkey PRIMARY KEY (id)
);
CREATE INDEX account_analytic_distribution_model_analytic_distribution_accou ON account_analytic_distribution_model USING gin (regexp_split_to_array((jsonb_path_query_array(analytic_distribution, '$.keyvalue()."key"'::jsonpath))::text, '\D+'::text));

CREATE TABLE account_analytic_line (
    id serial NOT NULL,
    account_id integer,
    product_uom_id integer,
    partner_id integer,
    user_id integer,
    company_id integer NOT NULL,
    currency_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    category varchar,
    date date NOT NULL,
    amount numeric NOT NULL,
    create_date timestamp,
    write_date timestamp,
    unit_amount double precision,
    product_id integer,
    general_account_id integer,
    journal_id integer,
    move_line_id integer,
    code varchar(8),
    ref varchar,
    CONSTRAINT account_analytic_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_analytic_line__account_id_index ON account_analytic_line USING btree (account_id);
CREATE INDEX account_analytic_line__date_index ON account_analytic_line USING btree (date);
CREATE INDEX account_analytic_line__move_line_id_index ON account_analytic_line USING btree (move_line_id);
CREATE INDEX account_analytic_line__user_id_index ON account_analytic_line USING btree (user_id);

CREATE TABLE account_analytic_plan (
    id serial NOT NULL,
    parent_id integer,
    color integer,
    sequence integer,
    create_uid integer,
    write_uid integer,
    parent_path varchar,
    complete_name varchar,
    name jsonb NOT NULL,
    default_applicability jsonb,
    description text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_analytic_plan_pkey PRIMARY KEY (id)
);
CREATE INDEX account_analytic_plan__default_applicability_index ON account_analytic_plan USING btree (((default_applicability IS NOT NULL))) WHERE (default_applicability IS NOT NULL);
CREATE INDEX account_analytic_plan__parent_id_index ON account_analytic_plan USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX account_analytic_plan__parent_path_index ON account_analytic_plan USING btree (parent_path);

CREATE TABLE product_attr_exclusion_value_ids_rel (
    product_template_attribute_exclusion_id integer NOT NULL,
    product_template_attribute_value_id integer NOT NULL,
    CONSTRAINT product_attr_exclusion_value_ids_rel_pkey PRIMARY KEY (product_template_attribute_exclusion_id, product_template_attribute_value_id)
);
CREATE INDEX product_attr_exclusion_value__product_template_attribute_va_idx ON product_attr_exclusion_value_ids_rel USING btree (product_template_attribute_value_id, product_template_attribute_exclusion_id);

CREATE TABLE product_attribute (
    id serial NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    create_variant varchar NOT NULL,
    display_type varchar NOT NULL,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_attribute_check_multi_checkbox_no_variant CHECK ((((display_type)::text <> 'multi'::text) OR ((create_variant)::text = 'no_variant'::text))),
    CONSTRAINT product_attribute_pkey PRIMARY KEY (id)
);
CREATE INDEX product_attribute__sequence_index ON product_attribute USING btree (sequence);

CREATE TABLE product_attribute_custom_value (
    id serial NOT NULL,
    custom_product_template_attribute_value_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    custom_value varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_attribute_custom_value_pkey PRIMARY KEY (id)
);

CREATE TABLE product_attribute_product_template_rel (
    product_attribute_id integer NOT NULL,
    product_template_id integer NOT NULL,
    CONSTRAINT product_attribute_product_template_rel_pkey PRIMARY KEY (product_attribute_id, product_template_id)
);
CREATE INDEX product_attribute_product_tem_product_template_id_product_a_idx ON product_attribute_product_template_rel USING btree (product_template_id, product_attribute_id);

CREATE TABLE product_attribute_value (
    id serial NOT NULL,
    sequence integer,
    attribute_id integer NOT NULL,
    color integer,
    create_uid integer,
    write_uid integer,
    html_color varchar,
    name jsonb NOT NULL,
    is_custom boolean,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    default_extra_price double precision,
    CONSTRAINT product_attribute_value_pkey PRIMARY KEY (id)
);
CREATE INDEX product_attribute_value__attribute_id_index ON product_attribute_value USING btree (attribute_id);
CREATE INDEX product_attribute_value__sequence_index ON product_attribute_value USING btree (sequence);

CREATE TABLE product_attribute_value_product_template_attribute_line_rel (
    product_attribute_value_id integer NOT NULL,
    product_template_attribute_line_id integer NOT NULL,
    CONSTRAINT product_attribute_value_product_template_attribute_line_re_pkey PRIMARY KEY (product_attribute_value_id, product_template_attribute_line_id)
);
CREATE INDEX product_attribute_value_produ_product_template_attribute_li_idx ON product_attribute_value_product_template_attribute_line_rel USING btree (product_template_attribute_line_id, product_attribute_value_id);

CREATE TABLE product_category (
    id serial NOT NULL,
    parent_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    complete_name varchar,
    parent_path varchar,
    product_properties_definition jsonb,
    create_date timestamp,
    write_date timestamp,
    property_account_income_categ_id jsonb,
    property_account_expense_categ_id jsonb,
    CONSTRAINT product_category_pkey PRIMARY KEY (id)
);
CREATE INDEX product_category__parent_id_index ON product_category USING btree (parent_id);
CREATE INDEX product_category__parent_path_index ON product_category USING btree (parent_path);
CREATE INDEX product_category__property_account_expense_categ_id_index ON product_category USING btree (((property_account_expense_categ_id IS NOT NULL))) WHERE (property_account_expense_categ_id IS NOT NULL);
CREATE INDEX product_category__property_account_income_categ_id_index ON product_category USING btree (((property_account_income_categ_id IS NOT NULL))) WHERE (property_account_income_categ_id IS NOT NULL);

CREATE TABLE product_combo (
    id serial NOT NULL,
    sequence integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_combo_pkey PRIMARY KEY (id)
);
CREATE INDEX product_combo__company_id_index ON product_combo USING btree (company_id);

CREATE TABLE product_combo_item (
    id serial NOT NULL,
    company_id integer,
    combo_id integer NOT NULL,
    product_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    extra_price numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_combo_item_pkey PRIMARY KEY (id)
);
CREATE INDEX product_combo_item__combo_id_index ON product_combo_item USING btree (combo_id);

CREATE TABLE product_combo_product_template_rel (
    product_template_id integer NOT NULL,
    product_combo_id integer NOT NULL,
    CONSTRAINT product_combo_product_template_rel_pkey PRIMARY KEY (product_template_id, product_combo_id)
);
CREATE INDEX product_combo_product_templat_product_combo_id_product_temp_idx ON product_combo_product_template_rel USING btree (product_combo_id, product_template_id);

CREATE TABLE product_document (
    id serial NOT NULL,
    ir_attachment_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_document_pkey PRIMARY KEY (id)
);

CREATE TABLE product_label_layout (
    id serial NOT NULL,
    custom_quantity integer NOT NULL,
    pricelist_id integer,
    create_uid integer,
    write_uid integer,
    print_format varchar NOT NULL,
    extra_html text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_label_layout_pkey PRIMARY KEY (id)
);

CREATE TABLE product_label_layout_product_product_rel (
    product_label_layout_id integer NOT NULL,
    product_product_id integer NOT NULL,
    CONSTRAINT product_label_layout_product_product_rel_pkey PRIMARY KEY (product_label_layout_id, product_product_id)
);
CREATE INDEX product_label_layout_product__product_product_id_product_la_idx ON product_label_layout_product_product_rel USING btree (product_product_id, product_label_layout_id);

CREATE TABLE product_label_layout_product_template_rel (
    product_label_layout_id integer NOT NULL,
    product_template_id integer NOT NULL,
    CONSTRAINT product_label_layout_product_template_rel_pkey PRIMARY KEY (product_label_layout_id, product_template_id)
);
CREATE INDEX product_label_layout_product__product_template_id_product_l_idx ON product_label_layout_product_template_rel USING btree (product_template_id, product_label_layout_id);

CREATE TABLE product_pricelist (
    id serial NOT NULL,
    sequence integer,
    currency_id integer NOT NULL,
    company_id integer,
    create_uid integer,
    write_uid integer,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_pricelist_pkey PRIMARY KEY (id)
);

CREATE TABLE product_pricelist_item (
    id serial NOT NULL,
    pricelist_id integer,
    company_id integer,
    currency_id integer,
    categ_id integer,
    product_tmpl_id integer,
    product_id integer,
    base_pricelist_id integer,
    create_uid integer,
    write_uid integer,
    applied_on varchar NOT NULL,
    display_applied_on varchar NOT NULL,
    base varchar NOT NULL,
    compute_price varchar NOT NULL,
    min_quantity numeric,
    fixed_price numeric,
    price_discount numeric,
    price_round numeric,
    price_surcharge numeric,
    price_markup numeric,
    price_min_margin numeric,
    price_max_margin numeric,
    date_start timestamp,
    date_end timestamp,
    create_date timestamp,
    write_date timestamp,
    percent_price double precision,
    CONSTRAINT product_pricelist_item_pkey PRIMARY KEY (id)
);
CREATE INDEX product_pricelist_item__compute_price_index ON product_pricelist_item USING btree (compute_price);
CREATE INDEX product_pricelist_item__pricelist_id_index ON product_pricelist_item USING btree (pricelist_id);
CREATE INDEX product_pricelist_item__product_id_index ON product_pricelist_item USING btree (product_id) WHERE (product_id IS NOT NULL);
CREATE INDEX product_pricelist_item__product_tmpl_id_index ON product_pricelist_item USING btree (product_tmpl_id) WHERE (product_tmpl_id IS NOT NULL);

CREATE TABLE product_product (
    id serial NOT NULL,
    product_tmpl_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    default_code varchar,
    barcode varchar,
    combination_indices varchar,
    standard_price jsonb,
    volume numeric,
    weight numeric,
    active boolean,
    can_image_variant_1024_be_zoomed boolean,
    is_favorite boolean,
    is_in_selected_section_of_order boolean,
    write_date timestamp,
    create_date timestamp,
    CONSTRAINT product_product_pkey PRIMARY KEY (id)
);
CREATE INDEX product_product__barcode_index ON product_product USING btree (barcode) WHERE (barcode IS NOT NULL);
CREATE INDEX product_product__combination_indices_index ON product_product USING btree (combination_indices);
CREATE INDEX product_product__default_code_index ON product_product USING btree (default_code);
CREATE INDEX product_product__product_tmpl_id_index ON product_product USING btree (product_tmpl_id);
CREATE INDEX product_product__standard_price_index ON product_product USING btree (((standard_price IS NOT NULL))) WHERE (standard_price IS NOT NULL);
CREATE UNIQUE INDEX product_product_combination_unique ON product_product USING btree (product_tmpl_id, combination_indices) WHERE (active IS TRUE);
CREATE INDEX product_product_is_favorite_index ON product_product USING btree (is_favorite) WHERE (is_favorite IS TRUE);

CREATE TABLE product_supplierinfo (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    sequence integer,
    product_uom_id integer NOT NULL,
    company_id integer,
    currency_id integer NOT NULL,
    product_id integer,
    product_tmpl_id integer NOT NULL,
    delay integer NOT NULL,
    create_uid integer,
    write_uid integer,
    product_name varchar,
    product_code varchar,
    date_start date,
    date_end date,
    min_qty numeric NOT NULL,
    price numeric,
    discount numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_supplierinfo_pkey PRIMARY KEY (id)
);
CREATE INDEX product_supplierinfo__company_id_index ON product_supplierinfo USING btree (company_id);
CREATE INDEX product_supplierinfo__product_tmpl_id_index ON product_supplierinfo USING btree (product_tmpl_id);

CREATE TABLE product_tag (
    id serial NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    color varchar,
    name jsonb NOT NULL,
    visible_to_customers boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_tag_name_uniq UNIQUE (name),
    CONSTRAINT product_tag_pkey PRIMARY KEY (id)
);

CREATE TABLE product_tag_product_product_rel (
    product_product_id integer NOT NULL,
    product_tag_id integer NOT NULL,
    CONSTRAINT product_tag_product_product_rel_pkey PRIMARY KEY (product_product_id, product_tag_id)
);
CREATE INDEX product_tag_product_product_r_product_tag_id_product_produc_idx ON product_tag_product_product_rel USING btree (product_tag_id, product_product_id);

CREATE TABLE product_tag_product_template_rel (
    product_template_id integer NOT NULL,
    product_tag_id integer NOT NULL,
    CONSTRAINT product_tag_product_template_rel_pkey PRIMARY KEY (product_template_id, product_tag_id)
);
CREATE INDEX product_tag_product_template__product_tag_id_product_templa_idx ON product_tag_product_template_rel USING btree (product_tag_id, product_template_id);

CREATE TABLE product_template (
    id serial NOT NULL,
    sequence integer,
    categ_id integer,
    uom_id integer NOT NULL,
    company_id integer,
    color integer,
    create_uid integer,
    write_uid integer,
    type varchar NOT NULL,
    service_tracking varchar NOT NULL,
    default_code varchar,
    name jsonb NOT NULL,
    description jsonb,
    description_purchase jsonb,
    description_sale jsonb,
    product_properties jsonb,
    list_price numeric,
    volume numeric,
    weight numeric,
    sale_ok boolean,
    purchase_ok boolean,
    active boolean,
    can_image_1024_be_zoomed boolean,
    has_configurable_attributes boolean,
    is_favorite boolean,
    create_date timestamp,
    write_date timestamp,
    property_account_income_id jsonb,
    property_account_expense_id jsonb,
    CONSTRAINT product_template_pkey PRIMARY KEY (id)
);
CREATE INDEX product_template__company_id_index ON product_template USING btree (company_id);
CREATE INDEX product_template__property_account_expense_id_index ON product_template USING btree (((property_account_expense_id IS NOT NULL))) WHERE (property_account_expense_id IS NOT NULL);
CREATE INDEX product_template__property_account_income_id_index ON product_template USING btree (((property_account_income_id IS NOT NULL))) WHERE (property_account_income_id IS NOT NULL);
CREATE INDEX product_template_is_favorite_index ON product_template USING btree (is_favorite) WHERE (is_favorite IS TRUE);

CREATE TABLE product_template_attribute_exclusion (
    id serial NOT NULL,
    product_template_attribute_value_id integer,
    product_tmpl_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_template_attribute_exclusion_pkey PRIMARY KEY (id)
);
CREATE INDEX product_template_attribute_exclusion__product_template_5b2f8938 ON product_template_attribute_exclusion USING btree (product_template_attribute_value_id);
CREATE INDEX product_template_attribute_exclusion__product_tmpl_id_index ON product_template_attribute_exclusion USING btree (product_tmpl_id);

CREATE TABLE product_template_attribute_line (
    id serial NOT NULL,
    product_tmpl_id integer NOT NULL,
    sequence integer,
    attribute_id integer NOT NULL,
    value_count integer,
    create_uid integer,
    write_uid integer,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_template_attribute_line_pkey PRIMARY KEY (id)
);
CREATE INDEX product_template_attribute_line__attribute_id_index ON product_template_attribute_line USING btree (attribute_id);
CREATE INDEX product_template_attribute_line__product_tmpl_id_index ON product_template_attribute_line USING btree (product_tmpl_id);

CREATE TABLE product_template_attribute_value (
    id serial NOT NULL,
    product_attribute_value_id integer NOT NULL,
    attribute_line_id integer NOT NULL,
    product_tmpl_id integer,
    attribute_id integer,
    color integer,
    create_uid integer,
    write_uid integer,
    price_extra numeric,
    ptav_active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_template_attribute_value_attribute_value_unique UNIQUE (attribute_line_id, product_attribute_value_id),
    CONSTRAINT product_template_attribute_value_pkey PRIMARY KEY (id)
);
CREATE INDEX product_template_attribute_value__attribute_id_index ON product_template_attribute_value USING btree (attribute_id);
CREATE INDEX product_template_attribute_value__attribute_line_id_index ON product_template_attribute_value USING btree (attribute_line_id);
CREATE INDEX product_template_attribute_value__product_attribute_va_63041d9e ON product_template_attribute_value USING btree (product_attribute_value_id);
CREATE INDEX product_template_attribute_value__product_tmpl_id_index ON product_template_attribute_value USING btree (product_tmpl_id);

CREATE TABLE product_template_uom_uom_rel (
    product_template_id integer NOT NULL,
    uom_uom_id integer NOT NULL,
    CONSTRAINT product_template_uom_uom_rel_pkey PRIMARY KEY (product_template_id, uom_uom_id)
);
CREATE INDEX product_template_uom_uom_rel_uom_uom_id_product_template_id_idx ON product_template_uom_uom_rel USING btree (uom_uom_id, product_template_id);

CREATE TABLE product_uom (
    id serial NOT NULL,
    uom_id integer NOT NULL,
    product_id integer NOT NULL,
    company_id integer,
    create_uid integer,
    write_uid integer,
    barcode varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT product_uom_barcode_uniq UNIQUE (barcode),
    CONSTRAINT product_uom_pkey PRIMARY KEY (id)
);
CREATE INDEX product_uom__barcode_index ON product_uom USING btree (barcode) WHERE (barcode IS NOT NULL);
CREATE INDEX product_uom__product_id_index ON product_uom USING btree (product_id);
CREATE INDEX product_uom__uom_id_index ON product_uom USING btree (uom_id);

CREATE TABLE product_variant_combination (
    product_product_id integer NOT NULL,
    product_template_attribute_value_id integer NOT NULL,
    CONSTRAINT product_variant_combination_pkey PRIMARY KEY (product_product_id, product_template_attribute_value_id)
);
CREATE INDEX product_variant_combination_product_template_attribute_valu_idx ON product_variant_combination USING btree (product_template_attribute_value_id, product_product_id);

CREATE TABLE res_country_group_pricelist_rel (
    pricelist_id integer NOT NULL,
    res_country_group_id integer NOT NULL,
    CONSTRAINT res_country_group_pricelist_rel_pkey PRIMARY KEY (pricelist_id, res_country_group_id)
);
CREATE INDEX res_country_group_pricelist_r_res_country_group_id_pricelis_idx ON res_country_group_pricelist_rel USING btree (res_country_group_id, pricelist_id);

CREATE TABLE resource_calendar (
    id serial NOT NULL,
    company_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    schedule_type varchar NOT NULL,
    tz varchar NOT NULL,
    hours_per_day numeric,
    active boolean,
    duration_based boolean,
    flexible_hours boolean,
    two_weeks_calendar boolean,
    create_date timestamp,
    write_date timestamp,
    full_time_required_hours double precision,
    hours_per_week double precision,
    CONSTRAINT resource_calendar_pkey PRIMARY KEY (id)
);
CREATE INDEX resource_calendar__company_id_index ON resource_calendar USING btree (company_id) WHERE (company_id IS NOT NULL);

CREATE TABLE resource_calendar_attendance (
    id serial NOT NULL,
    calendar_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    dayofweek varchar NOT NULL,
    day_period varchar NOT NULL,
    week_type varchar,
    display_type varchar,
    create_date timestamp,
    write_date timestamp,
    hour_from double precision NOT NULL,
    hour_to double precision NOT NULL,
    duration_hours double precision,
    duration_days double precision,
    CONSTRAINT resource_calendar_attendance_pkey PRIMARY KEY (id)
);
CREATE INDEX resource_calendar_attendance__calendar_id_index ON resource_calendar_attendance USING btree (calendar_id);
CREATE INDEX resource_calendar_attendance__dayofweek_index ON resource_calendar_attendance USING btree (dayofweek);
CREATE INDEX resource_calendar_attendance__hour_from_index ON resource_calendar_attendance USING btree (hour_from);

CREATE TABLE resource_calendar_leaves (
    id serial NOT NULL,
    company_id integer,
    calendar_id integer,
    resource_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    time_type varchar,
    date_from timestamp NOT NULL,
    date_to timestamp NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT resource_calendar_leaves_pkey PRIMARY KEY (id)
);
CREATE INDEX resource_calendar_leaves__calendar_id_index ON resource_calendar_leaves USING btree (calendar_id);
CREATE INDEX resource_calendar_leaves__resource_id_index ON resource_calendar_leaves USING btree (resource_id);

CREATE TABLE resource_resource (
    id serial NOT NULL,
    company_id integer,
    user_id integer,
    calendar_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    resource_type varchar NOT NULL,
    tz varchar NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    time_efficiency double precision NOT NULL,
    color integer,
    CONSTRAINT resource_resource_check_time_efficiency CHECK ((time_efficiency > (0)::double precision)),
    CONSTRAINT resource_resource_pkey PRIMARY KEY (id)
);
CREATE INDEX resource_resource__user_id_index ON resource_resource USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE TABLE uom_uom (
    id serial NOT NULL,
    sequence integer,
    relative_uom_id integer,
    create_uid integer,
    write_uid integer,
    parent_path varchar,
    name jsonb NOT NULL,
    relative_factor numeric NOT NULL,
    factor numeric,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT uom_uom_factor_gt_zero CHECK ((relative_factor <> (0)::numeric)),
    CONSTRAINT uom_uom_pkey PRIMARY KEY (id)
);
CREATE INDEX uom_uom__parent_path_index ON uom_uom USING btree (parent_path);
CREATE INDEX uom_uom__relative_uom_id_index ON uom_uom USING btree (relative_uom_id) WHERE (relative_uom_id IS NOT NULL);

CREATE TABLE update_product_attribute_value (
    id serial NOT NULL,
    attribute_value_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    mode varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT update_product_attribute_value_pkey PRIMARY KEY (id)
);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES account_analytic_plan(id) ON DELETE RESTRICT;
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_root_plan_id_fkey FOREIGN KEY (root_plan_id) REFERENCES account_analytic_plan(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_account ADD CONSTRAINT account_analytic_account_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_applicability ADD CONSTRAINT account_analytic_applicability_analytic_plan_id_fkey FOREIGN KEY (analytic_plan_id) REFERENCES account_analytic_plan(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_applicability ADD CONSTRAINT account_analytic_applicability_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_applicability ADD CONSTRAINT account_analytic_applicability_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_applicability ADD CONSTRAINT account_analytic_applicability_product_categ_id_fkey FOREIGN KEY (product_categ_id) REFERENCES product_category(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_applicability ADD CONSTRAINT account_analytic_applicability_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_partner_category_id_fkey FOREIGN KEY (partner_category_id) REFERENCES res_partner_category(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_product_categ_id_fkey FOREIGN KEY (product_categ_id) REFERENCES product_category(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_distribution_model ADD CONSTRAINT account_analytic_distribution_model_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_analytic_account(id) ON DELETE RESTRICT;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_product_uom_id_fkey FOREIGN KEY (product_uom_id) REFERENCES uom_uom(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_plan ADD CONSTRAINT account_analytic_plan_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_plan ADD CONSTRAINT account_analytic_plan_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES account_analytic_plan(id) ON DELETE CASCADE;
ALTER TABLE account_analytic_plan ADD CONSTRAINT account_analytic_plan_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attr_exclusion_value_ids_rel ADD CONSTRAINT product_attr_exclusion_value__product_template_attribute_e_fkey FOREIGN KEY (product_template_attribute_exclusion_id) REFERENCES product_template_attribute_exclusion(id) ON DELETE CASCADE;
ALTER TABLE product_attr_exclusion_value_ids_rel ADD CONSTRAINT product_attr_exclusion_value__product_template_attribute_v_fkey FOREIGN KEY (product_template_attribute_value_id) REFERENCES product_template_attribute_value(id) ON DELETE CASCADE;
ALTER TABLE product_attribute ADD CONSTRAINT product_attribute_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute ADD CONSTRAINT product_attribute_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute_custom_value ADD CONSTRAINT product_attribute_custom_valu_custom_product_template_attr_fkey FOREIGN KEY (custom_product_template_attribute_value_id) REFERENCES product_template_attribute_value(id) ON DELETE RESTRICT;
ALTER TABLE product_attribute_custom_value ADD CONSTRAINT product_attribute_custom_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute_custom_value ADD CONSTRAINT product_attribute_custom_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute_product_template_rel ADD CONSTRAINT product_attribute_product_template_re_product_attribute_id_fkey FOREIGN KEY (product_attribute_id) REFERENCES product_attribute(id) ON DELETE CASCADE;
ALTER TABLE product_attribute_product_template_rel ADD CONSTRAINT product_attribute_product_template_rel_product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_attribute_value ADD CONSTRAINT product_attribute_value_attribute_id_fkey FOREIGN KEY (attribute_id) REFERENCES product_attribute(id) ON DELETE CASCADE;
ALTER TABLE product_attribute_value ADD CONSTRAINT product_attribute_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute_value ADD CONSTRAINT product_attribute_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_attribute_value_product_template_attribute_line_rel ADD CONSTRAINT product_attribute_value_produ_product_template_attribute_l_fkey FOREIGN KEY (product_template_attribute_line_id) REFERENCES product_template_attribute_line(id) ON DELETE CASCADE;
ALTER TABLE product_attribute_value_product_template_attribute_line_rel ADD CONSTRAINT product_attribute_value_product_product_attribute_value_id_fkey FOREIGN KEY (product_attribute_value_id) REFERENCES product_attribute_value(id) ON DELETE RESTRICT;
ALTER TABLE product_category ADD CONSTRAINT product_category_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_category ADD CONSTRAINT product_category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES product_category(id) ON DELETE CASCADE;
ALTER TABLE product_category ADD CONSTRAINT product_category_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_combo ADD CONSTRAINT product_combo_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_combo ADD CONSTRAINT product_combo_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_combo ADD CONSTRAINT product_combo_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_combo_item ADD CONSTRAINT product_combo_item_combo_id_fkey FOREIGN KEY (combo_id) REFERENCES product_combo(id) ON DELETE CASCADE;
ALTER TABLE product_combo_item ADD CONSTRAINT product_combo_item_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_combo_item ADD CONSTRAINT product_combo_item_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_combo_item ADD CONSTRAINT product_combo_item_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE RESTRICT;
ALTER TABLE product_combo_item ADD CONSTRAINT product_combo_item_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_combo_product_template_rel ADD CONSTRAINT product_combo_product_template_rel_product_combo_id_fkey FOREIGN KEY (product_combo_id) REFERENCES product_combo(id) ON DELETE CASCADE;
ALTER TABLE product_combo_product_template_rel ADD CONSTRAINT product_combo_product_template_rel_product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_document ADD CONSTRAINT product_document_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_document ADD CONSTRAINT product_document_ir_attachment_id_fkey FOREIGN KEY (ir_attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE product_document ADD CONSTRAINT product_document_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_label_layout ADD CONSTRAINT product_label_layout_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_label_layout ADD CONSTRAINT product_label_layout_pricelist_id_fkey FOREIGN KEY (pricelist_id) REFERENCES product_pricelist(id) ON DELETE SET NULL;
ALTER TABLE product_label_layout ADD CONSTRAINT product_label_layout_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_label_layout_product_product_rel ADD CONSTRAINT product_label_layout_product_produ_product_label_layout_id_fkey FOREIGN KEY (product_label_layout_id) REFERENCES product_label_layout(id) ON DELETE CASCADE;
ALTER TABLE product_label_layout_product_product_rel ADD CONSTRAINT product_label_layout_product_product_re_product_product_id_fkey FOREIGN KEY (product_product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE product_label_layout_product_template_rel ADD CONSTRAINT product_label_layout_product_templ_product_label_layout_id_fkey FOREIGN KEY (product_label_layout_id) REFERENCES product_label_layout(id) ON DELETE CASCADE;
ALTER TABLE product_label_layout_product_template_rel ADD CONSTRAINT product_label_layout_product_template__product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_pricelist ADD CONSTRAINT product_pricelist_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist ADD CONSTRAINT product_pricelist_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist ADD CONSTRAINT product_pricelist_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE product_pricelist ADD CONSTRAINT product_pricelist_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_base_pricelist_id_fkey FOREIGN KEY (base_pricelist_id) REFERENCES product_pricelist(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_categ_id_fkey FOREIGN KEY (categ_id) REFERENCES product_category(id) ON DELETE CASCADE;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_pricelist_id_fkey FOREIGN KEY (pricelist_id) REFERENCES product_pricelist(id) ON DELETE CASCADE;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_pricelist_item ADD CONSTRAINT product_pricelist_item_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_product ADD CONSTRAINT product_product_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_product ADD CONSTRAINT product_product_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_product ADD CONSTRAINT product_product_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE SET NULL;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_product_uom_id_fkey FOREIGN KEY (product_uom_id) REFERENCES uom_uom(id) ON DELETE RESTRICT;
ALTER TABLE product_supplierinfo ADD CONSTRAINT product_supplierinfo_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_tag ADD CONSTRAINT product_tag_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_tag ADD CONSTRAINT product_tag_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_tag_product_product_rel ADD CONSTRAINT product_tag_product_product_rel_product_product_id_fkey FOREIGN KEY (product_product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE product_tag_product_product_rel ADD CONSTRAINT product_tag_product_product_rel_product_tag_id_fkey FOREIGN KEY (product_tag_id) REFERENCES product_tag(id) ON DELETE CASCADE;
ALTER TABLE product_tag_product_template_rel ADD CONSTRAINT product_tag_product_template_rel_product_tag_id_fkey FOREIGN KEY (product_tag_id) REFERENCES product_tag(id) ON DELETE CASCADE;
ALTER TABLE product_tag_product_template_rel ADD CONSTRAINT product_tag_product_template_rel_product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_template ADD CONSTRAINT product_template_categ_id_fkey FOREIGN KEY (categ_id) REFERENCES product_category(id) ON DELETE SET NULL;
ALTER TABLE product_template ADD CONSTRAINT product_template_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_template ADD CONSTRAINT product_template_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template ADD CONSTRAINT product_template_uom_id_fkey FOREIGN KEY (uom_id) REFERENCES uom_uom(id) ON DELETE RESTRICT;
ALTER TABLE product_template ADD CONSTRAINT product_template_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_exclusion ADD CONSTRAINT product_template_attribute_ex_product_template_attribute_v_fkey FOREIGN KEY (product_template_attribute_value_id) REFERENCES product_template_attribute_value(id) ON DELETE CASCADE;
ALTER TABLE product_template_attribute_exclusion ADD CONSTRAINT product_template_attribute_exclusion_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_exclusion ADD CONSTRAINT product_template_attribute_exclusion_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_template_attribute_exclusion ADD CONSTRAINT product_template_attribute_exclusion_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_line ADD CONSTRAINT product_template_attribute_line_attribute_id_fkey FOREIGN KEY (attribute_id) REFERENCES product_attribute(id) ON DELETE RESTRICT;
ALTER TABLE product_template_attribute_line ADD CONSTRAINT product_template_attribute_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_line ADD CONSTRAINT product_template_attribute_line_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_template_attribute_line ADD CONSTRAINT product_template_attribute_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_valu_product_attribute_value_id_fkey FOREIGN KEY (product_attribute_value_id) REFERENCES product_attribute_value(id) ON DELETE CASCADE;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_value_attribute_id_fkey FOREIGN KEY (attribute_id) REFERENCES product_attribute(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_value_attribute_line_id_fkey FOREIGN KEY (attribute_line_id) REFERENCES product_template_attribute_line(id) ON DELETE CASCADE;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_value_product_tmpl_id_fkey FOREIGN KEY (product_tmpl_id) REFERENCES product_template(id) ON DELETE SET NULL;
ALTER TABLE product_template_attribute_value ADD CONSTRAINT product_template_attribute_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_template_uom_uom_rel ADD CONSTRAINT product_template_uom_uom_rel_product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_template_uom_uom_rel ADD CONSTRAINT product_template_uom_uom_rel_uom_uom_id_fkey FOREIGN KEY (uom_uom_id) REFERENCES uom_uom(id) ON DELETE CASCADE;
ALTER TABLE product_uom ADD CONSTRAINT product_uom_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE product_uom ADD CONSTRAINT product_uom_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_uom ADD CONSTRAINT product_uom_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE product_uom ADD CONSTRAINT product_uom_uom_id_fkey FOREIGN KEY (uom_id) REFERENCES uom_uom(id) ON DELETE CASCADE;
ALTER TABLE product_uom ADD CONSTRAINT product_uom_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE product_variant_combination ADD CONSTRAINT product_variant_combination_product_product_id_fkey FOREIGN KEY (product_product_id) REFERENCES product_product(id) ON DELETE CASCADE;
ALTER TABLE product_variant_combination ADD CONSTRAINT product_variant_combination_product_template_attribute_val_fkey FOREIGN KEY (product_template_attribute_value_id) REFERENCES product_template_attribute_value(id) ON DELETE RESTRICT;
ALTER TABLE res_company ADD CONSTRAINT res_company_resource_calendar_id_fkey FOREIGN KEY (resource_calendar_id) REFERENCES resource_calendar(id) ON DELETE RESTRICT;
ALTER TABLE res_country_group_pricelist_rel ADD CONSTRAINT res_country_group_pricelist_rel_pricelist_id_fkey FOREIGN KEY (pricelist_id) REFERENCES product_pricelist(id) ON DELETE CASCADE;
ALTER TABLE res_country_group_pricelist_rel ADD CONSTRAINT res_country_group_pricelist_rel_res_country_group_id_fkey FOREIGN KEY (res_country_group_id) REFERENCES res_country_group(id) ON DELETE CASCADE;
ALTER TABLE resource_calendar ADD CONSTRAINT resource_calendar_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar ADD CONSTRAINT resource_calendar_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar ADD CONSTRAINT resource_calendar_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_attendance ADD CONSTRAINT resource_calendar_attendance_calendar_id_fkey FOREIGN KEY (calendar_id) REFERENCES resource_calendar(id) ON DELETE CASCADE;
ALTER TABLE resource_calendar_attendance ADD CONSTRAINT resource_calendar_attendance_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_attendance ADD CONSTRAINT resource_calendar_attendance_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_leaves ADD CONSTRAINT resource_calendar_leaves_calendar_id_fkey FOREIGN KEY (calendar_id) REFERENCES resource_calendar(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_leaves ADD CONSTRAINT resource_calendar_leaves_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_leaves ADD CONSTRAINT resource_calendar_leaves_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_leaves ADD CONSTRAINT resource_calendar_leaves_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES resource_resource(id) ON DELETE SET NULL;
ALTER TABLE resource_calendar_leaves ADD CONSTRAINT resource_calendar_leaves_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_resource ADD CONSTRAINT resource_resource_calendar_id_fkey FOREIGN KEY (calendar_id) REFERENCES resource_calendar(id) ON DELETE SET NULL;
ALTER TABLE resource_resource ADD CONSTRAINT resource_resource_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE resource_resource ADD CONSTRAINT resource_resource_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_resource ADD CONSTRAINT resource_resource_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE resource_resource ADD CONSTRAINT resource_resource_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE uom_uom ADD CONSTRAINT uom_uom_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE uom_uom ADD CONSTRAINT uom_uom_relative_uom_id_fkey FOREIGN KEY (relative_uom_id) REFERENCES uom_uom(id) ON DELETE CASCADE;
ALTER TABLE uom_uom ADD CONSTRAINT uom_uom_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE update_product_attribute_value ADD CONSTRAINT update_product_attribute_value_attribute_value_id_fkey FOREIGN KEY (attribute_value_id) REFERENCES product_attribute_value(id) ON DELETE CASCADE;
ALTER TABLE update_product_attribute_value ADD CONSTRAINT update_product_attribute_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE update_product_attribute_value ADD CONSTRAINT update_product_attribute_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
