DROP TABLE
    res_users_settings_embedded_action,
    bus_bus,
    base_import_mapping,
    base_import_import,
    base_document_layout,
    auth_totp_wizard,
    auth_totp_rate_limit_log,
    auth_totp_device;
