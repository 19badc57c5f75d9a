ALTER TABLE account_analytic_line DROP CONSTRAINT account_analytic_line_general_account_id_fkey;
ALTER TABLE account_analytic_line DROP CONSTRAINT account_analytic_line_journal_id_fkey;
ALTER TABLE account_analytic_line DROP CONSTRAINT account_analytic_line_move_line_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_cash_basis_base_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_default_pos_receivable_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_discount_expense_allocation_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_discount_income_allocation_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_journal_early_pay_discount_gain_accoun_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_journal_early_pay_discount_loss_accoun_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_journal_suspense_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_opening_move_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_purchase_receipt_fiscal_position_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_purchase_tax_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_account_sale_tax_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_automatic_entry_default_journal_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_currency_exchange_journal_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_default_cash_difference_expense_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_default_cash_difference_income_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_domestic_fiscal_position_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_expense_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_expense_accrual_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_expense_currency_exchange_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_income_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_income_currency_exchange_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_incoterm_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_price_difference_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_revenue_accrual_account_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_tax_cash_basis_journal_id_fkey;
ALTER TABLE res_company DROP CONSTRAINT res_company_transfer_account_id_fkey;
DROP TABLE
    validate_account_move,
    res_country_group_res_country_state_rel,
    product_taxes_rel,
    product_supplier_taxes_rel,
    adjusting_entries__account_move,
    account_tax_repartition_line,
    account_tax_group,
    account_tax_filiation_rel,
    account_tax_alternatives,
    account_tax,
    account_setup_bank_manual_config,
    account_secure_entries_wizard,
    account_resequence_wizard,
    account_report_section_rel,
    account_report_line,
    account_report_external_value,
    account_report_expression,
    account_report_column,
    account_report,
    account_reconcile_model_res_partner_rel,
    account_reconcile_model_line_account_tax_rel,
    account_reconcile_model_line,
    account_reconcile_model,
    account_payment_term_line,
    account_payment_term,
    account_payment_register_move_line_rel,
    account_payment_register,
    account_payment_method_line,
    account_payment_method,
    account_payment_account_bank_statement_line_rel,
    account_payment,
    account_partial_reconcile,
    account_move_validate_account_move_rel,
    account_move_send_wizard_res_partner_rel,
    account_move_send_wizard,
    account_move_send_batch_wizard,
    account_move_reversal_new_move,
    account_move_reversal_move,
    account_move_reversal,
    account_move_line_account_tax_rel,
    account_move_line,
    account_move_account_resequence_wizard_rel,
    account_move_account_move_send_batch_wizard_rel,
    account_move__account_payment,
    account_move,
    account_merge_wizard_line,
    account_merge_wizard,
    account_lock_exception,
    account_journal_group,
    account_journal_account_reconcile_model_rel,
    account_journal_account_journal_group_rel,
    account_journal,
    account_incoterms,
    account_group,
    account_full_reconcile,
    account_fiscal_position_res_country_state_rel,
    account_fiscal_position_account_tax_rel,
    account_fiscal_position_account,
    account_fiscal_position,
    account_financial_year_op,
    account_cash_rounding,
    account_bank_statement_line,
    account_bank_statement_ir_attachment_rel,
    account_bank_statement,
    account_autopost_bills_wizard,
    account_automatic_entry_wizard_account_move_line_rel,
    account_automatic_entry_wizard,
    account_accrued_orders_wizard,
    account_account_tax_default_rel,
    account_account_tag_product_template_rel,
    account_account_tag_account_tax_repartition_line_rel,
    account_account_tag_account_move_line_rel,
    account_account_tag,
    account_account_res_company_rel,
    account_account_account_tag,
    account_account_account_merge_wizard_rel,
    account_account;
