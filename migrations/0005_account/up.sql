-- Tables of account.

CREATE TABLE account_account (
    id serial NOT NULL,
    currency_id integer,
    create_uid integer,
    write_uid integer,
    account_type varchar NOT NULL,
    name jsonb NOT NULL,
    description jsonb,
    code_store jsonb,
    note text,
    active boolean,
    reconcile boolean,
    non_trade boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_account_pkey PRIMARY KEY (id)
);
CREATE INDEX account_account__account_type_index ON account_account USING btree (account_type);
CREATE INDEX account_account__code_store_index ON account_account USING btree (((code_store IS NOT NULL))) WHERE (code_store IS NOT NULL);

CREATE TABLE account_account_account_merge_wizard_rel (
    account_merge_wizard_id integer NOT NULL,
    account_account_id integer NOT NULL,
    CONSTRAINT account_account_account_merge_wizard_rel_pkey PRIMARY KEY (account_merge_wizard_id, account_account_id)
);
CREATE INDEX account_account_account_merge_account_account_id_account_me_idx ON account_account_account_merge_wizard_rel USING btree (account_account_id, account_merge_wizard_id);

CREATE TABLE account_account_account_tag (
    account_account_id integer NOT NULL,
    account_account_tag_id integer NOT NULL,
    CONSTRAINT account_account_account_tag_pkey PRIMARY KEY (account_account_id, account_account_tag_id)
);
CREATE INDEX account_account_account_tag_account_account_tag_id_account__idx ON account_account_account_tag USING btree (account_account_tag_id, account_account_id);

CREATE TABLE account_account_res_company_rel (
    account_account_id integer NOT NULL,
    res_company_id integer NOT NULL,
    CONSTRAINT account_account_res_company_rel_pkey PRIMARY KEY (account_account_id, res_company_id)
);
CREATE INDEX account_account_res_company_r_res_company_id_account_accoun_idx ON account_account_res_company_rel USING btree (res_company_id, account_account_id);

CREATE TABLE account_account_tag (
    id serial NOT NULL,
    color integer,
    country_id integer,
    create_uid integer,
    write_uid integer,
    applicability varchar NOT NULL,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_account_tag_name_uniq UNIQUE (name, applicability, country_id),
    CONSTRAINT account_account_tag_pkey PRIMARY KEY (id)
);

CREATE TABLE account_account_tag_account_move_line_rel (
    account_move_line_id integer NOT NULL,
    account_account_tag_id integer NOT NULL,
    CONSTRAINT account_account_tag_account_move_line_rel_pkey PRIMARY KEY (account_move_line_id, account_account_tag_id)
);
CREATE INDEX account_account_tag_account_m_account_account_tag_id_accoun_idx ON account_account_tag_account_move_line_rel USING btree (account_account_tag_id, account_move_line_id);

CREATE TABLE account_account_tag_account_tax_repartition_line_rel (
    account_tax_repartition_line_id integer NOT NULL,
    account_account_tag_id integer NOT NULL,
    CONSTRAINT account_account_tag_account_tax_repartition_line_rel_pkey PRIMARY KEY (account_tax_repartition_line_id, account_account_tag_id)
);
CREATE INDEX account_account_tag_account_t_account_account_tag_id_accoun_idx ON account_account_tag_account_tax_repartition_line_rel USING btree (account_account_tag_id, account_tax_repartition_line_id);

CREATE TABLE account_account_tag_product_template_rel (
    product_template_id integer NOT NULL,
    account_account_tag_id integer NOT NULL,
    CONSTRAINT account_account_tag_product_template_rel_pkey PRIMARY KEY (product_template_id, account_account_tag_id)
);
CREATE INDEX account_account_tag_product_t_account_account_tag_id_produc_idx ON account_account_tag_product_template_rel USING btree (account_account_tag_id, product_template_id);

CREATE TABLE account_account_tax_default_rel (
    account_id integer NOT NULL,
    tax_id integer NOT NULL,
    CONSTRAINT account_account_tax_default_rel_pkey PRIMARY KEY (account_id, tax_id)
);
CREATE INDEX account_account_tax_default_rel_tax_id_account_id_idx ON account_account_tax_default_rel USING btree (tax_id, account_id);

