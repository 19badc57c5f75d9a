ALTER TABLE account_move DROP CONSTRAINT account_move_isp_plan_id_fkey;
ALTER TABLE account_move DROP CONSTRAINT account_move_isp_sector_id_fkey;
ALTER TABLE account_move DROP CONSTRAINT account_move_isp_subscription_id_fkey;
DROP TABLE
    isp_subscription,
    isp_service_plan,
    isp_sector_res_users_rel,
    isp_sector,
    isp_provisioning_job,
    isp_plan_change_request,
    isp_onu_assignment,
    isp_onu,
    isp_network_site,
    isp_mikrotik_router,
    isp_mikrotik_preconfig,
    isp_mac_profile,
    isp_fault_ticket,
    isp_device,
    isp_dashboard,
    isp_captive_walled_garden,
    isp_captive_user,
    isp_captive_session,
    isp_bank_transfer_payment,
    isp_audit_log,
    ir_attachment_isp_fault_ticket_rel,
    ir_attachment_isp_bank_transfer_payment_rel,
    account_tax_isp_service_plan_rel,
    account_move_isp_bank_transfer_payment_rel;
