-- Tables of payment, account_payment.

CREATE TABLE account_invoice_transaction_rel (
    invoice_id integer NOT NULL,
    transaction_id integer NOT NULL,
    CONSTRAINT account_invoice_transaction_rel_pkey PRIMARY KEY (invoice_id, transaction_id)
);
CREATE INDEX account_invoice_transaction_rel_transaction_id_invoice_id_idx ON account_invoice_transaction_rel USING btree (transaction_id, invoice_id);

CREATE TABLE payment_capture_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    amount_to_capture numeric,
    void_remaining_amount boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT payment_capture_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE payment_capture_wizard_payment_transaction_rel (
    payment_capture_wizard_id integer NOT NULL,
    payment_transaction_id integer NOT NULL,
    CONSTRAINT payment_capture_wizard_payment_transaction_rel_pkey PRIMARY KEY (payment_capture_wizard_id, payment_transaction_id)
);
CREATE INDEX payment_capture_wizard_paymen_payment_transaction_id_paymen_idx ON payment_capture_wizard_payment_transaction_rel USING btree (payment_transaction_id, payment_capture_wizard_id);

CREATE TABLE payment_country_rel (
    payment_id integer NOT NULL,
    country_id integer NOT NULL,
    CONSTRAINT payment_country_rel_pkey PRIMARY KEY (payment_id, country_id)
);
CREATE INDEX payment_country_rel_country_id_payment_id_idx ON payment_country_rel USING btree (country_id, payment_id);

CREATE TABLE payment_currency_rel (
    payment_provider_id integer NOT NULL,
    currency_id integer NOT NULL,
    CONSTRAINT payment_currency_rel_pkey PRIMARY KEY (payment_provider_id, currency_id)
);
CREATE INDEX payment_currency_rel_currency_id_payment_provider_id_idx ON payment_currency_rel USING btree (currency_id, payment_provider_id);