CREATE TABLE account_accrued_orders_wizard (
    id serial NOT NULL,
    company_id integer,
    journal_id integer NOT NULL,
    currency_id integer,
    account_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    date date NOT NULL,
    reversal_date date NOT NULL,
    amount numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_accrued_orders_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_automatic_entry_wizard (
    id serial NOT NULL,
    company_id integer NOT NULL,
    destination_account_id integer,
    create_uid integer,
    write_uid integer,
    action varchar NOT NULL,
    account_type varchar,
    date date NOT NULL,
    total_amount numeric,
    create_date timestamp,
    write_date timestamp,
    percentage double precision,
    CONSTRAINT account_automatic_entry_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_automatic_entry_wizard_account_move_line_rel (
    account_automatic_entry_wizard_id integer NOT NULL,
    account_move_line_id integer NOT NULL,
    CONSTRAINT account_automatic_entry_wizard_account_move_line_rel_pkey PRIMARY KEY (account_automatic_entry_wizard_id, account_move_line_id)
);
CREATE INDEX account_automatic_entry_wizar_account_move_line_id_account__idx ON account_automatic_entry_wizard_account_move_line_rel USING btree (account_move_line_id, account_automatic_entry_wizard_id);

CREATE TABLE account_autopost_bills_wizard (
    id serial NOT NULL,
    partner_id integer,
    nb_unmodified_bills integer,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_autopost_bills_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_bank_statement (
    id serial NOT NULL,
    company_id integer,
    currency_id integer,
    journal_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    reference varchar,
    first_line_index varchar,
    date date,
    balance_start numeric,
    balance_end numeric,
    balance_end_real numeric,
    is_complete boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_bank_statement_pkey PRIMARY KEY (id)
);
CREATE INDEX account_bank_statement__date_index ON account_bank_statement USING btree (date);
CREATE INDEX account_bank_statement_first_line_index_idx ON account_bank_statement USING btree (journal_id, first_line_index);
CREATE INDEX account_bank_statement_journal_id_date_desc_id_desc_idx ON account_bank_statement USING btree (journal_id, date DESC, id DESC);

CREATE TABLE account_bank_statement_ir_attachment_rel (
    account_bank_statement_id integer NOT NULL,
    ir_attachment_id integer NOT NULL,
    CONSTRAINT account_bank_statement_ir_attachment_rel_pkey PRIMARY KEY (account_bank_statement_id, ir_attachment_id)
);
CREATE INDEX account_bank_statement_ir_att_ir_attachment_id_account_bank_idx ON account_bank_statement_ir_attachment_rel USING btree (ir_attachment_id, account_bank_statement_id);

CREATE TABLE account_bank_statement_line (
    id serial NOT NULL,
    move_id integer NOT NULL,
    journal_id integer NOT NULL,
    company_id integer NOT NULL,
    statement_id integer,
    sequence integer,
    partner_id integer,
    currency_id integer,
    foreign_currency_id integer,
    create_uid integer,
    write_uid integer,
    account_number varchar,
    partner_name varchar,
    transaction_type varchar,
    payment_ref varchar,
    internal_index varchar,
    transaction_details jsonb,
    amount numeric,
    amount_currency numeric,
    is_reconciled boolean,
    create_date timestamp,
    write_date timestamp,
    amount_residual double precision,
    CONSTRAINT account_bank_statement_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_bank_statement_line__move_id_index ON account_bank_statement_line USING btree (move_id);
CREATE INDEX account_bank_statement_line__partner_name_index ON account_bank_statement_line USING btree (partner_name) WHERE (partner_name IS NOT NULL);
CREATE INDEX account_bank_statement_line__statement_id_index ON account_bank_statement_line USING btree (statement_id);
CREATE INDEX account_bank_statement_line_main_idx ON account_bank_statement_line USING btree (journal_id, company_id, internal_index);
CREATE INDEX account_bank_statement_line_orphan_idx ON account_bank_statement_line USING btree (journal_id, company_id, internal_index) WHERE (statement_id IS NULL);
CREATE INDEX account_bank_statement_line_unreconciled_idx ON account_bank_statement_line USING btree (journal_id, company_id, internal_index) WHERE (is_reconciled IS NOT TRUE);

CREATE TABLE account_cash_rounding (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    strategy varchar NOT NULL,
    rounding_method varchar NOT NULL,
    name jsonb NOT NULL,
    profit_account_id jsonb,
    loss_account_id jsonb,
    create_date timestamp,
    write_date timestamp,
    rounding double precision NOT NULL,
    CONSTRAINT account_cash_rounding_pkey PRIMARY KEY (id)
);
CREATE INDEX account_cash_rounding__loss_account_id_index ON account_cash_rounding USING btree (((loss_account_id IS NOT NULL))) WHERE (loss_account_id IS NOT NULL);
CREATE INDEX account_cash_rounding__profit_account_id_index ON account_cash_rounding USING btree (((profit_account_id IS NOT NULL))) WHERE (profit_account_id IS NOT NULL);

CREATE TABLE account_financial_year_op (
    id serial NOT NULL,
    company_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_financial_year_op_pkey PRIMARY KEY (id)
);

CREATE TABLE account_fiscal_position (
    id serial NOT NULL,
    sequence integer,
    company_id integer NOT NULL,
    country_id integer,
    country_group_id integer,
    create_uid integer,
    write_uid integer,
    zip_from varchar,
    zip_to varchar,
    foreign_vat varchar,
    name jsonb NOT NULL,
    note jsonb,
    active boolean,
    auto_apply boolean,
    vat_required boolean,
    is_domestic boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_fiscal_position_pkey PRIMARY KEY (id)
);
CREATE INDEX account_fiscal_position__company_id_index ON account_fiscal_position USING btree (company_id);

CREATE TABLE account_fiscal_position_account (
    id serial NOT NULL,
    position_id integer NOT NULL,
    company_id integer,
    account_src_id integer NOT NULL,
    account_dest_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_fiscal_position_account_account_src_dest_uniq UNIQUE (position_id, account_src_id, account_dest_id),
    CONSTRAINT account_fiscal_position_account_pkey PRIMARY KEY (id)
);

CREATE TABLE account_fiscal_position_account_tax_rel (
    account_fiscal_position_id integer NOT NULL,
    account_tax_id integer NOT NULL,
    CONSTRAINT account_fiscal_position_account_tax_rel_pkey PRIMARY KEY (account_fiscal_position_id, account_tax_id)
);
CREATE INDEX account_fiscal_position_accou_account_tax_id_account_fiscal_idx ON account_fiscal_position_account_tax_rel USING btree (account_tax_id, account_fiscal_position_id);

CREATE TABLE account_fiscal_position_res_country_state_rel (
    account_fiscal_position_id integer NOT NULL,
    res_country_state_id integer NOT NULL,
    CONSTRAINT account_fiscal_position_res_country_state_rel_pkey PRIMARY KEY (account_fiscal_position_id, res_country_state_id)
);
CREATE INDEX account_fiscal_position_res_c_res_country_state_id_account__idx ON account_fiscal_position_res_country_state_rel USING btree (res_country_state_id, account_fiscal_position_id);

CREATE TABLE account_full_reconcile (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_full_reconcile_pkey PRIMARY KEY (id)
);

CREATE TABLE account_group (
    id serial NOT NULL,
    parent_id integer,
    company_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    code_prefix_start varchar,
    code_prefix_end varchar,
    name jsonb NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_group_check_length_prefix CHECK ((char_length((COALESCE(code_prefix_start, ''::varchar))::text) = char_length((COALESCE(code_prefix_end, ''::varchar))::text))),
    CONSTRAINT account_group_pkey PRIMARY KEY (id)
);
CREATE INDEX account_group__parent_id_index ON account_group USING btree (parent_id);

CREATE TABLE account_incoterms (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    code varchar(3) NOT NULL,
    name jsonb NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_incoterms_pkey PRIMARY KEY (id)
);

CREATE TABLE account_journal (
    id serial NOT NULL,
    alias_id integer,
    default_account_id integer,
    suspense_account_id integer,
    non_deductible_account_id integer,
    sequence integer,
    currency_id integer,
    company_id integer NOT NULL,
    invoice_template_pdf_report_id integer,
    profit_account_id integer,
    loss_account_id integer,
    bank_account_id integer,
    create_uid integer,
    write_uid integer,
    color integer,
    access_token varchar,
    code varchar(5) NOT NULL,
    type varchar NOT NULL,
    invoice_reference_type varchar NOT NULL,
    invoice_reference_model varchar NOT NULL,
    bank_statements_source varchar,
    incoming_einvoice_notification_email varchar,
    name jsonb NOT NULL,
    sequence_override_regex text,
    active boolean,
    is_self_billing boolean,
    restrict_mode_hash_table boolean,
    refund_sequence boolean,
    payment_sequence boolean,
    show_on_dashboard boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_journal_code_company_uniq UNIQUE (company_id, code),
    CONSTRAINT account_journal_pkey PRIMARY KEY (id)
);
CREATE INDEX account_journal__bank_account_id_index ON account_journal USING btree (bank_account_id) WHERE (bank_account_id IS NOT NULL);
CREATE INDEX account_journal__company_id_index ON account_journal USING btree (company_id);

CREATE TABLE account_journal_account_journal_group_rel (
    account_journal_group_id integer NOT NULL,
    account_journal_id integer NOT NULL,
    CONSTRAINT account_journal_account_journal_group_rel_pkey PRIMARY KEY (account_journal_group_id, account_journal_id)
);
CREATE INDEX account_journal_account_journ_account_journal_id_account_jo_idx ON account_journal_account_journal_group_rel USING btree (account_journal_id, account_journal_group_id);

CREATE TABLE account_journal_account_reconcile_model_rel (
    account_reconcile_model_id integer NOT NULL,
    account_journal_id integer NOT NULL,
    CONSTRAINT account_journal_account_reconcile_model_rel_pkey PRIMARY KEY (account_reconcile_model_id, account_journal_id)
);
CREATE INDEX account_journal_account_recon_account_journal_id_account_re_idx ON account_journal_account_reconcile_model_rel USING btree (account_journal_id, account_reconcile_model_id);

CREATE TABLE account_journal_group (
    id serial NOT NULL,
    company_id integer,
    sequence integer,
    create_uid integer,
    write_uid integer,
    name jsonb NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_journal_group_pkey PRIMARY KEY (id),
    CONSTRAINT account_journal_group_uniq_name UNIQUE (company_id, name)
);

CREATE TABLE account_lock_exception (
    id serial NOT NULL,
    company_id integer NOT NULL,
    user_id integer,
    create_uid integer,
    write_uid integer,
    reason varchar,
    lock_date_field varchar NOT NULL,
    lock_date date,
    company_lock_date date,
    active boolean,
    end_datetime timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_lock_exception_pkey PRIMARY KEY (id)
);
CREATE INDEX account_lock_exception_company_id_end_datetime_idx ON account_lock_exception USING btree (company_id, user_id, end_datetime) WHERE (active IS TRUE);

CREATE TABLE account_merge_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    is_group_by_name boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_merge_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_merge_wizard_line (
    id serial NOT NULL,
    wizard_id integer NOT NULL,
    sequence integer,
    account_id integer,
    create_uid integer,
    write_uid integer,
    grouping_key varchar,
    display_type varchar NOT NULL,
    is_selected boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_merge_wizard_line_pkey PRIMARY KEY (id)
);

CREATE TABLE account_move (
    id serial NOT NULL,
    sequence_number integer,
    message_main_attachment_id integer,
    journal_id integer NOT NULL,
    company_id integer,
    origin_payment_id integer,
    statement_line_id integer,
    tax_cash_basis_rec_id integer,
    tax_cash_basis_origin_move_id integer,
    auto_post_origin_id integer,
    secure_sequence_number integer,
    invoice_payment_term_id integer,
    partner_id integer,
    commercial_partner_id integer,
    partner_shipping_id integer,
    partner_bank_id integer,
    fiscal_position_id integer,
    preferred_payment_method_line_id integer,
    currency_id integer NOT NULL,
    reversed_entry_id integer,
    invoice_user_id integer,
    invoice_incoterm_id integer,
    invoice_cash_rounding_id integer,
    create_uid integer,
    write_uid integer,
    sequence_prefix varchar,
    access_token varchar,
    name varchar,
    ref varchar,
    state varchar NOT NULL,
    move_type varchar NOT NULL,
    auto_post varchar NOT NULL,
    inalterable_hash varchar,
    payment_reference varchar,
    qr_code_method varchar,
    payment_state varchar,
    invoice_source_email varchar,
    invoice_partner_display_name varchar,
    invoice_origin varchar,
    incoterm_location varchar,
    date date NOT NULL,
    auto_post_until date,
    invoice_date date,
    invoice_date_due date,
    delivery_date date,
    taxable_supply_date date,
    sending_data jsonb,
    narration text,
    invoice_currency_rate numeric,
    amount_untaxed numeric,
    amount_tax numeric,
    amount_total numeric,
    amount_residual numeric,
    amount_untaxed_signed numeric,
    amount_untaxed_in_currency_signed numeric,
    amount_tax_signed numeric,
    amount_total_signed numeric,
    amount_total_in_currency_signed numeric,
    amount_residual_signed numeric,
    quick_edit_total_amount numeric,
    always_tax_exigible boolean,
    checked boolean,
    posted_before boolean,
    made_sequence_gap boolean,
    is_manually_modified boolean,
    is_move_sent boolean,
    create_date timestamp,
    write_date timestamp,
    isp_subscription_id integer,
    isp_sector_id integer,
    isp_plan_id integer,
    CONSTRAINT account_move_pkey PRIMARY KEY (id)
);
CREATE INDEX account_move__auto_post_origin_id_index ON account_move USING btree (auto_post_origin_id) WHERE (auto_post_origin_id IS NOT NULL);
CREATE INDEX account_move__company_id_index ON account_move USING btree (company_id);
CREATE INDEX account_move__date_index ON account_move USING btree (date);
CREATE INDEX account_move__inalterable_hash_index ON account_move USING btree (inalterable_hash) WHERE (inalterable_hash IS NOT NULL);
CREATE INDEX account_move__invoice_date_due_index ON account_move USING btree (invoice_date_due);
CREATE INDEX account_move__invoice_date_index ON account_move USING btree (invoice_date);
CREATE INDEX account_move__message_main_attachment_id_index ON account_move USING btree (message_main_attachment_id) WHERE (message_main_attachment_id IS NOT NULL);
CREATE INDEX account_move__move_type_index ON account_move USING btree (move_type);
CREATE INDEX account_move__origin_payment_id_index ON account_move USING btree (origin_payment_id) WHERE (origin_payment_id IS NOT NULL);
CREATE INDEX account_move__partner_bank_id_index ON account_move USING btree (partner_bank_id) WHERE (partner_bank_id IS NOT NULL);
CREATE INDEX account_move__partner_id_index ON account_move USING btree (partner_id);
CREATE INDEX account_move__reversed_entry_id_index ON account_move USING btree (reversed_entry_id) WHERE (reversed_entry_id IS NOT NULL);
CREATE INDEX account_move__secure_sequence_number_index ON account_move USING btree (secure_sequence_number);
CREATE INDEX account_move__statement_line_id_index ON account_move USING btree (statement_line_id) WHERE (statement_line_id IS NOT NULL);
CREATE INDEX account_move__tax_cash_basis_origin_move_id_index ON account_move USING btree (tax_cash_basis_origin_move_id) WHERE (tax_cash_basis_origin_move_id IS NOT NULL);
CREATE INDEX account_move__tax_cash_basis_rec_id_index ON account_move USING btree (tax_cash_basis_rec_id) WHERE (tax_cash_basis_rec_id IS NOT NULL);
CREATE INDEX account_move_checked_idx ON account_move USING btree (journal_id) WHERE (checked IS NOT TRUE);
CREATE INDEX account_move_duplicate_bills_idx ON account_move USING btree (ref) WHERE (move_type IN ('in_invoice', 'in_refund'));
CREATE INDEX account_move_journal_id_company_id_idx ON account_move USING btree (journal_id, company_id, date);
CREATE INDEX account_move_made_gaps ON account_move USING btree (journal_id, state, payment_state, move_type, date) WHERE (made_sequence_gap IS TRUE);
CREATE INDEX account_move_payment_idx ON account_move USING btree (journal_id, state, payment_state, move_type, date);
CREATE INDEX account_move_sequence_index ON account_move USING btree (journal_id, sequence_prefix DESC, sequence_number DESC, name);
CREATE INDEX account_move_sequence_index2 ON account_move USING btree (journal_id, id DESC, sequence_prefix);
CREATE UNIQUE INDEX account_move_unique_name ON account_move USING btree (name, journal_id) WHERE (((state)::text = 'posted'::text) AND ((name)::text <> '/'::text));

CREATE TABLE account_move__account_payment (
    invoice_id integer NOT NULL,
    payment_id integer NOT NULL,
    CONSTRAINT account_move__account_payment_pkey PRIMARY KEY (invoice_id, payment_id)
);
CREATE INDEX account_move__account_payment_payment_id_invoice_id_idx ON account_move__account_payment USING btree (payment_id, invoice_id);

CREATE TABLE account_move_account_move_send_batch_wizard_rel (
    account_move_send_batch_wizard_id integer NOT NULL,
    account_move_id integer NOT NULL,
    CONSTRAINT account_move_account_move_send_batch_wizard_rel_pkey PRIMARY KEY (account_move_send_batch_wizard_id, account_move_id)
);
CREATE INDEX account_move_account_move_sen_account_move_id_account_move__idx ON account_move_account_move_send_batch_wizard_rel USING btree (account_move_id, account_move_send_batch_wizard_id);

CREATE TABLE account_move_account_resequence_wizard_rel (
    account_resequence_wizard_id integer NOT NULL,
    account_move_id integer NOT NULL,
    CONSTRAINT account_move_account_resequence_wizard_rel_pkey PRIMARY KEY (account_resequence_wizard_id, account_move_id)
);
CREATE INDEX account_move_account_resequen_account_move_id_account_reseq_idx ON account_move_account_resequence_wizard_rel USING btree (account_move_id, account_resequence_wizard_id);

CREATE TABLE account_move_line (
    id serial NOT NULL,
    move_id integer NOT NULL,
    journal_id integer,
    company_id integer,
    company_currency_id integer,
    sequence integer,
    account_id integer,
    currency_id integer NOT NULL,
    partner_id integer,
    reconcile_model_id integer,
    payment_id integer,
    statement_line_id integer,
    statement_id integer,
    group_tax_id integer,
    tax_line_id integer,
    tax_group_id integer,
    tax_repartition_line_id integer,
    full_reconcile_id integer,
    product_id integer,
    product_uom_id integer,
    create_uid integer,
    write_uid integer,
    move_name varchar,
    parent_state varchar,
    ref varchar,
    name varchar,
    matching_number varchar,
    display_type varchar NOT NULL,
    date date,
    invoice_date date,
    date_maturity date,
    discount_date date,
    analytic_distribution jsonb,
    extra_tax_data jsonb,
    debit numeric,
    credit numeric,
    balance numeric,
    amount_currency numeric,
    tax_base_amount numeric,
    amount_residual numeric,
    amount_residual_currency numeric,
    quantity numeric,
    price_unit numeric,
    price_subtotal numeric,
    price_total numeric,
    discount numeric,
    discount_amount_currency numeric,
    discount_balance numeric,
    is_storno boolean,
    is_imported boolean,
    reconciled boolean,
    collapse_composition boolean,
    collapse_prices boolean,
    no_followup boolean,
    create_date timestamp,
    write_date timestamp,
    deductible_amount double precision,
    CONSTRAINT account_move_line_check_accountable_required_fields CHECK (((display_type IN ('line_section', 'line_subsection', 'line_note')) OR (account_id IS NOT NULL))),
    CONSTRAINT account_move_line_check_amount_currency_balance_sign CHECK (((display_type IN ('line_section', 'line_subsection', 'line_note')) OR (((balance <= (0)::numeric) AND (amount_currency <= (0)::numeric)) OR ((balance >= (0)::numeric) AND (amount_currency >= (0)::numeric))))),
    CONSTRAINT account_move_line_check_credit_debit CHECK (((display_type IN ('line_section', 'line_subsection', 'line_note')) OR ((credit * debit) = (0)::numeric))),
    CONSTRAINT account_move_line_check_non_accountable_fields_null CHECK (((display_type NOT IN ('line_section', 'line_subsection', 'line_note')) OR ((amount_currency = (0)::numeric) AND (debit = (0)::numeric) AND (credit = (0)::numeric) AND (account_id IS NULL)))),
    CONSTRAINT account_move_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_move_line__company_id_index ON account_move_line USING btree (company_id);
CREATE INDEX account_move_line__date_maturity_index ON account_move_line USING btree (date_maturity);
CREATE INDEX account_move_line__full_reconcile_id_index ON account_move_line USING btree (full_reconcile_id) WHERE (full_reconcile_id IS NOT NULL);
CREATE INDEX account_move_line__group_tax_id_index ON account_move_line USING btree (group_tax_id) WHERE (group_tax_id IS NOT NULL);
CREATE INDEX account_move_line__journal_id_index ON account_move_line USING btree (journal_id);
CREATE INDEX account_move_line__matching_number_index ON account_move_line USING btree (matching_number);
CREATE INDEX account_move_line__move_id_index ON account_move_line USING btree (move_id);
CREATE INDEX account_move_line__move_name_index ON account_move_line USING btree (move_name);
CREATE INDEX account_move_line__payment_id_index ON account_move_line USING btree (payment_id) WHERE (payment_id IS NOT NULL);
CREATE INDEX account_move_line__product_id_index ON account_move_line USING btree (product_id);
CREATE INDEX account_move_line__statement_id_index ON account_move_line USING btree (statement_id) WHERE (statement_id IS NOT NULL);
CREATE INDEX account_move_line__statement_line_id_index ON account_move_line USING btree (statement_line_id) WHERE (statement_line_id IS NOT NULL);
CREATE INDEX account_move_line_account_id_date_idx ON account_move_line USING btree (account_id, date);
CREATE INDEX account_move_line_analytic_distribution_accounts_gin_index ON account_move_line USING gin (regexp_split_to_array((jsonb_path_query_array(analytic_distribution, '$.keyvalue()."key"'::jsonpath))::text, '\D+'::text));
CREATE INDEX account_move_line_date_name_id_idx ON account_move_line USING btree (date DESC, move_name DESC, id);
CREATE INDEX account_move_line_journal_id_neg_amnt_residual_idx ON account_move_line USING btree (journal_id) WHERE (amount_residual < (0)::numeric);
CREATE INDEX account_move_line_partner_id_ref_idx ON account_move_line USING btree (partner_id, ref);
CREATE INDEX account_move_line_unreconciled_index ON account_move_line USING btree (account_id, partner_id) WHERE (reconciled IS NOT TRUE);

CREATE TABLE account_move_line_account_tax_rel (
    account_move_line_id integer NOT NULL,
    account_tax_id integer NOT NULL,
    CONSTRAINT account_move_line_account_tax_rel_pkey PRIMARY KEY (account_move_line_id, account_tax_id)
);
CREATE INDEX account_move_line_account_tax_account_tax_id_account_move_l_idx ON account_move_line_account_tax_rel USING btree (account_tax_id, account_move_line_id);

CREATE TABLE account_move_reversal (
    id serial NOT NULL,
    journal_id integer NOT NULL,
    company_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    reason varchar,
    date date,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_move_reversal_pkey PRIMARY KEY (id)
);

CREATE TABLE account_move_reversal_move (
    reversal_id integer NOT NULL,
    move_id integer NOT NULL,
    CONSTRAINT account_move_reversal_move_pkey PRIMARY KEY (reversal_id, move_id)
);
CREATE INDEX account_move_reversal_move_move_id_reversal_id_idx ON account_move_reversal_move USING btree (move_id, reversal_id);

CREATE TABLE account_move_reversal_new_move (
    reversal_id integer NOT NULL,
    new_move_id integer NOT NULL,
    CONSTRAINT account_move_reversal_new_move_pkey PRIMARY KEY (reversal_id, new_move_id)
);
CREATE INDEX account_move_reversal_new_move_new_move_id_reversal_id_idx ON account_move_reversal_new_move USING btree (new_move_id, reversal_id);

CREATE TABLE account_move_send_batch_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_move_send_batch_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_move_send_wizard (
    id serial NOT NULL,
    template_id integer,
    move_id integer NOT NULL,
    pdf_report_id integer,
    create_uid integer,
    write_uid integer,
    lang varchar,
    subject varchar,
    model varchar,
    template_name varchar,
    sending_method_checkboxes jsonb,
    extra_edi_checkboxes jsonb,
    mail_attachments_widget jsonb,
    body text,
    res_ids text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_move_send_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_move_send_wizard_res_partner_rel (
    account_move_send_wizard_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT account_move_send_wizard_res_partner_rel_pkey PRIMARY KEY (account_move_send_wizard_id, res_partner_id)
);
CREATE INDEX account_move_send_wizard_res__res_partner_id_account_move_s_idx ON account_move_send_wizard_res_partner_rel USING btree (res_partner_id, account_move_send_wizard_id);

CREATE TABLE account_move_validate_account_move_rel (
    validate_account_move_id integer NOT NULL,
    account_move_id integer NOT NULL,
    CONSTRAINT account_move_validate_account_move_rel_pkey PRIMARY KEY (validate_account_move_id, account_move_id)
);
CREATE INDEX account_move_validate_account_account_move_id_validate_acco_idx ON account_move_validate_account_move_rel USING btree (account_move_id, validate_account_move_id);

CREATE TABLE account_partial_reconcile (
    id serial NOT NULL,
    debit_move_id integer NOT NULL,
    credit_move_id integer NOT NULL,
    full_reconcile_id integer,
    exchange_move_id integer,
    debit_currency_id integer,
    credit_currency_id integer,
    company_id integer,
    create_uid integer,
    write_uid integer,
    max_date date,
    draft_caba_move_vals jsonb,
    amount numeric,
    debit_amount_currency numeric,
    credit_amount_currency numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_partial_reconcile_pkey PRIMARY KEY (id)
);
CREATE INDEX account_partial_reconcile__credit_move_id_index ON account_partial_reconcile USING btree (credit_move_id);
CREATE INDEX account_partial_reconcile__debit_move_id_index ON account_partial_reconcile USING btree (debit_move_id);
CREATE INDEX account_partial_reconcile__exchange_move_id_index ON account_partial_reconcile USING btree (exchange_move_id) WHERE (exchange_move_id IS NOT NULL);
CREATE INDEX account_partial_reconcile__full_reconcile_id_index ON account_partial_reconcile USING btree (full_reconcile_id) WHERE (full_reconcile_id IS NOT NULL);

CREATE TABLE account_payment (
    id serial NOT NULL,
    message_main_attachment_id integer,
    move_id integer,
    journal_id integer NOT NULL,
    company_id integer NOT NULL,
    partner_bank_id integer,
    paired_internal_transfer_payment_id integer,
    payment_method_line_id integer,
    payment_method_id integer,
    currency_id integer,
    partner_id integer,
    outstanding_account_id integer,
    destination_account_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    state varchar NOT NULL,
    payment_type varchar NOT NULL,
    partner_type varchar NOT NULL,
    memo varchar,
    payment_reference varchar,
    date date NOT NULL,
    amount numeric,
    amount_company_currency_signed numeric,
    is_reconciled boolean,
    is_matched boolean,
    is_sent boolean,
    create_date timestamp,
    write_date timestamp,
    payment_transaction_id integer,
    payment_token_id integer,
    source_payment_id integer,
    CONSTRAINT account_payment_check_amount_not_negative CHECK ((amount >= 0.0)),
    CONSTRAINT account_payment_pkey PRIMARY KEY (id)
);
CREATE INDEX account_payment__message_main_attachment_id_index ON account_payment USING btree (message_main_attachment_id) WHERE (message_main_attachment_id IS NOT NULL);
CREATE INDEX account_payment__move_id_index ON account_payment USING btree (move_id);
CREATE INDEX account_payment__outstanding_account_id_index ON account_payment USING btree (outstanding_account_id) WHERE (outstanding_account_id IS NOT NULL);
CREATE INDEX account_payment__paired_internal_transfer_payment_id_index ON account_payment USING btree (paired_internal_transfer_payment_id) WHERE (paired_internal_transfer_payment_id IS NOT NULL);
CREATE INDEX account_payment__source_payment_id_index ON account_payment USING btree (source_payment_id) WHERE (source_payment_id IS NOT NULL);
CREATE INDEX account_payment_journal_id_company_id_idx ON account_payment USING btree (journal_id, company_id);
CREATE INDEX account_payment_unmatched_idx ON account_payment USING btree (journal_id, company_id) WHERE (is_matched IS NOT TRUE);

CREATE TABLE account_payment_account_bank_statement_line_rel (
    account_bank_statement_line_id integer NOT NULL,
    account_payment_id integer NOT NULL,
    CONSTRAINT account_payment_account_bank_statement_line_rel_pkey PRIMARY KEY (account_bank_statement_line_id, account_payment_id)
);
CREATE INDEX account_payment_account_bank__account_payment_id_account_ba_idx ON account_payment_account_bank_statement_line_rel USING btree (account_payment_id, account_bank_statement_line_id);

CREATE TABLE account_payment_method (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    code varchar NOT NULL,
    payment_type varchar NOT NULL,
    name jsonb NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_payment_method_name_code_unique UNIQUE (code, payment_type),
    CONSTRAINT account_payment_method_pkey PRIMARY KEY (id)
);

CREATE TABLE account_payment_method_line (
    id serial NOT NULL,
    sequence integer,
    payment_method_id integer NOT NULL,
    payment_account_id integer,
    journal_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    payment_provider_id integer,
    CONSTRAINT account_payment_method_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_payment_method_line__journal_id_index ON account_payment_method_line USING btree (journal_id) WHERE (journal_id IS NOT NULL);

CREATE TABLE account_payment_register (
    id serial NOT NULL,
    currency_id integer,
    journal_id integer,
    partner_bank_id integer,
    custom_user_currency_id integer,
    source_currency_id integer,
    company_id integer,
    partner_id integer,
    payment_method_line_id integer,
    writeoff_account_id integer,
    create_uid integer,
    write_uid integer,
    communication varchar,
    installments_mode varchar,
    payment_type varchar,
    partner_type varchar,
    payment_difference_handling varchar,
    writeoff_label varchar,
    payment_date date NOT NULL,
    amount numeric,
    custom_user_amount numeric,
    source_amount numeric,
    source_amount_currency numeric,
    group_payment boolean,
    can_edit_wizard boolean,
    can_group_payments boolean,
    create_date timestamp,
    write_date timestamp,
    payment_token_id integer,
    CONSTRAINT account_payment_register_pkey PRIMARY KEY (id)
);

CREATE TABLE account_payment_register_move_line_rel (
    wizard_id integer NOT NULL,
    line_id integer NOT NULL,
    CONSTRAINT account_payment_register_move_line_rel_pkey PRIMARY KEY (wizard_id, line_id)
);
CREATE INDEX account_payment_register_move_line_rel_line_id_wizard_id_idx ON account_payment_register_move_line_rel USING btree (line_id, wizard_id);

CREATE TABLE account_payment_term (
    id serial NOT NULL,
    company_id integer,
    sequence integer NOT NULL,
    discount_days integer,
    create_uid integer,
    write_uid integer,
    early_pay_discount_computation varchar,
    name jsonb NOT NULL,
    note jsonb,
    active boolean,
    display_on_invoice boolean,
    early_discount boolean,
    create_date timestamp,
    write_date timestamp,
    discount_percentage double precision,
    CONSTRAINT account_payment_term_pkey PRIMARY KEY (id)
);

CREATE TABLE account_payment_term_line (
    id serial NOT NULL,
    nb_days integer,
    payment_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    value varchar NOT NULL,
    delay_type varchar NOT NULL,
    days_next_month varchar(2),
    value_amount numeric,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_payment_term_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_payment_term_line__payment_id_index ON account_payment_term_line USING btree (payment_id);

CREATE TABLE account_reconcile_model (
    id serial NOT NULL,
    sequence integer NOT NULL,
    company_id integer NOT NULL,
    next_activity_type_id integer,
    mapped_partner_id integer,
    create_uid integer,
    write_uid integer,
    trigger varchar NOT NULL,
    match_amount varchar,
    match_label varchar,
    match_label_param varchar,
    name jsonb NOT NULL,
    active boolean,
    can_be_proposed boolean,
    create_date timestamp,
    write_date timestamp,
    match_amount_min double precision,
    match_amount_max double precision,
    CONSTRAINT account_reconcile_model_pkey PRIMARY KEY (id)
);

CREATE TABLE account_reconcile_model_line (
    id serial NOT NULL,
    model_id integer,
    company_id integer,
    sequence integer NOT NULL,
    account_id integer,
    partner_id integer,
    create_uid integer,
    write_uid integer,
    amount_type varchar NOT NULL,
    amount_string varchar NOT NULL,
    analytic_distribution jsonb,
    label jsonb,
    create_date timestamp,
    write_date timestamp,
    amount double precision,
    CONSTRAINT account_reconcile_model_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_reconcile_model_line__model_id_index ON account_reconcile_model_line USING btree (model_id) WHERE (model_id IS NOT NULL);
CREATE INDEX account_reconcile_model_line_analytic_distribution_accounts_gin ON account_reconcile_model_line USING gin (regexp_split_to_array((jsonb_path_query_array(analytic_distribution, '$.keyvalue()."key"'::jsonpath))::text, '\D+'::text));

CREATE TABLE account_reconcile_model_line_account_tax_rel (
    account_reconcile_model_line_id integer NOT NULL,
    account_tax_id integer NOT NULL,
    CONSTRAINT account_reconcile_model_line_account_tax_rel_pkey PRIMARY KEY (account_reconcile_model_line_id, account_tax_id)
);
CREATE INDEX account_reconcile_model_line__account_tax_id_account_reconc_idx ON account_reconcile_model_line_account_tax_rel USING btree (account_tax_id, account_reconcile_model_line_id);

CREATE TABLE account_reconcile_model_res_partner_rel (
    account_reconcile_model_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT account_reconcile_model_res_partner_rel_pkey PRIMARY KEY (account_reconcile_model_id, res_partner_id)
);
CREATE INDEX account_reconcile_model_res_p_res_partner_id_account_reconc_idx ON account_reconcile_model_res_partner_rel USING btree (res_partner_id, account_reconcile_model_id);

CREATE TABLE account_report (
    id serial NOT NULL,
    sequence integer,
    root_report_id integer,
    country_id integer,
    load_more_limit integer,
    prefix_groups_threshold integer,
    create_uid integer,
    write_uid integer,
    chart_template varchar,
    availability_condition varchar,
    integer_rounding varchar,
    default_opening_date_filter varchar,
    currency_translation varchar,
    filter_multi_company varchar,
    filter_hide_0_lines varchar,
    filter_hierarchy varchar,
    filter_account_type varchar,
    name jsonb NOT NULL,
    active boolean,
    use_sections boolean,
    only_tax_exigible boolean,
    search_bar boolean,
    allow_foreign_vat boolean,
    filter_date_range boolean,
    filter_show_draft boolean,
    filter_unreconciled boolean,
    filter_unfold_all boolean,
    filter_period_comparison boolean,
    filter_growth_comparison boolean,
    filter_journals boolean,
    filter_analytic boolean,
    filter_partner boolean,
    filter_aml_ir_filters boolean,
    filter_budgets boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_report_pkey PRIMARY KEY (id)
);
CREATE INDEX account_report__root_report_id_index ON account_report USING btree (root_report_id) WHERE (root_report_id IS NOT NULL);

CREATE TABLE account_report_column (
    id serial NOT NULL,
    sequence integer,
    report_id integer,
    custom_audit_action_id integer,
    create_uid integer,
    write_uid integer,
    expression_label varchar NOT NULL,
    figure_type varchar NOT NULL,
    name jsonb NOT NULL,
    sortable boolean,
    blank_if_zero boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_report_column_pkey PRIMARY KEY (id)
);
CREATE INDEX account_report_column__report_id_index ON account_report_column USING btree (report_id) WHERE (report_id IS NOT NULL);

CREATE TABLE account_report_expression (
    id serial NOT NULL,
    report_line_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    label varchar NOT NULL,
    engine varchar NOT NULL,
    formula varchar NOT NULL,
    subformula varchar,
    date_scope varchar NOT NULL,
    figure_type varchar,
    carryover_target varchar,
    green_on_positive boolean,
    blank_if_zero boolean,
    auditable boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_report_expression_domain_engine_subformula_required CHECK ((((engine)::text <> 'domain'::text) OR (subformula IS NOT NULL))),
    CONSTRAINT account_report_expression_line_label_uniq UNIQUE (report_line_id, label),
    CONSTRAINT account_report_expression_pkey PRIMARY KEY (id)
);
CREATE INDEX account_report_expression__report_line_id_index ON account_report_expression USING btree (report_line_id);

CREATE TABLE account_report_external_value (
    id serial NOT NULL,
    target_report_expression_id integer NOT NULL,
    company_id integer NOT NULL,
    carryover_origin_report_line_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    text_value varchar,
    carryover_origin_expression_label varchar,
    date date NOT NULL,
    create_date timestamp,
    write_date timestamp,
    value double precision,
    CONSTRAINT account_report_external_value_pkey PRIMARY KEY (id)
);

CREATE TABLE account_report_line (
    id serial NOT NULL,
    report_id integer NOT NULL,
    hierarchy_level integer NOT NULL,
    parent_id integer,
    sequence integer,
    action_id integer,
    create_uid integer,
    write_uid integer,
    groupby varchar,
    user_groupby varchar,
    code varchar,
    horizontal_split_side varchar,
    name jsonb NOT NULL,
    foldable boolean,
    print_on_new_page boolean,
    hide_if_zero boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_report_line_code_uniq UNIQUE (report_id, code),
    CONSTRAINT account_report_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_report_line__parent_id_index ON account_report_line USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX account_report_line__report_id_index ON account_report_line USING btree (report_id);

CREATE TABLE account_report_section_rel (
    main_report_id integer NOT NULL,
    sub_report_id integer NOT NULL,
    CONSTRAINT account_report_section_rel_pkey PRIMARY KEY (main_report_id, sub_report_id)
);
CREATE INDEX account_report_section_rel_sub_report_id_main_report_id_idx ON account_report_section_rel USING btree (sub_report_id, main_report_id);

CREATE TABLE account_resequence_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    first_name varchar NOT NULL,
    ordering varchar NOT NULL,
    first_date date,
    end_date date,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_resequence_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_secure_entries_wizard (
    id serial NOT NULL,
    company_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    hash_date date NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_secure_entries_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE account_setup_bank_manual_config (
    id serial NOT NULL,
    res_partner_bank_id integer NOT NULL,
    num_journals_without_account_bank integer,
    num_journals_without_account_credit integer,
    create_uid integer,
    write_uid integer,
    new_journal_name varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_setup_bank_manual_config_pkey PRIMARY KEY (id)
);

CREATE TABLE account_tax (
    id serial NOT NULL,
    company_id integer NOT NULL,
    sequence integer NOT NULL,
    tax_group_id integer NOT NULL,
    cash_basis_transition_account_id integer,
    country_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    type_tax_use varchar NOT NULL,
    tax_scope varchar,
    amount_type varchar NOT NULL,
    price_include_override varchar,
    tax_exigibility varchar,
    name jsonb NOT NULL,
    description jsonb,
    invoice_label jsonb,
    invoice_legal_notes jsonb,
    amount numeric NOT NULL,
    is_domestic boolean,
    active boolean,
    include_base_amount boolean,
    is_base_affected boolean,
    analytic boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_tax_pkey PRIMARY KEY (id)
);

CREATE TABLE account_tax_alternatives (
    dest_tax_id integer NOT NULL,
    src_tax_id integer NOT NULL,
    CONSTRAINT account_tax_alternatives_pkey PRIMARY KEY (dest_tax_id, src_tax_id)
);
CREATE INDEX account_tax_alternatives_src_tax_id_dest_tax_id_idx ON account_tax_alternatives USING btree (src_tax_id, dest_tax_id);

CREATE TABLE account_tax_filiation_rel (
    parent_tax integer NOT NULL,
    child_tax integer NOT NULL,
    CONSTRAINT account_tax_filiation_rel_pkey PRIMARY KEY (parent_tax, child_tax)
);
CREATE INDEX account_tax_filiation_rel_child_tax_parent_tax_idx ON account_tax_filiation_rel USING btree (child_tax, parent_tax);

CREATE TABLE account_tax_group (
    id serial NOT NULL,
    sequence integer,
    company_id integer NOT NULL,
    tax_payable_account_id integer,
    tax_receivable_account_id integer,
    advance_tax_payment_account_id integer,
    country_id integer,
    create_uid integer,
    write_uid integer,
    pos_receipt_label varchar,
    name jsonb NOT NULL,
    preceding_subtotal jsonb,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_tax_group_pkey PRIMARY KEY (id)
);

CREATE TABLE account_tax_repartition_line (
    id serial NOT NULL,
    account_id integer,
    tax_id integer,
    company_id integer,
    sequence integer,
    create_uid integer,
    write_uid integer,
    repartition_type varchar NOT NULL,
    document_type varchar NOT NULL,
    factor_percent numeric NOT NULL,
    use_in_tax_closing boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT account_tax_repartition_line_pkey PRIMARY KEY (id)
);
CREATE INDEX account_tax_repartition_line__tax_id_index ON account_tax_repartition_line USING btree (tax_id) WHERE (tax_id IS NOT NULL);

CREATE TABLE adjusting_entries__account_move (
    move_id integer NOT NULL,
    adjusting_entry_move_id integer NOT NULL,
    CONSTRAINT adjusting_entries__account_move_pkey PRIMARY KEY (move_id, adjusting_entry_move_id)
);
CREATE INDEX adjusting_entries__account_mo_adjusting_entry_move_id_move__idx ON adjusting_entries__account_move USING btree (adjusting_entry_move_id, move_id);

CREATE TABLE product_supplier_taxes_rel (
    prod_id integer NOT NULL,
    tax_id integer NOT NULL,
    CONSTRAINT product_supplier_taxes_rel_pkey PRIMARY KEY (prod_id, tax_id)
);
CREATE INDEX product_supplier_taxes_rel_tax_id_prod_id_idx ON product_supplier_taxes_rel USING btree (tax_id, prod_id);

CREATE TABLE product_taxes_rel (
    prod_id integer NOT NULL,
    tax_id integer NOT NULL,
    CONSTRAINT product_taxes_rel_pkey PRIMARY KEY (prod_id, tax_id)
);
CREATE INDEX product_taxes_rel_tax_id_prod_id_idx ON product_taxes_rel USING btree (tax_id, prod_id);

CREATE TABLE res_country_group_res_country_state_rel (
    res_country_group_id integer NOT NULL,
    res_country_state_id integer NOT NULL,
    CONSTRAINT res_country_group_res_country_state_rel_pkey PRIMARY KEY (res_country_group_id, res_country_state_id)
);
CREATE INDEX res_country_group_res_country_res_country_state_id_res_coun_idx ON res_country_group_res_country_state_rel USING btree (res_country_state_id, res_country_group_id);

CREATE TABLE validate_account_move (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    force_post boolean,
    force_hash boolean,
    ignore_abnormal_date boolean,
    ignore_abnormal_amount boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT validate_account_move_pkey PRIMARY KEY (id)
);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE account_account ADD CONSTRAINT account_account_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_account ADD CONSTRAINT account_account_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_account ADD CONSTRAINT account_account_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_account_account_merge_wizard_rel ADD CONSTRAINT account_account_account_merge_wiza_account_merge_wizard_id_fkey FOREIGN KEY (account_merge_wizard_id) REFERENCES account_merge_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_account_account_merge_wizard_rel ADD CONSTRAINT account_account_account_merge_wizard_re_account_account_id_fkey FOREIGN KEY (account_account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_account_account_tag ADD CONSTRAINT account_account_account_tag_account_account_id_fkey FOREIGN KEY (account_account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_account_account_tag ADD CONSTRAINT account_account_account_tag_account_account_tag_id_fkey FOREIGN KEY (account_account_tag_id) REFERENCES account_account_tag(id) ON DELETE RESTRICT;
ALTER TABLE account_account_res_company_rel ADD CONSTRAINT account_account_res_company_rel_account_account_id_fkey FOREIGN KEY (account_account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_account_res_company_rel ADD CONSTRAINT account_account_res_company_rel_res_company_id_fkey FOREIGN KEY (res_company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_account_tag ADD CONSTRAINT account_account_tag_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE account_account_tag ADD CONSTRAINT account_account_tag_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_account_tag ADD CONSTRAINT account_account_tag_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_account_tag_account_move_line_rel ADD CONSTRAINT account_account_tag_account_move_li_account_account_tag_id_fkey FOREIGN KEY (account_account_tag_id) REFERENCES account_account_tag(id) ON DELETE RESTRICT;
ALTER TABLE account_account_tag_account_move_line_rel ADD CONSTRAINT account_account_tag_account_move_line_account_move_line_id_fkey FOREIGN KEY (account_move_line_id) REFERENCES account_move_line(id) ON DELETE CASCADE;
ALTER TABLE account_account_tag_account_tax_repartition_line_rel ADD CONSTRAINT account_account_tag_account_t_account_tax_repartition_line_fkey FOREIGN KEY (account_tax_repartition_line_id) REFERENCES account_tax_repartition_line(id) ON DELETE CASCADE;
ALTER TABLE account_account_tag_account_tax_repartition_line_rel ADD CONSTRAINT account_account_tag_account_tax_rep_account_account_tag_id_fkey FOREIGN KEY (account_account_tag_id) REFERENCES account_account_tag(id) ON DELETE RESTRICT;
ALTER TABLE account_account_tag_product_template_rel ADD CONSTRAINT account_account_tag_product_templat_account_account_tag_id_fkey FOREIGN KEY (account_account_tag_id) REFERENCES account_account_tag(id) ON DELETE CASCADE;
ALTER TABLE account_account_tag_product_template_rel ADD CONSTRAINT account_account_tag_product_template_r_product_template_id_fkey FOREIGN KEY (product_template_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE account_account_tax_default_rel ADD CONSTRAINT account_account_tax_default_rel_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_account_tax_default_rel ADD CONSTRAINT account_account_tax_default_rel_tax_id_fkey FOREIGN KEY (tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE CASCADE;
ALTER TABLE account_accrued_orders_wizard ADD CONSTRAINT account_accrued_orders_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_general_account_id_fkey FOREIGN KEY (general_account_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_analytic_line ADD CONSTRAINT account_analytic_line_move_line_id_fkey FOREIGN KEY (move_line_id) REFERENCES account_move_line(id) ON DELETE CASCADE;
ALTER TABLE account_automatic_entry_wizard ADD CONSTRAINT account_automatic_entry_wizard_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_automatic_entry_wizard ADD CONSTRAINT account_automatic_entry_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_automatic_entry_wizard ADD CONSTRAINT account_automatic_entry_wizard_destination_account_id_fkey FOREIGN KEY (destination_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_automatic_entry_wizard ADD CONSTRAINT account_automatic_entry_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_automatic_entry_wizard_account_move_line_rel ADD CONSTRAINT account_automatic_entry_wizar_account_automatic_entry_wiza_fkey FOREIGN KEY (account_automatic_entry_wizard_id) REFERENCES account_automatic_entry_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_automatic_entry_wizard_account_move_line_rel ADD CONSTRAINT account_automatic_entry_wizard_accoun_account_move_line_id_fkey FOREIGN KEY (account_move_line_id) REFERENCES account_move_line(id) ON DELETE CASCADE;
ALTER TABLE account_autopost_bills_wizard ADD CONSTRAINT account_autopost_bills_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_autopost_bills_wizard ADD CONSTRAINT account_autopost_bills_wizard_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_autopost_bills_wizard ADD CONSTRAINT account_autopost_bills_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement ADD CONSTRAINT account_bank_statement_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement ADD CONSTRAINT account_bank_statement_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement ADD CONSTRAINT account_bank_statement_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement ADD CONSTRAINT account_bank_statement_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement ADD CONSTRAINT account_bank_statement_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_ir_attachment_rel ADD CONSTRAINT account_bank_statement_ir_attach_account_bank_statement_id_fkey FOREIGN KEY (account_bank_statement_id) REFERENCES account_bank_statement(id) ON DELETE CASCADE;
ALTER TABLE account_bank_statement_ir_attachment_rel ADD CONSTRAINT account_bank_statement_ir_attachment_rel_ir_attachment_id_fkey FOREIGN KEY (ir_attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_foreign_currency_id_fkey FOREIGN KEY (foreign_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES account_bank_statement(id) ON DELETE SET NULL;
ALTER TABLE account_bank_statement_line ADD CONSTRAINT account_bank_statement_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_cash_rounding ADD CONSTRAINT account_cash_rounding_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_cash_rounding ADD CONSTRAINT account_cash_rounding_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_financial_year_op ADD CONSTRAINT account_financial_year_op_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_financial_year_op ADD CONSTRAINT account_financial_year_op_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_financial_year_op ADD CONSTRAINT account_financial_year_op_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position ADD CONSTRAINT account_fiscal_position_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_fiscal_position ADD CONSTRAINT account_fiscal_position_country_group_id_fkey FOREIGN KEY (country_group_id) REFERENCES res_country_group(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position ADD CONSTRAINT account_fiscal_position_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position ADD CONSTRAINT account_fiscal_position_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position ADD CONSTRAINT account_fiscal_position_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_account_dest_id_fkey FOREIGN KEY (account_dest_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_account_src_id_fkey FOREIGN KEY (account_src_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_position_id_fkey FOREIGN KEY (position_id) REFERENCES account_fiscal_position(id) ON DELETE CASCADE;
ALTER TABLE account_fiscal_position_account ADD CONSTRAINT account_fiscal_position_account_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_fiscal_position_account_tax_rel ADD CONSTRAINT account_fiscal_position_account_account_fiscal_position_id_fkey FOREIGN KEY (account_fiscal_position_id) REFERENCES account_fiscal_position(id) ON DELETE CASCADE;
ALTER TABLE account_fiscal_position_account_tax_rel ADD CONSTRAINT account_fiscal_position_account_tax_rel_account_tax_id_fkey FOREIGN KEY (account_tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_fiscal_position_res_country_state_rel ADD CONSTRAINT account_fiscal_position_res_cou_account_fiscal_position_id_fkey FOREIGN KEY (account_fiscal_position_id) REFERENCES account_fiscal_position(id) ON DELETE CASCADE;
ALTER TABLE account_fiscal_position_res_country_state_rel ADD CONSTRAINT account_fiscal_position_res_country_s_res_country_state_id_fkey FOREIGN KEY (res_country_state_id) REFERENCES res_country_state(id) ON DELETE CASCADE;
ALTER TABLE account_full_reconcile ADD CONSTRAINT account_full_reconcile_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_full_reconcile ADD CONSTRAINT account_full_reconcile_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_group ADD CONSTRAINT account_group_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_group ADD CONSTRAINT account_group_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_group ADD CONSTRAINT account_group_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES account_group(id) ON DELETE CASCADE;
ALTER TABLE account_group ADD CONSTRAINT account_group_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_incoterms ADD CONSTRAINT account_incoterms_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_incoterms ADD CONSTRAINT account_incoterms_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_alias_id_fkey FOREIGN KEY (alias_id) REFERENCES mail_alias(id) ON DELETE RESTRICT;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES res_partner_bank(id) ON DELETE RESTRICT;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_default_account_id_fkey FOREIGN KEY (default_account_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_invoice_template_pdf_report_id_fkey FOREIGN KEY (invoice_template_pdf_report_id) REFERENCES ir_act_report_xml(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_loss_account_id_fkey FOREIGN KEY (loss_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_non_deductible_account_id_fkey FOREIGN KEY (non_deductible_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_profit_account_id_fkey FOREIGN KEY (profit_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_suspense_account_id_fkey FOREIGN KEY (suspense_account_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_journal ADD CONSTRAINT account_journal_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_journal_account_journal_group_rel ADD CONSTRAINT account_journal_account_journal_g_account_journal_group_id_fkey FOREIGN KEY (account_journal_group_id) REFERENCES account_journal_group(id) ON DELETE CASCADE;
ALTER TABLE account_journal_account_journal_group_rel ADD CONSTRAINT account_journal_account_journal_group_r_account_journal_id_fkey FOREIGN KEY (account_journal_id) REFERENCES account_journal(id) ON DELETE CASCADE;
ALTER TABLE account_journal_account_reconcile_model_rel ADD CONSTRAINT account_journal_account_reconci_account_reconcile_model_id_fkey FOREIGN KEY (account_reconcile_model_id) REFERENCES account_reconcile_model(id) ON DELETE CASCADE;
ALTER TABLE account_journal_account_reconcile_model_rel ADD CONSTRAINT account_journal_account_reconcile_model_account_journal_id_fkey FOREIGN KEY (account_journal_id) REFERENCES account_journal(id) ON DELETE CASCADE;
ALTER TABLE account_journal_group ADD CONSTRAINT account_journal_group_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_journal_group ADD CONSTRAINT account_journal_group_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_journal_group ADD CONSTRAINT account_journal_group_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_lock_exception ADD CONSTRAINT account_lock_exception_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_lock_exception ADD CONSTRAINT account_lock_exception_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_lock_exception ADD CONSTRAINT account_lock_exception_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_lock_exception ADD CONSTRAINT account_lock_exception_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_merge_wizard ADD CONSTRAINT account_merge_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_merge_wizard ADD CONSTRAINT account_merge_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_merge_wizard_line ADD CONSTRAINT account_merge_wizard_line_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_merge_wizard_line ADD CONSTRAINT account_merge_wizard_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_merge_wizard_line ADD CONSTRAINT account_merge_wizard_line_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES account_merge_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_merge_wizard_line ADD CONSTRAINT account_merge_wizard_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_auto_post_origin_id_fkey FOREIGN KEY (auto_post_origin_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_commercial_partner_id_fkey FOREIGN KEY (commercial_partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_fiscal_position_id_fkey FOREIGN KEY (fiscal_position_id) REFERENCES account_fiscal_position(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_invoice_cash_rounding_id_fkey FOREIGN KEY (invoice_cash_rounding_id) REFERENCES account_cash_rounding(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_invoice_incoterm_id_fkey FOREIGN KEY (invoice_incoterm_id) REFERENCES account_incoterms(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_invoice_payment_term_id_fkey FOREIGN KEY (invoice_payment_term_id) REFERENCES account_payment_term(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_invoice_user_id_fkey FOREIGN KEY (invoice_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_message_main_attachment_id_fkey FOREIGN KEY (message_main_attachment_id) REFERENCES ir_attachment(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_origin_payment_id_fkey FOREIGN KEY (origin_payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_partner_bank_id_fkey FOREIGN KEY (partner_bank_id) REFERENCES res_partner_bank(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_move ADD CONSTRAINT account_move_partner_shipping_id_fkey FOREIGN KEY (partner_shipping_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_preferred_payment_method_line_id_fkey FOREIGN KEY (preferred_payment_method_line_id) REFERENCES account_payment_method_line(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_reversed_entry_id_fkey FOREIGN KEY (reversed_entry_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_statement_line_id_fkey FOREIGN KEY (statement_line_id) REFERENCES account_bank_statement_line(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_tax_cash_basis_origin_move_id_fkey FOREIGN KEY (tax_cash_basis_origin_move_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_tax_cash_basis_rec_id_fkey FOREIGN KEY (tax_cash_basis_rec_id) REFERENCES account_partial_reconcile(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move__account_payment ADD CONSTRAINT account_move__account_payment_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move__account_payment ADD CONSTRAINT account_move__account_payment_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES account_payment(id) ON DELETE CASCADE;
ALTER TABLE account_move_account_move_send_batch_wizard_rel ADD CONSTRAINT account_move_account_move_sen_account_move_send_batch_wiza_fkey FOREIGN KEY (account_move_send_batch_wizard_id) REFERENCES account_move_send_batch_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_move_account_move_send_batch_wizard_rel ADD CONSTRAINT account_move_account_move_send_batch_wizar_account_move_id_fkey FOREIGN KEY (account_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_account_resequence_wizard_rel ADD CONSTRAINT account_move_account_resequen_account_resequence_wizard_id_fkey FOREIGN KEY (account_resequence_wizard_id) REFERENCES account_resequence_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_move_account_resequence_wizard_rel ADD CONSTRAINT account_move_account_resequence_wizard_rel_account_move_id_fkey FOREIGN KEY (account_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_company_currency_id_fkey FOREIGN KEY (company_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_full_reconcile_id_fkey FOREIGN KEY (full_reconcile_id) REFERENCES account_full_reconcile(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_group_tax_id_fkey FOREIGN KEY (group_tax_id) REFERENCES account_tax(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_product_id_fkey FOREIGN KEY (product_id) REFERENCES product_product(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_product_uom_id_fkey FOREIGN KEY (product_uom_id) REFERENCES uom_uom(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_reconcile_model_id_fkey FOREIGN KEY (reconcile_model_id) REFERENCES account_reconcile_model(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES account_bank_statement(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_statement_line_id_fkey FOREIGN KEY (statement_line_id) REFERENCES account_bank_statement_line(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_tax_group_id_fkey FOREIGN KEY (tax_group_id) REFERENCES account_tax_group(id) ON DELETE SET NULL;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_tax_line_id_fkey FOREIGN KEY (tax_line_id) REFERENCES account_tax(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_tax_repartition_line_id_fkey FOREIGN KEY (tax_repartition_line_id) REFERENCES account_tax_repartition_line(id) ON DELETE RESTRICT;
ALTER TABLE account_move_line ADD CONSTRAINT account_move_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_line_account_tax_rel ADD CONSTRAINT account_move_line_account_tax_rel_account_move_line_id_fkey FOREIGN KEY (account_move_line_id) REFERENCES account_move_line(id) ON DELETE CASCADE;
ALTER TABLE account_move_line_account_tax_rel ADD CONSTRAINT account_move_line_account_tax_rel_account_tax_id_fkey FOREIGN KEY (account_tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal ADD CONSTRAINT account_move_reversal_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal ADD CONSTRAINT account_move_reversal_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_reversal ADD CONSTRAINT account_move_reversal_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal ADD CONSTRAINT account_move_reversal_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_reversal_move ADD CONSTRAINT account_move_reversal_move_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal_move ADD CONSTRAINT account_move_reversal_move_reversal_id_fkey FOREIGN KEY (reversal_id) REFERENCES account_move_reversal(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal_new_move ADD CONSTRAINT account_move_reversal_new_move_new_move_id_fkey FOREIGN KEY (new_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_reversal_new_move ADD CONSTRAINT account_move_reversal_new_move_reversal_id_fkey FOREIGN KEY (reversal_id) REFERENCES account_move_reversal(id) ON DELETE CASCADE;
ALTER TABLE account_move_send_batch_wizard ADD CONSTRAINT account_move_send_batch_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_batch_wizard ADD CONSTRAINT account_move_send_batch_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_wizard ADD CONSTRAINT account_move_send_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_wizard ADD CONSTRAINT account_move_send_wizard_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_send_wizard ADD CONSTRAINT account_move_send_wizard_pdf_report_id_fkey FOREIGN KEY (pdf_report_id) REFERENCES ir_act_report_xml(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_wizard ADD CONSTRAINT account_move_send_wizard_template_id_fkey FOREIGN KEY (template_id) REFERENCES mail_template(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_wizard ADD CONSTRAINT account_move_send_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_move_send_wizard_res_partner_rel ADD CONSTRAINT account_move_send_wizard_res_p_account_move_send_wizard_id_fkey FOREIGN KEY (account_move_send_wizard_id) REFERENCES account_move_send_wizard(id) ON DELETE CASCADE;
ALTER TABLE account_move_send_wizard_res_partner_rel ADD CONSTRAINT account_move_send_wizard_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE account_move_validate_account_move_rel ADD CONSTRAINT account_move_validate_account_mov_validate_account_move_id_fkey FOREIGN KEY (validate_account_move_id) REFERENCES validate_account_move(id) ON DELETE CASCADE;
ALTER TABLE account_move_validate_account_move_rel ADD CONSTRAINT account_move_validate_account_move_rel_account_move_id_fkey FOREIGN KEY (account_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_credit_currency_id_fkey FOREIGN KEY (credit_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_credit_move_id_fkey FOREIGN KEY (credit_move_id) REFERENCES account_move_line(id) ON DELETE RESTRICT;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_debit_currency_id_fkey FOREIGN KEY (debit_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_debit_move_id_fkey FOREIGN KEY (debit_move_id) REFERENCES account_move_line(id) ON DELETE RESTRICT;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_exchange_move_id_fkey FOREIGN KEY (exchange_move_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_full_reconcile_id_fkey FOREIGN KEY (full_reconcile_id) REFERENCES account_full_reconcile(id) ON DELETE SET NULL;
ALTER TABLE account_partial_reconcile ADD CONSTRAINT account_partial_reconcile_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_destination_account_id_fkey FOREIGN KEY (destination_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE RESTRICT;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_message_main_attachment_id_fkey FOREIGN KEY (message_main_attachment_id) REFERENCES ir_attachment(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_outstanding_account_id_fkey FOREIGN KEY (outstanding_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_paired_internal_transfer_payment_id_fkey FOREIGN KEY (paired_internal_transfer_payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_partner_bank_id_fkey FOREIGN KEY (partner_bank_id) REFERENCES res_partner_bank(id) ON DELETE RESTRICT;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES account_payment_method(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_payment_method_line_id_fkey FOREIGN KEY (payment_method_line_id) REFERENCES account_payment_method_line(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_source_payment_id_fkey FOREIGN KEY (source_payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE account_payment ADD CONSTRAINT account_payment_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_account_bank_statement_line_rel ADD CONSTRAINT account_payment_account_bank__account_bank_statement_line__fkey FOREIGN KEY (account_bank_statement_line_id) REFERENCES account_bank_statement_line(id) ON DELETE CASCADE;
ALTER TABLE account_payment_account_bank_statement_line_rel ADD CONSTRAINT account_payment_account_bank_statement__account_payment_id_fkey FOREIGN KEY (account_payment_id) REFERENCES account_payment(id) ON DELETE CASCADE;
ALTER TABLE account_payment_method ADD CONSTRAINT account_payment_method_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_method ADD CONSTRAINT account_payment_method_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_payment_account_id_fkey FOREIGN KEY (payment_account_id) REFERENCES account_account(id) ON DELETE RESTRICT;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_payment_method_id_fkey FOREIGN KEY (payment_method_id) REFERENCES account_payment_method(id) ON DELETE RESTRICT;
ALTER TABLE account_payment_method_line ADD CONSTRAINT account_payment_method_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_custom_user_currency_id_fkey FOREIGN KEY (custom_user_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_partner_bank_id_fkey FOREIGN KEY (partner_bank_id) REFERENCES res_partner_bank(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_payment_method_line_id_fkey FOREIGN KEY (payment_method_line_id) REFERENCES account_payment_method_line(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_source_currency_id_fkey FOREIGN KEY (source_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register ADD CONSTRAINT account_payment_register_writeoff_account_id_fkey FOREIGN KEY (writeoff_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_payment_register_move_line_rel ADD CONSTRAINT account_payment_register_move_line_rel_line_id_fkey FOREIGN KEY (line_id) REFERENCES account_move_line(id) ON DELETE CASCADE;
ALTER TABLE account_payment_register_move_line_rel ADD CONSTRAINT account_payment_register_move_line_rel_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES account_payment_register(id) ON DELETE CASCADE;
ALTER TABLE account_payment_term ADD CONSTRAINT account_payment_term_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_payment_term ADD CONSTRAINT account_payment_term_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_term ADD CONSTRAINT account_payment_term_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_term_line ADD CONSTRAINT account_payment_term_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_payment_term_line ADD CONSTRAINT account_payment_term_line_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES account_payment_term(id) ON DELETE CASCADE;
ALTER TABLE account_payment_term_line ADD CONSTRAINT account_payment_term_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model ADD CONSTRAINT account_reconcile_model_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_reconcile_model ADD CONSTRAINT account_reconcile_model_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model ADD CONSTRAINT account_reconcile_model_mapped_partner_id_fkey FOREIGN KEY (mapped_partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model ADD CONSTRAINT account_reconcile_model_next_activity_type_id_fkey FOREIGN KEY (next_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model ADD CONSTRAINT account_reconcile_model_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE CASCADE;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_model_id_fkey FOREIGN KEY (model_id) REFERENCES account_reconcile_model(id) ON DELETE CASCADE;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model_line ADD CONSTRAINT account_reconcile_model_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_reconcile_model_line_account_tax_rel ADD CONSTRAINT account_reconcile_model_line__account_reconcile_model_line_fkey FOREIGN KEY (account_reconcile_model_line_id) REFERENCES account_reconcile_model_line(id) ON DELETE CASCADE;
ALTER TABLE account_reconcile_model_line_account_tax_rel ADD CONSTRAINT account_reconcile_model_line_account_tax_re_account_tax_id_fkey FOREIGN KEY (account_tax_id) REFERENCES account_tax(id) ON DELETE RESTRICT;
ALTER TABLE account_reconcile_model_res_partner_rel ADD CONSTRAINT account_reconcile_model_res_par_account_reconcile_model_id_fkey FOREIGN KEY (account_reconcile_model_id) REFERENCES account_reconcile_model(id) ON DELETE CASCADE;
ALTER TABLE account_reconcile_model_res_partner_rel ADD CONSTRAINT account_reconcile_model_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE account_report ADD CONSTRAINT account_report_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE account_report ADD CONSTRAINT account_report_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report ADD CONSTRAINT account_report_root_report_id_fkey FOREIGN KEY (root_report_id) REFERENCES account_report(id) ON DELETE SET NULL;
ALTER TABLE account_report ADD CONSTRAINT account_report_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_column ADD CONSTRAINT account_report_column_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_column ADD CONSTRAINT account_report_column_custom_audit_action_id_fkey FOREIGN KEY (custom_audit_action_id) REFERENCES ir_act_window(id) ON DELETE SET NULL;
ALTER TABLE account_report_column ADD CONSTRAINT account_report_column_report_id_fkey FOREIGN KEY (report_id) REFERENCES account_report(id) ON DELETE SET NULL;
ALTER TABLE account_report_column ADD CONSTRAINT account_report_column_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_expression ADD CONSTRAINT account_report_expression_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_expression ADD CONSTRAINT account_report_expression_report_line_id_fkey FOREIGN KEY (report_line_id) REFERENCES account_report_line(id) ON DELETE CASCADE;
ALTER TABLE account_report_expression ADD CONSTRAINT account_report_expression_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_external_value ADD CONSTRAINT account_report_external_value_carryover_origin_report_line_fkey FOREIGN KEY (carryover_origin_report_line_id) REFERENCES account_report_line(id) ON DELETE SET NULL;
ALTER TABLE account_report_external_value ADD CONSTRAINT account_report_external_value_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_report_external_value ADD CONSTRAINT account_report_external_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_external_value ADD CONSTRAINT account_report_external_value_target_report_expression_id_fkey FOREIGN KEY (target_report_expression_id) REFERENCES account_report_expression(id) ON DELETE CASCADE;
ALTER TABLE account_report_external_value ADD CONSTRAINT account_report_external_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_line ADD CONSTRAINT account_report_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_line ADD CONSTRAINT account_report_line_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES account_report_line(id) ON DELETE SET NULL;
ALTER TABLE account_report_line ADD CONSTRAINT account_report_line_report_id_fkey FOREIGN KEY (report_id) REFERENCES account_report(id) ON DELETE CASCADE;
ALTER TABLE account_report_line ADD CONSTRAINT account_report_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_report_section_rel ADD CONSTRAINT account_report_section_rel_main_report_id_fkey FOREIGN KEY (main_report_id) REFERENCES account_report(id) ON DELETE CASCADE;
ALTER TABLE account_report_section_rel ADD CONSTRAINT account_report_section_rel_sub_report_id_fkey FOREIGN KEY (sub_report_id) REFERENCES account_report(id) ON DELETE CASCADE;
ALTER TABLE account_resequence_wizard ADD CONSTRAINT account_resequence_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_resequence_wizard ADD CONSTRAINT account_resequence_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_secure_entries_wizard ADD CONSTRAINT account_secure_entries_wizard_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE CASCADE;
ALTER TABLE account_secure_entries_wizard ADD CONSTRAINT account_secure_entries_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_secure_entries_wizard ADD CONSTRAINT account_secure_entries_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_setup_bank_manual_config ADD CONSTRAINT account_setup_bank_manual_config_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_setup_bank_manual_config ADD CONSTRAINT account_setup_bank_manual_config_res_partner_bank_id_fkey FOREIGN KEY (res_partner_bank_id) REFERENCES res_partner_bank(id) ON DELETE CASCADE;
ALTER TABLE account_setup_bank_manual_config ADD CONSTRAINT account_setup_bank_manual_config_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_cash_basis_transition_account_id_fkey FOREIGN KEY (cash_basis_transition_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE RESTRICT;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_tax_group_id_fkey FOREIGN KEY (tax_group_id) REFERENCES account_tax_group(id) ON DELETE RESTRICT;
ALTER TABLE account_tax ADD CONSTRAINT account_tax_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax_alternatives ADD CONSTRAINT account_tax_alternatives_dest_tax_id_fkey FOREIGN KEY (dest_tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_alternatives ADD CONSTRAINT account_tax_alternatives_src_tax_id_fkey FOREIGN KEY (src_tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_filiation_rel ADD CONSTRAINT account_tax_filiation_rel_child_tax_fkey FOREIGN KEY (child_tax) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_filiation_rel ADD CONSTRAINT account_tax_filiation_rel_parent_tax_fkey FOREIGN KEY (parent_tax) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_advance_tax_payment_account_id_fkey FOREIGN KEY (advance_tax_payment_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE RESTRICT;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_tax_payable_account_id_fkey FOREIGN KEY (tax_payable_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_tax_receivable_account_id_fkey FOREIGN KEY (tax_receivable_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_tax_group ADD CONSTRAINT account_tax_group_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax_repartition_line ADD CONSTRAINT account_tax_repartition_line_account_id_fkey FOREIGN KEY (account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE account_tax_repartition_line ADD CONSTRAINT account_tax_repartition_line_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE account_tax_repartition_line ADD CONSTRAINT account_tax_repartition_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE account_tax_repartition_line ADD CONSTRAINT account_tax_repartition_line_tax_id_fkey FOREIGN KEY (tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_repartition_line ADD CONSTRAINT account_tax_repartition_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE adjusting_entries__account_move ADD CONSTRAINT adjusting_entries__account_move_adjusting_entry_move_id_fkey FOREIGN KEY (adjusting_entry_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE adjusting_entries__account_move ADD CONSTRAINT adjusting_entries__account_move_move_id_fkey FOREIGN KEY (move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE product_supplier_taxes_rel ADD CONSTRAINT product_supplier_taxes_rel_prod_id_fkey FOREIGN KEY (prod_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_supplier_taxes_rel ADD CONSTRAINT product_supplier_taxes_rel_tax_id_fkey FOREIGN KEY (tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE product_taxes_rel ADD CONSTRAINT product_taxes_rel_prod_id_fkey FOREIGN KEY (prod_id) REFERENCES product_template(id) ON DELETE CASCADE;
ALTER TABLE product_taxes_rel ADD CONSTRAINT product_taxes_rel_tax_id_fkey FOREIGN KEY (tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_cash_basis_base_account_id_fkey FOREIGN KEY (account_cash_basis_base_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_default_pos_receivable_account_id_fkey FOREIGN KEY (account_default_pos_receivable_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_discount_expense_allocation_id_fkey FOREIGN KEY (account_discount_expense_allocation_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_discount_income_allocation_id_fkey FOREIGN KEY (account_discount_income_allocation_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_journal_early_pay_discount_gain_accoun_fkey FOREIGN KEY (account_journal_early_pay_discount_gain_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_journal_early_pay_discount_loss_accoun_fkey FOREIGN KEY (account_journal_early_pay_discount_loss_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_journal_suspense_account_id_fkey FOREIGN KEY (account_journal_suspense_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_opening_move_id_fkey FOREIGN KEY (account_opening_move_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_purchase_receipt_fiscal_position_id_fkey FOREIGN KEY (account_purchase_receipt_fiscal_position_id) REFERENCES account_fiscal_position(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_purchase_tax_id_fkey FOREIGN KEY (account_purchase_tax_id) REFERENCES account_tax(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_account_sale_tax_id_fkey FOREIGN KEY (account_sale_tax_id) REFERENCES account_tax(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_automatic_entry_default_journal_id_fkey FOREIGN KEY (automatic_entry_default_journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_currency_exchange_journal_id_fkey FOREIGN KEY (currency_exchange_journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_default_cash_difference_expense_account_id_fkey FOREIGN KEY (default_cash_difference_expense_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_default_cash_difference_income_account_id_fkey FOREIGN KEY (default_cash_difference_income_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_domestic_fiscal_position_id_fkey FOREIGN KEY (domestic_fiscal_position_id) REFERENCES account_fiscal_position(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_expense_account_id_fkey FOREIGN KEY (expense_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_expense_accrual_account_id_fkey FOREIGN KEY (expense_accrual_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_expense_currency_exchange_account_id_fkey FOREIGN KEY (expense_currency_exchange_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_income_account_id_fkey FOREIGN KEY (income_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_income_currency_exchange_account_id_fkey FOREIGN KEY (income_currency_exchange_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_incoterm_id_fkey FOREIGN KEY (incoterm_id) REFERENCES account_incoterms(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_price_difference_account_id_fkey FOREIGN KEY (price_difference_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_revenue_accrual_account_id_fkey FOREIGN KEY (revenue_accrual_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_tax_cash_basis_journal_id_fkey FOREIGN KEY (tax_cash_basis_journal_id) REFERENCES account_journal(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_transfer_account_id_fkey FOREIGN KEY (transfer_account_id) REFERENCES account_account(id) ON DELETE SET NULL;
ALTER TABLE res_country_group_res_country_state_rel ADD CONSTRAINT res_country_group_res_country_state_r_res_country_group_id_fkey FOREIGN KEY (res_country_group_id) REFERENCES res_country_group(id) ON DELETE CASCADE;
ALTER TABLE res_country_group_res_country_state_rel ADD CONSTRAINT res_country_group_res_country_state_r_res_country_state_id_fkey FOREIGN KEY (res_country_state_id) REFERENCES res_country_state(id) ON DELETE CASCADE;
ALTER TABLE validate_account_move ADD CONSTRAINT validate_account_move_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE validate_account_move ADD CONSTRAINT validate_account_move_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
