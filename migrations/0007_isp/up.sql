-- Tables of isp_core, isp_billing, isp_mikrotik, isp_onu, isp_portal, isp_captive_portal.

CREATE TABLE account_move_isp_bank_transfer_payment_rel (
    isp_bank_transfer_payment_id integer NOT NULL,
    account_move_id integer NOT NULL,
    CONSTRAINT account_move_isp_bank_transfer_payment_rel_pkey PRIMARY KEY (isp_bank_transfer_payment_id, account_move_id)
);
CREATE INDEX account_move_isp_bank_transfe_account_move_id_isp_bank_tran_idx ON account_move_isp_bank_transfer_payment_rel USING btree (account_move_id, isp_bank_transfer_payment_id);

CREATE TABLE account_tax_isp_service_plan_rel (
    isp_service_plan_id integer NOT NULL,
    account_tax_id integer NOT NULL,
    CONSTRAINT account_tax_isp_service_plan_rel_pkey PRIMARY KEY (isp_service_plan_id, account_tax_id)
);
CREATE INDEX account_tax_isp_service_plan__account_tax_id_isp_service_pl_idx ON account_tax_isp_service_plan_rel USING btree (account_tax_id, isp_service_plan_id);

CREATE TABLE ir_attachment_isp_bank_transfer_payment_rel (
    isp_bank_transfer_payment_id integer NOT NULL,
    ir_attachment_id integer NOT NULL,
    CONSTRAINT ir_attachment_isp_bank_transfer_payment_rel_pkey PRIMARY KEY (isp_bank_transfer_payment_id, ir_attachment_id)
);
CREATE INDEX ir_attachment_isp_bank_transf_ir_attachment_id_isp_bank_tra_idx ON ir_attachment_isp_bank_transfer_payment_rel USING btree (ir_attachment_id, isp_bank_transfer_payment_id);

CREATE TABLE ir_attachment_isp_fault_ticket_rel (
    isp_fault_ticket_id integer NOT NULL,
    ir_attachment_id integer NOT NULL,
    CONSTRAINT ir_attachment_isp_fault_ticket_rel_pkey PRIMARY KEY (isp_fault_ticket_id, ir_attachment_id)
);
CREATE INDEX ir_attachment_isp_fault_ticke_ir_attachment_id_isp_fault_ti_idx ON ir_attachment_isp_fault_ticket_rel USING btree (ir_attachment_id, isp_fault_ticket_id);

