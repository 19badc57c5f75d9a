ALTER TABLE account_payment DROP CONSTRAINT account_payment_payment_token_id_fkey;
ALTER TABLE account_payment DROP CONSTRAINT account_payment_payment_transaction_id_fkey;
ALTER TABLE account_payment_method_line DROP CONSTRAINT account_payment_method_line_payment_provider_id_fkey;
ALTER TABLE account_payment_register DROP CONSTRAINT account_payment_register_payment_token_id_fkey;
DROP TABLE
    payment_transaction,
    payment_token,
    payment_refund_wizard,
    payment_provider,
    payment_method_res_currency_rel,
    payment_method_res_country_rel,
    payment_method_payment_provider_rel,
    payment_method,
    payment_link_wizard,
    payment_currency_rel,
    payment_country_rel,
    payment_capture_wizard_payment_transaction_rel,
    payment_capture_wizard,
    account_invoice_transaction_rel;