CREATE TABLE payment_link_wizard (
    id serial NOT NULL,
    res_id integer NOT NULL,
    currency_id integer,
    partner_id integer,
    create_uid integer,
    write_uid integer,
    res_model varchar NOT NULL,
    amount numeric NOT NULL,
    amount_max numeric,
    create_date timestamp,
    write_date timestamp,
    discount_date date,
    open_installments jsonb,
    has_eligible_epd boolean,
    CONSTRAINT payment_link_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE payment_method (
    id serial NOT NULL,
    sequence integer,
    primary_payment_method_id integer,
    create_uid integer,
    write_uid integer,
    code varchar NOT NULL,
    support_manual_capture varchar NOT NULL,
    support_refund varchar NOT NULL,
    name jsonb NOT NULL,
    active boolean,
    support_tokenization boolean,
    support_express_checkout boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT payment_method_pkey PRIMARY KEY (id)
);
CREATE INDEX payment_method__primary_payment_method_id_index ON payment_method USING btree (primary_payment_method_id) WHERE (primary_payment_method_id IS NOT NULL);

CREATE TABLE payment_method_payment_provider_rel (
    payment_method_id integer NOT NULL,
    payment_provider_id integer NOT NULL,
    CONSTRAINT payment_method_payment_provider_rel_pkey PRIMARY KEY (payment_method_id, payment_provider_id)
);
CREATE INDEX payment_method_payment_provid_payment_provider_id_payment_m_idx ON payment_method_payment_provider_rel USING btree (payment_provider_id, payment_method_id);

CREATE TABLE payment_method_res_country_rel (
    payment_method_id integer NOT NULL,
    res_country_id integer NOT NULL,
    CONSTRAINT payment_method_res_country_rel_pkey PRIMARY KEY (payment_method_id, res_country_id)
);
CREATE INDEX payment_method_res_country_re_res_country_id_payment_method_idx ON payment_method_res_country_rel USING btree (res_country_id, payment_method_id);

CREATE TABLE payment_method_res_currency_rel (
    payment_method_id integer NOT NULL,
    res_currency_id integer NOT NULL,
    CONSTRAINT payment_method_res_currency_rel_pkey PRIMARY KEY (payment_method_id, res_currency_id)
);
CREATE INDEX payment_method_res_currency_r_res_currency_id_payment_metho_idx ON payment_method_res_currency_rel USING btree (res_currency_id, payment_method_id);

CREATE TABLE payment_provider (
    id serial NOT NULL,
    sequence integer,
    company_id integer NOT NULL,
    redirect_form_view_id integer,
    inline_form_view_id integer,
    token_inline_form_view_id integer,
    express_checkout_form_view_id integer,
    color integer,
    module_id integer,
    create_uid integer,
    write_uid integer,
    code varchar NOT NULL,
    state varchar NOT NULL,
    name jsonb NOT NULL,
    pre_msg jsonb,
    pending_msg jsonb,
    auth_msg jsonb,
    done_msg jsonb,
    cancel_msg jsonb,
    maximum_amount numeric,
    is_published boolean,
    allow_tokenization boolean,
    capture_manually boolean,
    allow_express_checkout boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT payment_provider_pkey PRIMARY KEY (id)
);
CREATE INDEX payment_provider__company_id_index ON payment_provider USING btree (company_id);

CREATE TABLE payment_refund_wizard (
    id serial NOT NULL,
    payment_id integer,
    create_uid integer,
    write_uid integer,
    amount_to_refund numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT payment_refund_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE payment_token (
    id serial NOT NULL,
    provider_id integer NOT NULL,
    company_id integer,
    payment_method_id integer NOT NULL,
    partner_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    payment_details varchar,
    provider_ref varchar NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT payment_token_pkey PRIMARY KEY (id)
);
CREATE INDEX payment_token__company_id_index ON payment_token USING btree (company_id);
CREATE INDEX payment_token__partner_id_index ON payment_token USING btree (partner_id);

CREATE TABLE payment_transaction (
    id serial NOT NULL,
    provider_id integer NOT NULL,
    company_id integer,
    payment_method_id integer NOT NULL,
    currency_id integer NOT NULL,
    token_id integer,
    source_transaction_id integer,
    partner_id integer NOT NULL,
    partner_state_id integer,
    partner_country_id integer,
    create_uid integer,
    write_uid integer,
    reference varchar NOT NULL,
    provider_reference varchar,
    state varchar NOT NULL,
    operation varchar,
    landing_route varchar,
    partner_name varchar,
    partner_lang varchar,
    partner_email varchar,
    partner_address varchar,
    partner_zip varchar,
    partner_city varchar,
    partner_phone varchar,
    state_message text,
    amount numeric NOT NULL,
    is_live boolean,
    is_post_processed boolean,
    tokenize boolean,
    last_state_change timestamp,
    create_date timestamp,
    write_date timestamp,
    payment_id integer,
    CONSTRAINT payment_transaction_pkey PRIMARY KEY (id),
    CONSTRAINT payment_transaction_reference_uniq UNIQUE (reference)
);
CREATE INDEX payment_transaction__company_id_index ON payment_transaction USING btree (company_id);
CREATE INDEX payment_transaction__operation_index ON payment_transaction USING btree (operation);
CREATE INDEX payment_transaction__source_transaction_id_index ON payment_transaction USING btree (source_transaction_id) WHERE (source_transaction_id IS NOT NULL);
CREATE INDEX payment_transaction__state_index ON payment_transaction USING btree (state);
CREATE INDEX payment_transaction__token_id_index ON payment_transaction USING btree (token_id) WHERE (token_id IS NOT NULL);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE account_invoice_transaction_rel ADD CONSTRAINT account_invoice_transaction_rel_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_invoice_transaction_rel ADD CONSTRAINT account_invoice_transaction_rel_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES payment_transaction(id) ON DELETE CASCADE;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_payment_token_id_fkey FOREIGN KEY (payment_token_id) REFERENCES payment_token(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_payment_transaction_id_fkey FOREIGN KEY (payment_transaction_id) REFERENCES payment_transaction(id) ON DELETE SET NULL;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_payment_provider_id_fkey FOREIGN KEY (payment_provider_id) REFERENCES payment_provider(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_payment_token_id_fkey FOREIGN KEY (payment_token_id) REFERENCES payment_token(id) ON DELETE SET NULL;
ALTER TABLE payment_capture_wizard ADD CONSTRAINT payment_capture_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_capture_wizard ADD CONSTRAINT payment_capture_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_capture_wizard_payment_transaction_rel ADD CONSTRAINT payment_capture_wizard_payment_t_payment_capture_wizard_id_fkey FOREIGN KEY (payment_capture_wizard_id) REFERENCES payment_capture_wizard(id) ON DELETE CASCADE;
ALTER TABLE payment_capture_wizard_payment_transaction_rel ADD CONSTRAINT payment_capture_wizard_payment_tran_payment_transaction_id_fkey FOREIGN KEY (payment_transaction_id) REFERENCES payment_transaction(id) ON DELETE CASCADE;
ALTER TABLE payment_country_rel ADD CONSTRAINT payment_country_rel_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE CASCADE;
ALTER TABLE payment_country_rel ADD CONSTRAINT payment_country_rel_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment_provider(id) ON DELETE CASCADE;
ALTER TABLE payment_currency_rel ADD CONSTRAINT payment_currency_rel_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE CASCADE;
ALTER TABLE payment_currency_rel ADD CONSTRAINT payment_currency_rel_payment_provider_id_fkey FOREIGN KEY (payment_provider_id) REFERENCES payment_provider(id) ON DELETE CASCADE;
ALTER TABLE payment_link_wizard ADD CONSTRAINT payment_link_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_link_wizard ADD CONSTRAINT payment_link_wizard_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE payment_link_wizard ADD CONSTRAINT payment_link_wizard_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE payment_link_wizard ADD CONSTRAINT payment_link_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_method ADD CONSTRAINT payment_method_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_method ADD CONSTRAINT payment_method_primary_payment_method_id_fkey FOREIGN KEY (primary_payment_method_id) REFERENCES payment_method(id) ON DELETE SET NULL;
ALTER TABLE payment_method ADD CONSTRAINT payment_method_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_method_payment_provider_rel ADD CONSTRAINT payment_method_payment_provider_rel_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES payment_method(id) ON DELETE CASCADE;
ALTER TABLE payment_method_payment_provider_rel ADD CONSTRAINT payment_method_payment_provider_rel_payment_provider_id_fkey FOREIGN KEY (payment_provider_id) REFERENCES payment_provider(id) ON DELETE CASCADE;
ALTER TABLE payment_method_res_country_rel ADD CONSTRAINT payment_method_res_country_rel_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES payment_method(id) ON DELETE CASCADE;
ALTER TABLE payment_method_res_country_rel ADD CONSTRAINT payment_method_res_country_rel_res_country_id_fkey FOREIGN KEY (res_country_id) REFERENCES res_country(id) ON DELETE CASCADE;
ALTER TABLE payment_method_res_currency_rel ADD CONSTRAINT payment_method_res_currency_rel_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES payment_method(id) ON DELETE CASCADE;
ALTER TABLE payment_method_res_currency_rel ADD CONSTRAINT payment_method_res_currency_rel_res_currency_id_fkey FOREIGN KEY (res_currency_id) REFERENCES res_currency(id) ON DELETE CASCADE;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_express_checkout_form_view_id_fkey FOREIGN KEY (express_checkout_form_view_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_inline_form_view_id_fkey FOREIGN KEY (inline_form_view_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_module_id_fkey FOREIGN KEY (module_id) REFERENCES ir_module_module(id) ON DELETE SET NULL;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_redirect_form_view_id_fkey FOREIGN KEY (redirect_form_view_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_token_inline_form_view_id_fkey FOREIGN KEY (token_inline_form_view_id) REFERENCES ir_ui_view(id) ON DELETE RESTRICT;
ALTER TABLE payment_provider ADD CONSTRAINT payment_provider_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_refund_wizard ADD CONSTRAINT payment_refund_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_refund_wizard ADD CONSTRAINT payment_refund_wizard_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE payment_refund_wizard ADD CONSTRAINT payment_refund_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES payment_method(id) ON DELETE RESTRICT;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES payment_provider(id) ON DELETE RESTRICT;
ALTER TABLE payment_token ADD CONSTRAINT payment_token_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_partner_country_id_fkey FOREIGN KEY (partner_country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_partner_state_id_fkey FOREIGN KEY (partner_state_id) REFERENCES res_country_state(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES payment_method(id) ON DELETE RESTRICT;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES payment_provider(id) ON DELETE RESTRICT;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_source_transaction_id_fkey FOREIGN KEY (source_transaction_id) REFERENCES payment_transaction(id) ON DELETE SET NULL;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_token_id_fkey FOREIGN KEY (token_id) REFERENCES payment_token(id) ON DELETE RESTRICT;
ALTER TABLE payment_transaction ADD CONSTRAINT payment_transaction_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