CREATE TABLE isp_audit_log (
    id serial NOT NULL,
    record_id integer,
    user_id integer,
    create_uid integer,
    write_uid integer,
    action varchar NOT NULL,
    record_model varchar,
    record_name varchar,
    details text,
    "timestamp" timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_audit_log_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_bank_transfer_payment (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    subscription_id integer,
    currency_id integer,
    reviewer_id integer,
    accounting_payment_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    bank_name varchar NOT NULL,
    reference varchar NOT NULL,
    state varchar,
    notes text,
    rejection_reason text,
    amount numeric NOT NULL,
    needs_attention boolean,
    transfer_datetime timestamp,
    review_deadline timestamp,
    attention_deadline timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_bank_transfer_payment_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_captive_session (
    id serial NOT NULL,
    router_id integer,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    username varchar,
    ip_address varchar,
    mac_address varchar,
    uptime varchar,
    state varchar,
    started_at timestamp,
    create_date timestamp,
    write_date timestamp,
    bytes_in double precision,
    bytes_out double precision,
    CONSTRAINT isp_captive_session_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_captive_user (
    id serial NOT NULL,
    router_id integer,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    username varchar NOT NULL,
    password varchar,
    profile varchar,
    state varchar,
    notes text,
    expires_at timestamp,
    last_login_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_captive_user_pkey PRIMARY KEY (id),
    CONSTRAINT isp_captive_user_username_uniq UNIQUE (username)
);

CREATE TABLE isp_captive_walled_garden (
    id serial NOT NULL,
    router_id integer,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    domain varchar NOT NULL,
    notes text,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_captive_walled_garden_domain_uniq UNIQUE (domain),
    CONSTRAINT isp_captive_walled_garden_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_dashboard (
    id serial NOT NULL,
    currency_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_dashboard_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_device (
    id serial NOT NULL,
    sector_id integer,
    mgmt_port integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    device_type varchar NOT NULL,
    mgmt_ip varchar,
    status varchar,
    tags varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_device_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_fault_ticket (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    subscription_id integer,
    sector_id integer,
    assigned_to integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    fault_type varchar NOT NULL,
    priority varchar NOT NULL,
    state varchar,
    description text,
    opened_at timestamp,
    closed_at timestamp,
    create_date timestamp,
    write_date timestamp,
    gps_lat double precision,
    gps_lng double precision,
    resolution_time_hours double precision,
    sla_target_hours double precision,
    CONSTRAINT isp_fault_ticket_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_mac_profile (
    id serial NOT NULL,
    sector_id integer,
    plan_id integer,
    partner_id integer,
    subscription_id integer,
    create_uid integer,
    write_uid integer,
    mac_address varchar NOT NULL,
    state varchar,
    last_seen_ip varchar,
    hostname varchar,
    notes text,
    last_seen_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_mac_profile_mac_uniq UNIQUE (mac_address),
    CONSTRAINT isp_mac_profile_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_mikrotik_preconfig (
    id serial NOT NULL,
    sequence integer,
    sector_id integer,
    api_port integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    mgmt_subnet varchar,
    target_mac varchar,
    bootstrap_user varchar,
    bootstrap_pass varchar,
    routeros_mgmt_user varchar,
    routeros_mgmt_pass_env varchar,
    routeros_mgmt_pass_value varchar,
    discovery_interfaces varchar,
    allowed_mgmt_ips varchar,
    wan_interface varchar NOT NULL,
    lan_bridge varchar NOT NULL,
    lan_ports varchar,
    lan_address varchar NOT NULL,
    dhcp_pool varchar NOT NULL,
    dhcp_range varchar NOT NULL,
    dhcp_server varchar NOT NULL,
    dhcp_lease_time varchar,
    dhcp_network varchar NOT NULL,
    dns_server varchar,
    hotspot_profile varchar,
    hotspot_server varchar,
    hotspot_dns_name varchar,
    hotspot_walled_garden varchar,
    hotspot_login_by varchar,
    hotspot_html_dir varchar,
    call_home_url varchar,
    call_home_token_value varchar,
    call_home_interval varchar,
    call_home_ip_lookup_url varchar,
    call_home_script_name varchar,
    call_home_scheduler_name varchar,
    call_home_mac_interface varchar,
    webhook_url varchar,
    webhook_token_value varchar,
    identity_prefix varchar,
    identity_format varchar,
    active boolean,
    is_default boolean,
    apply_sector_config boolean,
    enable_dhcp_client_wan boolean,
    enable_nat boolean,
    enable_hotspot boolean,
    call_home_enabled boolean,
    call_home_check_certificate boolean,
    webhook_enabled boolean,
    webhook_clear_lease_script_on_disable boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_mikrotik_preconfig_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_mikrotik_router (
    id serial NOT NULL,
    device_id integer NOT NULL,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    api_user varchar,
    auth_method varchar,
    routeros_version varchar,
    last_healthcheck_status varchar,
    last_healthcheck_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_mikrotik_router_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_network_site (
    id serial NOT NULL,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    tags varchar,
    notes text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_network_site_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_onu (
    id serial NOT NULL,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    serial varchar NOT NULL,
    mac_address varchar,
    vendor varchar,
    model varchar,
    olt_ref varchar,
    pon_port varchar,
    vlan varchar,
    status varchar,
    notes text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_onu_pkey PRIMARY KEY (id),
    CONSTRAINT isp_onu_serial_uniq UNIQUE (serial)
);

CREATE TABLE isp_onu_assignment (
    id serial NOT NULL,
    onu_id integer NOT NULL,
    subscription_id integer NOT NULL,
    sector_id integer,
    create_uid integer,
    write_uid integer,
    vlan varchar,
    profile varchar,
    notes text,
    active boolean,
    assigned_at timestamp,
    unassigned_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_onu_assignment_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_plan_change_request (
    id serial NOT NULL,
    subscription_id integer NOT NULL,
    partner_id integer,
    current_plan_id integer,
    requested_plan_id integer NOT NULL,
    requested_by integer,
    approved_by integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    effective_date_mode varchar NOT NULL,
    state varchar,
    effective_date date,
    rejection_reason text,
    prorate boolean,
    requested_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_plan_change_request_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_provisioning_job (
    id serial NOT NULL,
    subscription_id integer,
    device_id integer,
    sector_id integer,
    attempts integer,
    max_attempts integer,
    requested_by integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    job_type varchar NOT NULL,
    state varchar,
    error_message text,
    traceback text,
    payload_json text,
    requested_at timestamp,
    executed_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT isp_provisioning_job_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_sector (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    code varchar NOT NULL,
    city varchar,
    zone varchar,
    address varchar,
    notes text,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    gps_lat double precision,
    gps_lng double precision,
    CONSTRAINT isp_sector_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_sector_res_users_rel (
    res_users_id integer NOT NULL,
    isp_sector_id integer NOT NULL,
    CONSTRAINT isp_sector_res_users_rel_pkey PRIMARY KEY (res_users_id, isp_sector_id)
);
CREATE INDEX isp_sector_res_users_rel_isp_sector_id_res_users_id_idx ON isp_sector_res_users_rel USING btree (isp_sector_id, res_users_id);

CREATE TABLE isp_service_plan (
    id serial NOT NULL,
    currency_id integer,
    suspend_after_days integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    service_type varchar NOT NULL,
    billing_cycle varchar NOT NULL,
    mikrotik_profile varchar,
    qos_policy varchar,
    price_monthly numeric,
    price numeric,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    download_mbps double precision,
    upload_mbps double precision,
    down_mbps double precision,
    up_mbps double precision,
    CONSTRAINT isp_service_plan_pkey PRIMARY KEY (id)
);

CREATE TABLE isp_subscription (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    plan_id integer NOT NULL,
    sector_id integer NOT NULL,
    pop_id integer,
    device_id integer,
    technician_id integer,
    create_uid integer,
    write_uid integer,
    name varchar,
    state varchar,
    auth_method varchar NOT NULL,
    dhcp_mode varchar NOT NULL,
    pppoe_username varchar,
    pppoe_password varchar,
    pppoe_profile varchar,
    service_ip varchar,
    service_mac varchar,
    ip_address varchar,
    mac_address varchar,
    start_date date,
    install_date date,
    next_invoice_date date,
    address_text text,
    notes text,
    create_date timestamp,
    write_date timestamp,
    gps_lat double precision,
    gps_lng double precision,
    router_id integer,
    last_invoice_id integer,
    CONSTRAINT isp_subscription_pkey PRIMARY KEY (id),
    CONSTRAINT isp_subscription_pppoe_user_uniq UNIQUE (pppoe_username)
);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE account_move ADD CONSTRAINT account_move_isp_plan_id_fkey FOREIGN KEY (isp_plan_id) REFERENCES isp_service_plan(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_isp_sector_id_fkey FOREIGN KEY (isp_sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE account_move ADD CONSTRAINT account_move_isp_subscription_id_fkey FOREIGN KEY (isp_subscription_id) REFERENCES isp_subscription(id) ON DELETE SET NULL;
ALTER TABLE account_move_isp_bank_transfer_payment_rel ADD CONSTRAINT account_move_isp_bank_transfe_isp_bank_transfer_payment_id_fkey FOREIGN KEY (isp_bank_transfer_payment_id) REFERENCES isp_bank_transfer_payment(id) ON DELETE CASCADE;
ALTER TABLE account_move_isp_bank_transfer_payment_rel ADD CONSTRAINT account_move_isp_bank_transfer_payment_rel_account_move_id_fkey FOREIGN KEY (account_move_id) REFERENCES account_move(id) ON DELETE CASCADE;
ALTER TABLE account_tax_isp_service_plan_rel ADD CONSTRAINT account_tax_isp_service_plan_rel_account_tax_id_fkey FOREIGN KEY (account_tax_id) REFERENCES account_tax(id) ON DELETE CASCADE;
ALTER TABLE account_tax_isp_service_plan_rel ADD CONSTRAINT account_tax_isp_service_plan_rel_isp_service_plan_id_fkey FOREIGN KEY (isp_service_plan_id) REFERENCES isp_service_plan(id) ON DELETE CASCADE;
ALTER TABLE ir_attachment_isp_bank_transfer_payment_rel ADD CONSTRAINT ir_attachment_isp_bank_transf_isp_bank_transfer_payment_id_fkey FOREIGN KEY (isp_bank_transfer_payment_id) REFERENCES isp_bank_transfer_payment(id) ON DELETE CASCADE;
ALTER TABLE ir_attachment_isp_bank_transfer_payment_rel ADD CONSTRAINT ir_attachment_isp_bank_transfer_payment_r_ir_attachment_id_fkey FOREIGN KEY (ir_attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE ir_attachment_isp_fault_ticket_rel ADD CONSTRAINT ir_attachment_isp_fault_ticket_rel_ir_attachment_id_fkey FOREIGN KEY (ir_attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE ir_attachment_isp_fault_ticket_rel ADD CONSTRAINT ir_attachment_isp_fault_ticket_rel_isp_fault_ticket_id_fkey FOREIGN KEY (isp_fault_ticket_id) REFERENCES isp_fault_ticket(id) ON DELETE CASCADE;
ALTER TABLE isp_audit_log ADD CONSTRAINT isp_audit_log_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_audit_log ADD CONSTRAINT isp_audit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_audit_log ADD CONSTRAINT isp_audit_log_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_accounting_payment_id_fkey FOREIGN KEY (accounting_payment_id) REFERENCES account_payment(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_reviewer_id_fkey FOREIGN KEY (reviewer_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE SET NULL;
ALTER TABLE isp_bank_transfer_payment ADD CONSTRAINT isp_bank_transfer_payment_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_session ADD CONSTRAINT isp_captive_session_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_session ADD CONSTRAINT isp_captive_session_router_id_fkey FOREIGN KEY (router_id) REFERENCES isp_mikrotik_router(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_session ADD CONSTRAINT isp_captive_session_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_session ADD CONSTRAINT isp_captive_session_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_user ADD CONSTRAINT isp_captive_user_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_user ADD CONSTRAINT isp_captive_user_router_id_fkey FOREIGN KEY (router_id) REFERENCES isp_mikrotik_router(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_user ADD CONSTRAINT isp_captive_user_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_user ADD CONSTRAINT isp_captive_user_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_walled_garden ADD CONSTRAINT isp_captive_walled_garden_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_walled_garden ADD CONSTRAINT isp_captive_walled_garden_router_id_fkey FOREIGN KEY (router_id) REFERENCES isp_mikrotik_router(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_walled_garden ADD CONSTRAINT isp_captive_walled_garden_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_captive_walled_garden ADD CONSTRAINT isp_captive_walled_garden_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_dashboard ADD CONSTRAINT isp_dashboard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_dashboard ADD CONSTRAINT isp_dashboard_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE isp_dashboard ADD CONSTRAINT isp_dashboard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_device ADD CONSTRAINT isp_device_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_device ADD CONSTRAINT isp_device_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE RESTRICT;
ALTER TABLE isp_device ADD CONSTRAINT isp_device_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE SET NULL;
ALTER TABLE isp_fault_ticket ADD CONSTRAINT isp_fault_ticket_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES isp_service_plan(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE SET NULL;
ALTER TABLE isp_mac_profile ADD CONSTRAINT isp_mac_profile_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_preconfig ADD CONSTRAINT isp_mikrotik_preconfig_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_preconfig ADD CONSTRAINT isp_mikrotik_preconfig_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_preconfig ADD CONSTRAINT isp_mikrotik_preconfig_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_router ADD CONSTRAINT isp_mikrotik_router_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_router ADD CONSTRAINT isp_mikrotik_router_device_id_fkey FOREIGN KEY (device_id) REFERENCES isp_device(id) ON DELETE CASCADE;
ALTER TABLE isp_mikrotik_router ADD CONSTRAINT isp_mikrotik_router_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_mikrotik_router ADD CONSTRAINT isp_mikrotik_router_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_network_site ADD CONSTRAINT isp_network_site_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_network_site ADD CONSTRAINT isp_network_site_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_network_site ADD CONSTRAINT isp_network_site_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_onu ADD CONSTRAINT isp_onu_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_onu ADD CONSTRAINT isp_onu_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_onu ADD CONSTRAINT isp_onu_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_onu_assignment ADD CONSTRAINT isp_onu_assignment_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_onu_assignment ADD CONSTRAINT isp_onu_assignment_onu_id_fkey FOREIGN KEY (onu_id) REFERENCES isp_onu(id) ON DELETE RESTRICT;
ALTER TABLE isp_onu_assignment ADD CONSTRAINT isp_onu_assignment_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_onu_assignment ADD CONSTRAINT isp_onu_assignment_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE CASCADE;
ALTER TABLE isp_onu_assignment ADD CONSTRAINT isp_onu_assignment_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_current_plan_id_fkey FOREIGN KEY (current_plan_id) REFERENCES isp_service_plan(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_requested_plan_id_fkey FOREIGN KEY (requested_plan_id) REFERENCES isp_service_plan(id) ON DELETE RESTRICT;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE CASCADE;
ALTER TABLE isp_plan_change_request ADD CONSTRAINT isp_plan_change_request_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_device_id_fkey FOREIGN KEY (device_id) REFERENCES isp_device(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES isp_subscription(id) ON DELETE SET NULL;
ALTER TABLE isp_provisioning_job ADD CONSTRAINT isp_provisioning_job_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_sector ADD CONSTRAINT isp_sector_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_sector ADD CONSTRAINT isp_sector_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_sector_res_users_rel ADD CONSTRAINT isp_sector_res_users_rel_isp_sector_id_fkey FOREIGN KEY (isp_sector_id) REFERENCES isp_sector(id) ON DELETE CASCADE;
ALTER TABLE isp_sector_res_users_rel ADD CONSTRAINT isp_sector_res_users_rel_res_users_id_fkey FOREIGN KEY (res_users_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE isp_service_plan ADD CONSTRAINT isp_service_plan_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_service_plan ADD CONSTRAINT isp_service_plan_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE isp_service_plan ADD CONSTRAINT isp_service_plan_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_device_id_fkey FOREIGN KEY (device_id) REFERENCES isp_device(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_last_invoice_id_fkey FOREIGN KEY (last_invoice_id) REFERENCES account_move(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES isp_service_plan(id) ON DELETE RESTRICT;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_pop_id_fkey FOREIGN KEY (pop_id) REFERENCES isp_network_site(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_router_id_fkey FOREIGN KEY (router_id) REFERENCES isp_mikrotik_router(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_sector_id_fkey FOREIGN KEY (sector_id) REFERENCES isp_sector(id) ON DELETE RESTRICT;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE isp_subscription ADD CONSTRAINT isp_subscription_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
