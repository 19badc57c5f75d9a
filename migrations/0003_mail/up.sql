-- Tables of mail, portal.

CREATE TABLE activity_attachment_rel (
    activity_id integer NOT NULL,
    attachment_id integer NOT NULL,
    CONSTRAINT activity_attachment_rel_pkey PRIMARY KEY (activity_id, attachment_id)
);
CREATE INDEX activity_attachment_rel_attachment_id_activity_id_idx ON activity_attachment_rel USING btree (attachment_id, activity_id);

CREATE TABLE discuss_call_history (
    id serial NOT NULL,
    channel_id integer NOT NULL,
    start_call_message_id integer,
    create_uid integer,
    write_uid integer,
    start_dt timestamp NOT NULL,
    end_dt timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT discuss_call_history_channel_id_not_null_constraint CHECK ((channel_id IS NOT NULL)),
    CONSTRAINT discuss_call_history_start_dt_is_not_null_constraint CHECK ((start_dt IS NOT NULL)),
    CONSTRAINT discuss_call_history_message_id_unique_constraint UNIQUE (start_call_message_id),
    CONSTRAINT discuss_call_history_pkey PRIMARY KEY (id)
);
CREATE INDEX discuss_call_history__channel_id_index ON discuss_call_history USING btree (channel_id);
CREATE INDEX discuss_call_history__start_call_message_id_index ON discuss_call_history USING btree (start_call_message_id);
CREATE INDEX discuss_call_history__start_dt_index ON discuss_call_history USING btree (start_dt);
CREATE INDEX discuss_call_history_channel_id_end_dt_idx ON discuss_call_history USING btree (channel_id, end_dt) WHERE (end_dt IS NULL);

CREATE TABLE discuss_channel (
    id serial NOT NULL,
    parent_channel_id integer,
    from_message_id integer,
    group_public_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    channel_type varchar NOT NULL,
    default_display_mode varchar,
    sfu_channel_uuid varchar,
    sfu_server_url varchar,
    uuid varchar(50),
    description text,
    active boolean,
    last_interest_dt timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT discuss_channel_group_public_id_check CHECK ((((channel_type)::text = 'channel'::text) OR (group_public_id IS NULL))),
    CONSTRAINT discuss_channel_from_message_id_unique UNIQUE (from_message_id),
    CONSTRAINT discuss_channel_pkey PRIMARY KEY (id),
    CONSTRAINT discuss_channel_uuid_unique UNIQUE (uuid)
);
CREATE INDEX discuss_channel__last_interest_dt_index ON discuss_channel USING btree (last_interest_dt);
CREATE INDEX discuss_channel__parent_channel_id_index ON discuss_channel USING btree (parent_channel_id);

CREATE TABLE discuss_channel_member (
    id serial NOT NULL,
    partner_id integer,
    guest_id integer,
    channel_id integer NOT NULL,
    fetched_message_id integer,
    seen_message_id integer,
    new_message_separator integer NOT NULL,
    rtc_inviting_session_id integer,
    create_uid integer,
    write_uid integer,
    custom_channel_name varchar,
    custom_notifications varchar,
    mute_until_dt timestamp,
    unpin_dt timestamp,
    last_interest_dt timestamp,
    last_seen_dt timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT discuss_channel_member_partner_or_guest_exists CHECK ((((partner_id IS NOT NULL) AND (guest_id IS NULL)) OR ((partner_id IS NULL) AND (guest_id IS NOT NULL)))),
    CONSTRAINT discuss_channel_member_pkey PRIMARY KEY (id)
);
CREATE INDEX discuss_channel_member__fetched_message_id_index ON discuss_channel_member USING btree (fetched_message_id) WHERE (fetched_message_id IS NOT NULL);
CREATE INDEX discuss_channel_member__guest_id_index ON discuss_channel_member USING btree (guest_id);
CREATE INDEX discuss_channel_member__last_interest_dt_index ON discuss_channel_member USING btree (last_interest_dt);
CREATE INDEX discuss_channel_member__partner_id_index ON discuss_channel_member USING btree (partner_id);
CREATE INDEX discuss_channel_member__seen_message_id_index ON discuss_channel_member USING btree (seen_message_id) WHERE (seen_message_id IS NOT NULL);
CREATE INDEX discuss_channel_member__unpin_dt_index ON discuss_channel_member USING btree (unpin_dt);
CREATE UNIQUE INDEX discuss_channel_member_guest_unique ON discuss_channel_member USING btree (channel_id, guest_id) WHERE (guest_id IS NOT NULL);
CREATE UNIQUE INDEX discuss_channel_member_partner_unique ON discuss_channel_member USING btree (channel_id, partner_id) WHERE (partner_id IS NOT NULL);
CREATE INDEX discuss_channel_member_seen_message_id_idx ON discuss_channel_member USING btree (channel_id, partner_id, seen_message_id);

CREATE TABLE discuss_channel_res_groups_rel (
    discuss_channel_id integer NOT NULL,
    res_groups_id integer NOT NULL,
    CONSTRAINT discuss_channel_res_groups_rel_pkey PRIMARY KEY (discuss_channel_id, res_groups_id)
);
CREATE INDEX discuss_channel_res_groups_re_res_groups_id_discuss_channel_idx ON discuss_channel_res_groups_rel USING btree (res_groups_id, discuss_channel_id);

CREATE TABLE discuss_channel_rtc_session (
    id serial NOT NULL,
    channel_member_id integer NOT NULL,
    channel_id integer,
    partner_id integer,
    create_uid integer,
    write_uid integer,
    is_screen_sharing_on boolean,
    is_camera_on boolean,
    is_muted boolean,
    is_deaf boolean,
    write_date timestamp,
    create_date timestamp,
    CONSTRAINT discuss_channel_rtc_session_channel_member_unique UNIQUE (channel_member_id),
    CONSTRAINT discuss_channel_rtc_session_pkey PRIMARY KEY (id)
);
CREATE INDEX discuss_channel_rtc_session__channel_id_index ON discuss_channel_rtc_session USING btree (channel_id) WHERE (channel_id IS NOT NULL);
CREATE INDEX discuss_channel_rtc_session__partner_id_index ON discuss_channel_rtc_session USING btree (partner_id);
CREATE INDEX discuss_channel_rtc_session__write_date_index ON discuss_channel_rtc_session USING btree (write_date);

CREATE TABLE discuss_gif_favorite (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    tenor_gif_id varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT discuss_gif_favorite_pkey PRIMARY KEY (id),
    CONSTRAINT discuss_gif_favorite_user_gif_favorite UNIQUE (create_uid, tenor_gif_id)
);

CREATE TABLE discuss_voice_metadata (
    id serial NOT NULL,
    attachment_id integer,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT discuss_voice_metadata_pkey PRIMARY KEY (id)
);
CREATE INDEX discuss_voice_metadata__attachment_id_index ON discuss_voice_metadata USING btree (attachment_id);

CREATE TABLE email_template_attachment_rel (
    email_template_id integer NOT NULL,
    attachment_id integer NOT NULL,
    CONSTRAINT email_template_attachment_rel_pkey PRIMARY KEY (email_template_id, attachment_id)
);
CREATE INDEX email_template_attachment_rel_attachment_id_email_template__idx ON email_template_attachment_rel USING btree (attachment_id, email_template_id);

CREATE TABLE fetchmail_server (
    id serial NOT NULL,
    port integer,
    object_id integer,
    priority integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    state varchar,
    server varchar,
    server_type varchar NOT NULL,
    "user" varchar,
    password varchar,
    script varchar,
    error_message text,
    configuration text,
    active boolean,
    is_ssl boolean,
    attach boolean,
    original boolean,
    date timestamp,
    error_date timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT fetchmail_server_pkey PRIMARY KEY (id)
);
CREATE INDEX fetchmail_server__server_type_index ON fetchmail_server USING btree (server_type);
CREATE INDEX fetchmail_server__state_index ON fetchmail_server USING btree (state);

CREATE TABLE ir_act_server_res_partner_rel (
    ir_act_server_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT ir_act_server_res_partner_rel_pkey PRIMARY KEY (ir_act_server_id, res_partner_id)
);
CREATE INDEX ir_act_server_res_partner_rel_res_partner_id_ir_act_server__idx ON ir_act_server_res_partner_rel USING btree (res_partner_id, ir_act_server_id);

CREATE TABLE mail_activity (
    id serial NOT NULL,
    res_model_id integer,
    res_id integer,
    activity_type_id integer,
    user_id integer,
    recommended_activity_type_id integer,
    previous_activity_type_id integer,
    create_uid integer,
    write_uid integer,
    res_model varchar,
    res_name varchar,
    summary varchar,
    user_tz varchar,
    date_deadline date NOT NULL,
    date_done date,
    note text,
    feedback text,
    automated boolean,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_check_res_id_is_set_if_model CHECK (((((COALESCE(res_model, ''::varchar))::text <> ''::text) AND ((res_id IS NOT NULL) AND (res_id <> 0))) OR (((COALESCE(res_model, ''::varchar))::text = ''::text) AND ((res_id IS NULL) OR (res_id = 0))))),
    CONSTRAINT mail_activity_check_user_id_is_set_if_model CHECK ((((COALESCE(res_model, ''::varchar))::text <> ''::text) OR (user_id IS NOT NULL))),
    CONSTRAINT mail_activity_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_activity__date_deadline_index ON mail_activity USING btree (date_deadline);
CREATE INDEX mail_activity__res_id_index ON mail_activity USING btree (res_id);
CREATE INDEX mail_activity__res_model_id_index ON mail_activity USING btree (res_model_id);
CREATE INDEX mail_activity__res_model_index ON mail_activity USING btree (res_model);
CREATE INDEX mail_activity__user_id_index ON mail_activity USING btree (user_id);

CREATE TABLE mail_activity_plan (
    id serial NOT NULL,
    company_id integer,
    res_model_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    res_model varchar NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_plan_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_activity_plan_mail_activity_schedule_rel (
    mail_activity_schedule_id integer NOT NULL,
    mail_activity_plan_id integer NOT NULL,
    CONSTRAINT mail_activity_plan_mail_activity_schedule_rel_pkey PRIMARY KEY (mail_activity_schedule_id, mail_activity_plan_id)
);
CREATE INDEX mail_activity_plan_mail_activ_mail_activity_plan_id_mail_ac_idx ON mail_activity_plan_mail_activity_schedule_rel USING btree (mail_activity_plan_id, mail_activity_schedule_id);

CREATE TABLE mail_activity_plan_template (
    id serial NOT NULL,
    plan_id integer NOT NULL,
    sequence integer,
    activity_type_id integer NOT NULL,
    delay_count integer,
    responsible_id integer,
    create_uid integer,
    write_uid integer,
    delay_unit varchar NOT NULL,
    delay_from varchar NOT NULL,
    summary varchar,
    responsible_type varchar NOT NULL,
    note text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_plan_template_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_activity_plan_template__plan_id_index ON mail_activity_plan_template USING btree (plan_id);

CREATE TABLE mail_activity_plan_template_mail_activity_type_rel (
    mail_activity_plan_template_id integer NOT NULL,
    mail_activity_type_id integer NOT NULL,
    CONSTRAINT mail_activity_plan_template_mail_activity_type_rel_pkey PRIMARY KEY (mail_activity_plan_template_id, mail_activity_type_id)
);
CREATE INDEX mail_activity_plan_template_m_mail_activity_type_id_mail_ac_idx ON mail_activity_plan_template_mail_activity_type_rel USING btree (mail_activity_type_id, mail_activity_plan_template_id);

CREATE TABLE mail_activity_rel (
    activity_id integer NOT NULL,
    recommended_id integer NOT NULL,
    CONSTRAINT mail_activity_rel_pkey PRIMARY KEY (activity_id, recommended_id)
);
CREATE INDEX mail_activity_rel_recommended_id_activity_id_idx ON mail_activity_rel USING btree (recommended_id, activity_id);

CREATE TABLE mail_activity_schedule (
    id serial NOT NULL,
    res_model_id integer,
    plan_id integer,
    plan_on_demand_user_id integer,
    activity_type_id integer,
    activity_user_id integer,
    create_uid integer,
    write_uid integer,
    res_model varchar,
    summary varchar,
    plan_date date,
    date_deadline date,
    res_ids text,
    note text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_schedule_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_activity_schedule_line (
    id serial NOT NULL,
    activity_schedule_id integer NOT NULL,
    responsible_user_id integer,
    create_uid integer,
    write_uid integer,
    line_description varchar,
    line_date_deadline date,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_schedule_line_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_activity_type (
    id serial NOT NULL,
    sequence integer,
    create_uid integer,
    delay_count integer,
    triggered_next_type_id integer,
    default_user_id integer,
    write_uid integer,
    delay_unit varchar NOT NULL,
    delay_from varchar NOT NULL,
    icon varchar,
    decoration_type varchar,
    res_model varchar,
    chaining_type varchar NOT NULL,
    category varchar,
    name jsonb NOT NULL,
    summary jsonb,
    default_note jsonb,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_activity_type_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_activity_type__create_uid_index ON mail_activity_type USING btree (create_uid);

CREATE TABLE mail_activity_type_mail_template_rel (
    mail_activity_type_id integer NOT NULL,
    mail_template_id integer NOT NULL,
    CONSTRAINT mail_activity_type_mail_template_rel_pkey PRIMARY KEY (mail_activity_type_id, mail_template_id)
);
CREATE INDEX mail_activity_type_mail_templ_mail_template_id_mail_activit_idx ON mail_activity_type_mail_template_rel USING btree (mail_template_id, mail_activity_type_id);

CREATE TABLE mail_alias (
    id serial NOT NULL,
    alias_domain_id integer,
    alias_model_id integer NOT NULL,
    alias_force_thread_id integer,
    alias_parent_model_id integer,
    alias_parent_thread_id integer,
    create_uid integer,
    write_uid integer,
    alias_name varchar,
    alias_full_name varchar,
    alias_contact varchar NOT NULL,
    alias_status varchar,
    alias_bounced_content jsonb,
    alias_defaults text NOT NULL,
    alias_incoming_local boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_alias_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_alias__alias_full_name_index ON mail_alias USING btree (alias_full_name) WHERE (alias_full_name IS NOT NULL);
CREATE UNIQUE INDEX mail_alias_name_domain_unique ON mail_alias USING btree (alias_name, COALESCE(alias_domain_id, 0));

CREATE TABLE mail_alias_domain (
    id serial NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    bounce_alias varchar NOT NULL,
    catchall_alias varchar NOT NULL,
    default_from varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_alias_domain_bounce_email_uniques UNIQUE (bounce_alias, name),
    CONSTRAINT mail_alias_domain_catchall_email_uniques UNIQUE (catchall_alias, name),
    CONSTRAINT mail_alias_domain_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_blacklist (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    email varchar NOT NULL,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_blacklist_pkey PRIMARY KEY (id),
    CONSTRAINT mail_blacklist_unique_email UNIQUE (email)
);

CREATE TABLE mail_blacklist_remove (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    email varchar NOT NULL,
    reason varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_blacklist_remove_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_canned_response (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    source varchar NOT NULL,
    substitution text NOT NULL,
    is_shared boolean,
    last_used timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_canned_response_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_canned_response_res_groups_rel (
    mail_canned_response_id integer NOT NULL,
    res_groups_id integer NOT NULL,
    CONSTRAINT mail_canned_response_res_groups_rel_pkey PRIMARY KEY (mail_canned_response_id, res_groups_id)
);
CREATE INDEX mail_canned_response_res_grou_res_groups_id_mail_canned_res_idx ON mail_canned_response_res_groups_rel USING btree (res_groups_id, mail_canned_response_id);

CREATE TABLE mail_compose_message (
    id serial NOT NULL,
    template_id integer,
    parent_id integer,
    author_id integer,
    res_domain_user_id integer,
    record_alias_domain_id integer,
    record_company_id integer,
    subtype_id integer,
    mail_activity_type_id integer,
    mail_server_id integer,
    create_uid integer,
    write_uid integer,
    lang varchar,
    subject varchar,
    email_layout_xmlid varchar,
    email_from varchar,
    composition_mode varchar,
    composition_comment_option varchar,
    model varchar,
    message_type varchar NOT NULL,
    reply_to varchar,
    scheduled_date varchar,
    template_name varchar,
    body text,
    res_ids text,
    res_domain text,
    email_add_signature boolean,
    reply_to_force_new boolean,
    auto_delete boolean,
    auto_delete_keep_log boolean,
    force_send boolean,
    notify_author boolean,
    notify_author_mention boolean,
    notify_skip_followers boolean,
    use_exclusion_list boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_compose_message_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_compose_message_ir_attachments_rel (
    wizard_id integer NOT NULL,
    attachment_id integer NOT NULL,
    CONSTRAINT mail_compose_message_ir_attachments_rel_pkey PRIMARY KEY (wizard_id, attachment_id)
);
CREATE INDEX mail_compose_message_ir_attachments_attachment_id_wizard_id_idx ON mail_compose_message_ir_attachments_rel USING btree (attachment_id, wizard_id);

CREATE TABLE mail_compose_message_res_partner_rel (
    wizard_id integer NOT NULL,
    partner_id integer NOT NULL,
    CONSTRAINT mail_compose_message_res_partner_rel_pkey PRIMARY KEY (wizard_id, partner_id)
);
CREATE INDEX mail_compose_message_res_partner_rel_partner_id_wizard_id_idx ON mail_compose_message_res_partner_rel USING btree (partner_id, wizard_id);

CREATE TABLE mail_followers (
    id serial NOT NULL,
    res_id integer,
    partner_id integer NOT NULL,
    res_model varchar NOT NULL,
    CONSTRAINT mail_followers_mail_followers_res_partner_res_model_id_uniq UNIQUE (res_model, res_id, partner_id),
    CONSTRAINT mail_followers_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_followers__partner_id_index ON mail_followers USING btree (partner_id);
CREATE INDEX mail_followers__res_id_index ON mail_followers USING btree (res_id);
CREATE INDEX mail_followers__res_model_index ON mail_followers USING btree (res_model);

CREATE TABLE mail_followers_edit (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    res_model varchar NOT NULL,
    res_ids varchar,
    operation varchar NOT NULL,
    message text,
    notify boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_followers_edit_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_followers_edit_res_partner_rel (
    mail_followers_edit_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT mail_followers_edit_res_partner_rel_pkey PRIMARY KEY (mail_followers_edit_id, res_partner_id)
);
CREATE INDEX mail_followers_edit_res_partn_res_partner_id_mail_followers_idx ON mail_followers_edit_res_partner_rel USING btree (res_partner_id, mail_followers_edit_id);

CREATE TABLE mail_followers_mail_message_subtype_rel (
    mail_followers_id integer NOT NULL,
    mail_message_subtype_id integer NOT NULL,
    CONSTRAINT mail_followers_mail_message_subtype_rel_pkey PRIMARY KEY (mail_followers_id, mail_message_subtype_id)
);
CREATE INDEX mail_followers_mail_message_s_mail_message_subtype_id_mail__idx ON mail_followers_mail_message_subtype_rel USING btree (mail_message_subtype_id, mail_followers_id);

CREATE TABLE mail_gateway_allowed (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    email varchar NOT NULL,
    email_normalized varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_gateway_allowed_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_gateway_allowed__email_normalized_index ON mail_gateway_allowed USING btree (email_normalized);

CREATE TABLE mail_guest (
    id serial NOT NULL,
    country_id integer,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    access_token varchar NOT NULL,
    email varchar,
    lang varchar,
    timezone varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_guest_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_ice_server (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    server_type varchar NOT NULL,
    uri varchar NOT NULL,
    username varchar,
    credential varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_ice_server_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_link_preview (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    source_url varchar NOT NULL,
    og_type varchar,
    og_title varchar,
    og_site_name varchar,
    og_image varchar,
    og_mimetype varchar,
    image_mimetype varchar,
    og_description text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_link_preview_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_link_preview__create_date_index ON mail_link_preview USING btree (create_date);
CREATE UNIQUE INDEX mail_link_preview_unique_source_url ON mail_link_preview USING btree (source_url);

CREATE TABLE mail_mail (
    id serial NOT NULL,
    mail_message_id integer NOT NULL,
    fetchmail_server_id integer,
    create_uid integer,
    write_uid integer,
    email_cc varchar,
    state varchar,
    failure_type varchar,
    body_html text,
    "references" text,
    headers text,
    email_to text,
    failure_reason text,
    is_notification boolean,
    auto_delete boolean,
    scheduled_date timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_mail_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_mail__fetchmail_server_id_index ON mail_mail USING btree (fetchmail_server_id) WHERE (fetchmail_server_id IS NOT NULL);
CREATE INDEX mail_mail__mail_message_id_index ON mail_mail USING btree (mail_message_id);

CREATE TABLE mail_mail_res_partner_rel (
    mail_mail_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT mail_mail_res_partner_rel_pkey PRIMARY KEY (mail_mail_id, res_partner_id)
);
CREATE INDEX mail_mail_res_partner_rel_res_partner_id_mail_mail_id_idx ON mail_mail_res_partner_rel USING btree (res_partner_id, mail_mail_id);

CREATE TABLE mail_message (
    id serial NOT NULL,
    parent_id integer,
    res_id integer,
    record_alias_domain_id integer,
    record_company_id integer,
    subtype_id integer,
    mail_activity_type_id integer,
    author_id integer,
    author_guest_id integer,
    mail_server_id integer,
    create_uid integer,
    write_uid integer,
    subject varchar,
    model varchar,
    message_type varchar NOT NULL,
    email_from varchar,
    incoming_email_cc varchar,
    outgoing_email_to varchar,
    message_id varchar,
    reply_to varchar,
    email_layout_xmlid varchar,
    body text,
    incoming_email_to text,
    is_internal boolean,
    reply_to_force_new boolean,
    email_add_signature boolean,
    date timestamp,
    pinned_at timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_message_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_message__author_id_index ON mail_message USING btree (author_id);
CREATE INDEX mail_message__mail_activity_type_id_index ON mail_message USING btree (mail_activity_type_id) WHERE (mail_activity_type_id IS NOT NULL);
CREATE INDEX mail_message__message_id_index ON mail_message USING btree (message_id);
CREATE INDEX mail_message__parent_id_index ON mail_message USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX mail_message__subtype_id_index ON mail_message USING btree (subtype_id);
CREATE INDEX mail_message_model_res_id_id_idx ON mail_message USING btree (model, res_id, id);
CREATE INDEX mail_message_model_res_id_idx ON mail_message USING btree (model, res_id);

CREATE TABLE mail_message_link_preview (
    id serial NOT NULL,
    message_id integer NOT NULL,
    link_preview_id integer NOT NULL,
    sequence integer,
    create_uid integer,
    write_uid integer,
    is_hidden boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_message_link_preview_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_message_link_preview__link_preview_id_index ON mail_message_link_preview USING btree (link_preview_id);
CREATE INDEX mail_message_link_preview__message_id_index ON mail_message_link_preview USING btree (message_id);
CREATE UNIQUE INDEX mail_message_link_preview_unique_message_link_preview ON mail_message_link_preview USING btree (message_id, link_preview_id);

CREATE TABLE mail_message_reaction (
    id serial NOT NULL,
    message_id integer NOT NULL,
    partner_id integer,
    guest_id integer,
    content varchar NOT NULL,
    CONSTRAINT mail_message_reaction_partner_or_guest_exists CHECK ((((partner_id IS NOT NULL) AND (guest_id IS NULL)) OR ((partner_id IS NULL) AND (guest_id IS NOT NULL)))),
    CONSTRAINT mail_message_reaction_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_message_reaction__message_id_index ON mail_message_reaction USING btree (message_id);
CREATE UNIQUE INDEX mail_message_reaction_guest_unique ON mail_message_reaction USING btree (message_id, content, guest_id) WHERE (guest_id IS NOT NULL);
CREATE UNIQUE INDEX mail_message_reaction_partner_unique ON mail_message_reaction USING btree (message_id, content, partner_id) WHERE (partner_id IS NOT NULL);

CREATE TABLE mail_message_res_partner_rel (
    mail_message_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT mail_message_res_partner_rel_pkey PRIMARY KEY (mail_message_id, res_partner_id)
);
CREATE INDEX mail_message_res_partner_rel_res_partner_id_mail_message_id_idx ON mail_message_res_partner_rel USING btree (res_partner_id, mail_message_id);

CREATE TABLE mail_message_res_partner_starred_rel (
    mail_message_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT mail_message_res_partner_starred_rel_pkey PRIMARY KEY (mail_message_id, res_partner_id)
);
CREATE INDEX mail_message_res_partner_star_res_partner_id_mail_message_i_idx ON mail_message_res_partner_starred_rel USING btree (res_partner_id, mail_message_id);

CREATE TABLE mail_message_schedule (
    id serial NOT NULL,
    mail_message_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    notification_parameters text,
    scheduled_datetime timestamp NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_message_schedule_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_message_subtype (
    id serial NOT NULL,
    parent_id integer,
    sequence integer,
    create_uid integer,
    write_uid integer,
    relation_field varchar,
    res_model varchar,
    name jsonb NOT NULL,
    description jsonb,
    internal boolean,
    "default" boolean,
    hidden boolean,
    track_recipients boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_message_subtype_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_message_translation (
    id serial NOT NULL,
    message_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    source_lang varchar NOT NULL,
    target_lang varchar NOT NULL,
    body text NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_message_translation_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_message_translation__create_date_index ON mail_message_translation USING btree (create_date);
CREATE UNIQUE INDEX mail_message_translation_unique ON mail_message_translation USING btree (message_id, target_lang);

CREATE TABLE mail_notification (
    id serial NOT NULL,
    author_id integer,
    mail_message_id integer NOT NULL,
    mail_mail_id integer,
    res_partner_id integer,
    mail_email_address varchar,
    notification_type varchar NOT NULL,
    notification_status varchar,
    failure_type varchar,
    failure_reason text,
    is_read boolean,
    read_date timestamp,
    CONSTRAINT mail_notification_notification_partner_or_email_required CHECK ((((notification_type)::text <> 'email'::text) OR (failure_type IS NOT NULL) OR (res_partner_id IS NOT NULL) OR ((COALESCE(mail_email_address, ''::varchar))::text <> ''::text))),
    CONSTRAINT mail_notification_notification_partner_required CHECK ((((notification_type)::text <> 'inbox'::text) OR (res_partner_id IS NOT NULL))),
    CONSTRAINT mail_notification_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_notification__is_read_index ON mail_notification USING btree (is_read);
CREATE INDEX mail_notification__mail_mail_id_index ON mail_notification USING btree (mail_mail_id);
CREATE INDEX mail_notification__mail_message_id_index ON mail_notification USING btree (mail_message_id);
CREATE INDEX mail_notification__notification_status_index ON mail_notification USING btree (notification_status);
CREATE INDEX mail_notification__notification_type_index ON mail_notification USING btree (notification_type);
CREATE INDEX mail_notification__res_partner_id_index ON mail_notification USING btree (res_partner_id);
CREATE INDEX mail_notification_author_id_notification_status_failure ON mail_notification USING btree (author_id, notification_status) WHERE (notification_status IN ('bounce', 'exception'));
CREATE INDEX mail_notification_res_partner_id_is_read_notification__e5e0b7fb ON mail_notification USING btree (res_partner_id, is_read, notification_status, mail_message_id);
CREATE UNIQUE INDEX mail_notification_unique_mail_message_id_res_partner_id_ ON mail_notification USING btree (mail_message_id, res_partner_id) WHERE (res_partner_id IS NOT NULL);

CREATE TABLE mail_presence (
    id serial NOT NULL,
    user_id integer,
    guest_id integer,
    status varchar,
    last_poll timestamp,
    last_presence timestamp,
    CONSTRAINT mail_presence_partner_or_guest_exists CHECK ((((user_id IS NOT NULL) AND (guest_id IS NULL)) OR ((user_id IS NULL) AND (guest_id IS NOT NULL)))),
    CONSTRAINT mail_presence_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX mail_presence_guest_unique ON mail_presence USING btree (guest_id) WHERE (guest_id IS NOT NULL);
CREATE UNIQUE INDEX mail_presence_user_unique ON mail_presence USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE TABLE mail_push (
    id serial NOT NULL,
    mail_push_device_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    payload text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_push_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_push_device (
    id serial NOT NULL,
    partner_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    endpoint varchar NOT NULL,
    keys varchar NOT NULL,
    expiration_time timestamp,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_push_device_endpoint_unique UNIQUE (endpoint),
    CONSTRAINT mail_push_device_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_push_device__partner_id_index ON mail_push_device USING btree (partner_id);

CREATE TABLE mail_scheduled_message (
    id serial NOT NULL,
    res_id integer NOT NULL,
    author_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    subject varchar,
    composition_comment_option varchar,
    model varchar NOT NULL,
    send_context jsonb,
    body text,
    notification_parameters text,
    is_note boolean,
    scheduled_date timestamp NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_scheduled_message_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_scheduled_message_res_partner_rel (
    mail_scheduled_message_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT mail_scheduled_message_res_partner_rel_pkey PRIMARY KEY (mail_scheduled_message_id, res_partner_id)
);
CREATE INDEX mail_scheduled_message_res_pa_res_partner_id_mail_scheduled_idx ON mail_scheduled_message_res_partner_rel USING btree (res_partner_id, mail_scheduled_message_id);

CREATE TABLE mail_template (
    id serial NOT NULL,
    model_id integer,
    user_id integer,
    mail_server_id integer,
    ref_ir_act_window integer,
    create_uid integer,
    write_uid integer,
    template_fs varchar,
    lang varchar,
    model varchar,
    email_from varchar,
    email_to varchar,
    partner_to varchar,
    email_cc varchar,
    reply_to varchar,
    email_layout_xmlid varchar,
    scheduled_date varchar,
    name jsonb,
    description jsonb,
    subject jsonb,
    body_html jsonb,
    active boolean,
    use_default_to boolean,
    auto_delete boolean,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_template_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_template__mail_server_id_index ON mail_template USING btree (mail_server_id) WHERE (mail_server_id IS NOT NULL);
CREATE INDEX mail_template__model_index ON mail_template USING btree (model);

CREATE TABLE mail_template_ir_actions_report_rel (
    mail_template_id integer NOT NULL,
    ir_actions_report_id integer NOT NULL,
    CONSTRAINT mail_template_ir_actions_report_rel_pkey PRIMARY KEY (mail_template_id, ir_actions_report_id)
);
CREATE INDEX mail_template_ir_actions_repo_ir_actions_report_id_mail_tem_idx ON mail_template_ir_actions_report_rel USING btree (ir_actions_report_id, mail_template_id);

CREATE TABLE mail_template_mail_template_reset_rel (
    mail_template_reset_id integer NOT NULL,
    mail_template_id integer NOT NULL,
    CONSTRAINT mail_template_mail_template_reset_rel_pkey PRIMARY KEY (mail_template_reset_id, mail_template_id)
);
CREATE INDEX mail_template_mail_template_r_mail_template_id_mail_templat_idx ON mail_template_mail_template_reset_rel USING btree (mail_template_id, mail_template_reset_id);

CREATE TABLE mail_template_preview (
    id serial NOT NULL,
    mail_template_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    resource_ref varchar,
    lang varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_template_preview_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_template_reset (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT mail_template_reset_pkey PRIMARY KEY (id)
);

CREATE TABLE mail_tracking_value (
    id serial NOT NULL,
    field_id integer,
    old_value_integer integer,
    new_value_integer integer,
    currency_id integer,
    mail_message_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    old_value_char varchar,
    new_value_char varchar,
    field_info jsonb,
    old_value_text text,
    new_value_text text,
    old_value_datetime timestamp,
    new_value_datetime timestamp,
    create_date timestamp,
    write_date timestamp,
    old_value_float double precision,
    new_value_float double precision,
    CONSTRAINT mail_tracking_value_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_tracking_value__field_id_index ON mail_tracking_value USING btree (field_id);
CREATE INDEX mail_tracking_value__mail_message_id_index ON mail_tracking_value USING btree (mail_message_id);

CREATE TABLE message_attachment_rel (
    message_id integer NOT NULL,
    attachment_id integer NOT NULL,
    CONSTRAINT message_attachment_rel_pkey PRIMARY KEY (message_id, attachment_id)
);
CREATE INDEX message_attachment_rel_attachment_id_message_id_idx ON message_attachment_rel USING btree (attachment_id, message_id);

CREATE TABLE portal_share (
    id serial NOT NULL,
    res_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    res_model varchar NOT NULL,
    note text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT portal_share_pkey PRIMARY KEY (id)
);

CREATE TABLE portal_share_res_partner_rel (
    portal_share_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT portal_share_res_partner_rel_pkey PRIMARY KEY (portal_share_id, res_partner_id)
);
CREATE INDEX portal_share_res_partner_rel_res_partner_id_portal_share_id_idx ON portal_share_res_partner_rel USING btree (res_partner_id, portal_share_id);

CREATE TABLE portal_wizard (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    welcome_message text,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT portal_wizard_pkey PRIMARY KEY (id)
);

CREATE TABLE portal_wizard_res_partner_rel (
    portal_wizard_id integer NOT NULL,
    res_partner_id integer NOT NULL,
    CONSTRAINT portal_wizard_res_partner_rel_pkey PRIMARY KEY (portal_wizard_id, res_partner_id)
);
CREATE INDEX portal_wizard_res_partner_rel_res_partner_id_portal_wizard__idx ON portal_wizard_res_partner_rel USING btree (res_partner_id, portal_wizard_id);

CREATE TABLE portal_wizard_user (
    id serial NOT NULL,
    wizard_id integer NOT NULL,
    partner_id integer NOT NULL,
    create_uid integer,
    write_uid integer,
    email varchar,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT portal_wizard_user_pkey PRIMARY KEY (id)
);

CREATE TABLE res_role (
    id serial NOT NULL,
    create_uid integer,
    write_uid integer,
    name varchar NOT NULL,
    create_date timestamp,
    write_date timestamp,
    CONSTRAINT res_role_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX res_role_unique_name ON res_role USING btree (name);

CREATE TABLE res_role_res_users_rel (
    res_role_id integer NOT NULL,
    res_users_id integer NOT NULL,
    CONSTRAINT res_role_res_users_rel_pkey PRIMARY KEY (res_role_id, res_users_id)
);
CREATE INDEX res_role_res_users_rel_res_users_id_res_role_id_idx ON res_role_res_users_rel USING btree (res_users_id, res_role_id);

CREATE TABLE res_users_settings_volumes (
    id serial NOT NULL,
    user_setting_id integer NOT NULL,
    partner_id integer,
    guest_id integer,
    create_uid integer,
    write_uid integer,
    create_date timestamp,
    write_date timestamp,
    volume double precision,
    CONSTRAINT res_users_settings_volumes_partner_or_guest_exists CHECK ((((partner_id IS NOT NULL) AND (guest_id IS NULL)) OR ((partner_id IS NULL) AND (guest_id IS NOT NULL)))),
    CONSTRAINT res_users_settings_volumes_pkey PRIMARY KEY (id)
);
CREATE INDEX res_users_settings_volumes__guest_id_index ON res_users_settings_volumes USING btree (guest_id);
CREATE INDEX res_users_settings_volumes__partner_id_index ON res_users_settings_volumes USING btree (partner_id);
CREATE INDEX res_users_settings_volumes__user_setting_id_index ON res_users_settings_volumes USING btree (user_setting_id);
CREATE UNIQUE INDEX res_users_settings_volumes_guest_unique ON res_users_settings_volumes USING btree (user_setting_id, guest_id) WHERE (guest_id IS NOT NULL);
CREATE UNIQUE INDEX res_users_settings_volumes_partner_unique ON res_users_settings_volumes USING btree (user_setting_id, partner_id) WHERE (partner_id IS NOT NULL);

CREATE TABLE scheduled_message_attachment_rel (
    scheduled_message_id integer NOT NULL,
    attachment_id integer NOT NULL,
    CONSTRAINT scheduled_message_attachment_rel_pkey PRIMARY KEY (scheduled_message_id, attachment_id)
);
CREATE INDEX scheduled_message_attachment__attachment_id_scheduled_messa_idx ON scheduled_message_attachment_rel USING btree (attachment_id, scheduled_message_id);

-- Foreign keys, also those of earlier tables to the ones above.
ALTER TABLE activity_attachment_rel ADD CONSTRAINT activity_attachment_rel_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES mail_activity(id) ON DELETE CASCADE;
ALTER TABLE activity_attachment_rel ADD CONSTRAINT activity_attachment_rel_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE discuss_call_history ADD CONSTRAINT discuss_call_history_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES discuss_channel(id) ON DELETE CASCADE;
ALTER TABLE discuss_call_history ADD CONSTRAINT discuss_call_history_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_call_history ADD CONSTRAINT discuss_call_history_start_call_message_id_fkey FOREIGN KEY (start_call_message_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE discuss_call_history ADD CONSTRAINT discuss_call_history_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel ADD CONSTRAINT discuss_channel_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel ADD CONSTRAINT discuss_channel_from_message_id_fkey FOREIGN KEY (from_message_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel ADD CONSTRAINT discuss_channel_group_public_id_fkey FOREIGN KEY (group_public_id) REFERENCES res_groups(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel ADD CONSTRAINT discuss_channel_parent_channel_id_fkey FOREIGN KEY (parent_channel_id) REFERENCES discuss_channel(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel ADD CONSTRAINT discuss_channel_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES discuss_channel(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_fetched_message_id_fkey FOREIGN KEY (fetched_message_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_guest_id_fkey FOREIGN KEY (guest_id) REFERENCES mail_guest(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_rtc_inviting_session_id_fkey FOREIGN KEY (rtc_inviting_session_id) REFERENCES discuss_channel_rtc_session(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_seen_message_id_fkey FOREIGN KEY (seen_message_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_member ADD CONSTRAINT discuss_channel_member_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_res_groups_rel ADD CONSTRAINT discuss_channel_res_groups_rel_discuss_channel_id_fkey FOREIGN KEY (discuss_channel_id) REFERENCES discuss_channel(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_res_groups_rel ADD CONSTRAINT discuss_channel_res_groups_rel_res_groups_id_fkey FOREIGN KEY (res_groups_id) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_rtc_session ADD CONSTRAINT discuss_channel_rtc_session_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES discuss_channel(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_rtc_session ADD CONSTRAINT discuss_channel_rtc_session_channel_member_id_fkey FOREIGN KEY (channel_member_id) REFERENCES discuss_channel_member(id) ON DELETE CASCADE;
ALTER TABLE discuss_channel_rtc_session ADD CONSTRAINT discuss_channel_rtc_session_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_rtc_session ADD CONSTRAINT discuss_channel_rtc_session_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE discuss_channel_rtc_session ADD CONSTRAINT discuss_channel_rtc_session_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_gif_favorite ADD CONSTRAINT discuss_gif_favorite_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_gif_favorite ADD CONSTRAINT discuss_gif_favorite_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_voice_metadata ADD CONSTRAINT discuss_voice_metadata_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE discuss_voice_metadata ADD CONSTRAINT discuss_voice_metadata_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE discuss_voice_metadata ADD CONSTRAINT discuss_voice_metadata_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE email_template_attachment_rel ADD CONSTRAINT email_template_attachment_rel_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE email_template_attachment_rel ADD CONSTRAINT email_template_attachment_rel_email_template_id_fkey FOREIGN KEY (email_template_id) REFERENCES mail_template(id) ON DELETE CASCADE;
ALTER TABLE fetchmail_server ADD CONSTRAINT fetchmail_server_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE fetchmail_server ADD CONSTRAINT fetchmail_server_object_id_fkey FOREIGN KEY (object_id) REFERENCES ir_model(id) ON DELETE SET NULL;
ALTER TABLE fetchmail_server ADD CONSTRAINT fetchmail_server_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_activity_type_id_fkey FOREIGN KEY (activity_type_id) REFERENCES mail_activity_type(id) ON DELETE RESTRICT;
ALTER TABLE ir_act_server ADD CONSTRAINT ir_act_server_template_id_fkey FOREIGN KEY (template_id) REFERENCES mail_template(id) ON DELETE SET NULL;
ALTER TABLE ir_act_server_res_partner_rel ADD CONSTRAINT ir_act_server_res_partner_rel_ir_act_server_id_fkey FOREIGN KEY (ir_act_server_id) REFERENCES ir_act_server(id) ON DELETE CASCADE;
ALTER TABLE ir_act_server_res_partner_rel ADD CONSTRAINT ir_act_server_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_activity_type_id_fkey FOREIGN KEY (activity_type_id) REFERENCES mail_activity_type(id) ON DELETE RESTRICT;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_previous_activity_type_id_fkey FOREIGN KEY (previous_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_recommended_activity_type_id_fkey FOREIGN KEY (recommended_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_res_model_id_fkey FOREIGN KEY (res_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE mail_activity ADD CONSTRAINT mail_activity_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan ADD CONSTRAINT mail_activity_plan_company_id_fkey FOREIGN KEY (company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan ADD CONSTRAINT mail_activity_plan_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan ADD CONSTRAINT mail_activity_plan_res_model_id_fkey FOREIGN KEY (res_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_plan ADD CONSTRAINT mail_activity_plan_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan_mail_activity_schedule_rel ADD CONSTRAINT mail_activity_plan_mail_activity_mail_activity_schedule_id_fkey FOREIGN KEY (mail_activity_schedule_id) REFERENCES mail_activity_schedule(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_plan_mail_activity_schedule_rel ADD CONSTRAINT mail_activity_plan_mail_activity_sch_mail_activity_plan_id_fkey FOREIGN KEY (mail_activity_plan_id) REFERENCES mail_activity_plan(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_plan_template ADD CONSTRAINT mail_activity_plan_template_activity_type_id_fkey FOREIGN KEY (activity_type_id) REFERENCES mail_activity_type(id) ON DELETE RESTRICT;
ALTER TABLE mail_activity_plan_template ADD CONSTRAINT mail_activity_plan_template_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan_template ADD CONSTRAINT mail_activity_plan_template_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES mail_activity_plan(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_plan_template ADD CONSTRAINT mail_activity_plan_template_responsible_id_fkey FOREIGN KEY (responsible_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan_template ADD CONSTRAINT mail_activity_plan_template_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_plan_template_mail_activity_type_rel ADD CONSTRAINT mail_activity_plan_template_m_mail_activity_plan_template__fkey FOREIGN KEY (mail_activity_plan_template_id) REFERENCES mail_activity_plan_template(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_plan_template_mail_activity_type_rel ADD CONSTRAINT mail_activity_plan_template_mail_act_mail_activity_type_id_fkey FOREIGN KEY (mail_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_rel ADD CONSTRAINT mail_activity_rel_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES mail_activity_type(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_rel ADD CONSTRAINT mail_activity_rel_recommended_id_fkey FOREIGN KEY (recommended_id) REFERENCES mail_activity_type(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_activity_type_id_fkey FOREIGN KEY (activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_activity_user_id_fkey FOREIGN KEY (activity_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES mail_activity_plan(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_plan_on_demand_user_id_fkey FOREIGN KEY (plan_on_demand_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_res_model_id_fkey FOREIGN KEY (res_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_schedule ADD CONSTRAINT mail_activity_schedule_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule_line ADD CONSTRAINT mail_activity_schedule_line_activity_schedule_id_fkey FOREIGN KEY (activity_schedule_id) REFERENCES mail_activity_schedule(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_schedule_line ADD CONSTRAINT mail_activity_schedule_line_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule_line ADD CONSTRAINT mail_activity_schedule_line_responsible_user_id_fkey FOREIGN KEY (responsible_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_schedule_line ADD CONSTRAINT mail_activity_schedule_line_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_type ADD CONSTRAINT mail_activity_type_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_type ADD CONSTRAINT mail_activity_type_default_user_id_fkey FOREIGN KEY (default_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_type ADD CONSTRAINT mail_activity_type_triggered_next_type_id_fkey FOREIGN KEY (triggered_next_type_id) REFERENCES mail_activity_type(id) ON DELETE RESTRICT;
ALTER TABLE mail_activity_type ADD CONSTRAINT mail_activity_type_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_activity_type_mail_template_rel ADD CONSTRAINT mail_activity_type_mail_template_rel_mail_activity_type_id_fkey FOREIGN KEY (mail_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE CASCADE;
ALTER TABLE mail_activity_type_mail_template_rel ADD CONSTRAINT mail_activity_type_mail_template_rel_mail_template_id_fkey FOREIGN KEY (mail_template_id) REFERENCES mail_template(id) ON DELETE CASCADE;
ALTER TABLE mail_alias ADD CONSTRAINT mail_alias_alias_domain_id_fkey FOREIGN KEY (alias_domain_id) REFERENCES mail_alias_domain(id) ON DELETE RESTRICT;
ALTER TABLE mail_alias ADD CONSTRAINT mail_alias_alias_model_id_fkey FOREIGN KEY (alias_model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE mail_alias ADD CONSTRAINT mail_alias_alias_parent_model_id_fkey FOREIGN KEY (alias_parent_model_id) REFERENCES ir_model(id) ON DELETE SET NULL;
ALTER TABLE mail_alias ADD CONSTRAINT mail_alias_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_alias ADD CONSTRAINT mail_alias_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_alias_domain ADD CONSTRAINT mail_alias_domain_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_alias_domain ADD CONSTRAINT mail_alias_domain_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_blacklist ADD CONSTRAINT mail_blacklist_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_blacklist ADD CONSTRAINT mail_blacklist_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_blacklist_remove ADD CONSTRAINT mail_blacklist_remove_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_blacklist_remove ADD CONSTRAINT mail_blacklist_remove_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_canned_response ADD CONSTRAINT mail_canned_response_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_canned_response ADD CONSTRAINT mail_canned_response_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_canned_response_res_groups_rel ADD CONSTRAINT mail_canned_response_res_groups_re_mail_canned_response_id_fkey FOREIGN KEY (mail_canned_response_id) REFERENCES mail_canned_response(id) ON DELETE CASCADE;
ALTER TABLE mail_canned_response_res_groups_rel ADD CONSTRAINT mail_canned_response_res_groups_rel_res_groups_id_fkey FOREIGN KEY (res_groups_id) REFERENCES res_groups(id) ON DELETE CASCADE;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_author_id_fkey FOREIGN KEY (author_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_mail_activity_type_id_fkey FOREIGN KEY (mail_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_mail_server_id_fkey FOREIGN KEY (mail_server_id) REFERENCES ir_mail_server(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_record_alias_domain_id_fkey FOREIGN KEY (record_alias_domain_id) REFERENCES mail_alias_domain(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_record_company_id_fkey FOREIGN KEY (record_company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_res_domain_user_id_fkey FOREIGN KEY (res_domain_user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_subtype_id_fkey FOREIGN KEY (subtype_id) REFERENCES mail_message_subtype(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_template_id_fkey FOREIGN KEY (template_id) REFERENCES mail_template(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message ADD CONSTRAINT mail_compose_message_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_compose_message_ir_attachments_rel ADD CONSTRAINT mail_compose_message_ir_attachments_rel_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE mail_compose_message_ir_attachments_rel ADD CONSTRAINT mail_compose_message_ir_attachments_rel_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES mail_compose_message(id) ON DELETE CASCADE;
ALTER TABLE mail_compose_message_res_partner_rel ADD CONSTRAINT mail_compose_message_res_partner_rel_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_compose_message_res_partner_rel ADD CONSTRAINT mail_compose_message_res_partner_rel_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES mail_compose_message(id) ON DELETE CASCADE;
ALTER TABLE mail_followers ADD CONSTRAINT mail_followers_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_followers_edit ADD CONSTRAINT mail_followers_edit_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_followers_edit ADD CONSTRAINT mail_followers_edit_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_followers_edit_res_partner_rel ADD CONSTRAINT mail_followers_edit_res_partner_rel_mail_followers_edit_id_fkey FOREIGN KEY (mail_followers_edit_id) REFERENCES mail_followers_edit(id) ON DELETE CASCADE;
ALTER TABLE mail_followers_edit_res_partner_rel ADD CONSTRAINT mail_followers_edit_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_followers_mail_message_subtype_rel ADD CONSTRAINT mail_followers_mail_message_subtyp_mail_message_subtype_id_fkey FOREIGN KEY (mail_message_subtype_id) REFERENCES mail_message_subtype(id) ON DELETE CASCADE;
ALTER TABLE mail_followers_mail_message_subtype_rel ADD CONSTRAINT mail_followers_mail_message_subtype_rel_mail_followers_id_fkey FOREIGN KEY (mail_followers_id) REFERENCES mail_followers(id) ON DELETE CASCADE;
ALTER TABLE mail_gateway_allowed ADD CONSTRAINT mail_gateway_allowed_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_gateway_allowed ADD CONSTRAINT mail_gateway_allowed_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_guest ADD CONSTRAINT mail_guest_country_id_fkey FOREIGN KEY (country_id) REFERENCES res_country(id) ON DELETE SET NULL;
ALTER TABLE mail_guest ADD CONSTRAINT mail_guest_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_guest ADD CONSTRAINT mail_guest_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_ice_server ADD CONSTRAINT mail_ice_server_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_ice_server ADD CONSTRAINT mail_ice_server_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_link_preview ADD CONSTRAINT mail_link_preview_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_link_preview ADD CONSTRAINT mail_link_preview_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_mail ADD CONSTRAINT mail_mail_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_mail ADD CONSTRAINT mail_mail_fetchmail_server_id_fkey FOREIGN KEY (fetchmail_server_id) REFERENCES fetchmail_server(id) ON DELETE SET NULL;
ALTER TABLE mail_mail ADD CONSTRAINT mail_mail_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_mail ADD CONSTRAINT mail_mail_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_mail_res_partner_rel ADD CONSTRAINT mail_mail_res_partner_rel_mail_mail_id_fkey FOREIGN KEY (mail_mail_id) REFERENCES mail_mail(id) ON DELETE CASCADE;
ALTER TABLE mail_mail_res_partner_rel ADD CONSTRAINT mail_mail_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_author_guest_id_fkey FOREIGN KEY (author_guest_id) REFERENCES mail_guest(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_author_id_fkey FOREIGN KEY (author_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_mail_activity_type_id_fkey FOREIGN KEY (mail_activity_type_id) REFERENCES mail_activity_type(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_mail_server_id_fkey FOREIGN KEY (mail_server_id) REFERENCES ir_mail_server(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES mail_message(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_record_alias_domain_id_fkey FOREIGN KEY (record_alias_domain_id) REFERENCES mail_alias_domain(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_record_company_id_fkey FOREIGN KEY (record_company_id) REFERENCES res_company(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_subtype_id_fkey FOREIGN KEY (subtype_id) REFERENCES mail_message_subtype(id) ON DELETE SET NULL;
ALTER TABLE mail_message ADD CONSTRAINT mail_message_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_link_preview ADD CONSTRAINT mail_message_link_preview_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_link_preview ADD CONSTRAINT mail_message_link_preview_link_preview_id_fkey FOREIGN KEY (link_preview_id) REFERENCES mail_link_preview(id) ON DELETE CASCADE;
ALTER TABLE mail_message_link_preview ADD CONSTRAINT mail_message_link_preview_message_id_fkey FOREIGN KEY (message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_link_preview ADD CONSTRAINT mail_message_link_preview_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_reaction ADD CONSTRAINT mail_message_reaction_guest_id_fkey FOREIGN KEY (guest_id) REFERENCES mail_guest(id) ON DELETE CASCADE;
ALTER TABLE mail_message_reaction ADD CONSTRAINT mail_message_reaction_message_id_fkey FOREIGN KEY (message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_reaction ADD CONSTRAINT mail_message_reaction_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_message_res_partner_rel ADD CONSTRAINT mail_message_res_partner_rel_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_res_partner_rel ADD CONSTRAINT mail_message_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_message_res_partner_starred_rel ADD CONSTRAINT mail_message_res_partner_starred_rel_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_res_partner_starred_rel ADD CONSTRAINT mail_message_res_partner_starred_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_message_schedule ADD CONSTRAINT mail_message_schedule_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_schedule ADD CONSTRAINT mail_message_schedule_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_schedule ADD CONSTRAINT mail_message_schedule_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_subtype ADD CONSTRAINT mail_message_subtype_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_subtype ADD CONSTRAINT mail_message_subtype_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES mail_message_subtype(id) ON DELETE SET NULL;
ALTER TABLE mail_message_subtype ADD CONSTRAINT mail_message_subtype_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_translation ADD CONSTRAINT mail_message_translation_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_message_translation ADD CONSTRAINT mail_message_translation_message_id_fkey FOREIGN KEY (message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_message_translation ADD CONSTRAINT mail_message_translation_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_notification ADD CONSTRAINT mail_notification_author_id_fkey FOREIGN KEY (author_id) REFERENCES res_partner(id) ON DELETE SET NULL;
ALTER TABLE mail_notification ADD CONSTRAINT mail_notification_mail_mail_id_fkey FOREIGN KEY (mail_mail_id) REFERENCES mail_mail(id) ON DELETE SET NULL;
ALTER TABLE mail_notification ADD CONSTRAINT mail_notification_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_notification ADD CONSTRAINT mail_notification_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_presence ADD CONSTRAINT mail_presence_guest_id_fkey FOREIGN KEY (guest_id) REFERENCES mail_guest(id) ON DELETE CASCADE;
ALTER TABLE mail_presence ADD CONSTRAINT mail_presence_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE mail_push ADD CONSTRAINT mail_push_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_push ADD CONSTRAINT mail_push_mail_push_device_id_fkey FOREIGN KEY (mail_push_device_id) REFERENCES mail_push_device(id) ON DELETE CASCADE;
ALTER TABLE mail_push ADD CONSTRAINT mail_push_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_push_device ADD CONSTRAINT mail_push_device_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_push_device ADD CONSTRAINT mail_push_device_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE mail_push_device ADD CONSTRAINT mail_push_device_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_scheduled_message ADD CONSTRAINT mail_scheduled_message_author_id_fkey FOREIGN KEY (author_id) REFERENCES res_partner(id) ON DELETE RESTRICT;
ALTER TABLE mail_scheduled_message ADD CONSTRAINT mail_scheduled_message_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_scheduled_message ADD CONSTRAINT mail_scheduled_message_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_scheduled_message_res_partner_rel ADD CONSTRAINT mail_scheduled_message_res_partn_mail_scheduled_message_id_fkey FOREIGN KEY (mail_scheduled_message_id) REFERENCES mail_scheduled_message(id) ON DELETE CASCADE;
ALTER TABLE mail_scheduled_message_res_partner_rel ADD CONSTRAINT mail_scheduled_message_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_mail_server_id_fkey FOREIGN KEY (mail_server_id) REFERENCES ir_mail_server(id) ON DELETE SET NULL;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_model_id_fkey FOREIGN KEY (model_id) REFERENCES ir_model(id) ON DELETE CASCADE;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_ref_ir_act_window_fkey FOREIGN KEY (ref_ir_act_window) REFERENCES ir_act_window(id) ON DELETE SET NULL;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_user_id_fkey FOREIGN KEY (user_id) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template_ir_actions_report_rel ADD CONSTRAINT mail_template_ir_actions_report_rel_ir_actions_report_id_fkey FOREIGN KEY (ir_actions_report_id) REFERENCES ir_act_report_xml(id) ON DELETE CASCADE;
ALTER TABLE mail_template_ir_actions_report_rel ADD CONSTRAINT mail_template_ir_actions_report_rel_mail_template_id_fkey FOREIGN KEY (mail_template_id) REFERENCES mail_template(id) ON DELETE CASCADE;
ALTER TABLE mail_template_mail_template_reset_rel ADD CONSTRAINT mail_template_mail_template_reset_r_mail_template_reset_id_fkey FOREIGN KEY (mail_template_reset_id) REFERENCES mail_template_reset(id) ON DELETE CASCADE;
ALTER TABLE mail_template_mail_template_reset_rel ADD CONSTRAINT mail_template_mail_template_reset_rel_mail_template_id_fkey FOREIGN KEY (mail_template_id) REFERENCES mail_template(id) ON DELETE CASCADE;
ALTER TABLE mail_template_preview ADD CONSTRAINT mail_template_preview_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template_preview ADD CONSTRAINT mail_template_preview_mail_template_id_fkey FOREIGN KEY (mail_template_id) REFERENCES mail_template(id) ON DELETE CASCADE;
ALTER TABLE mail_template_preview ADD CONSTRAINT mail_template_preview_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template_reset ADD CONSTRAINT mail_template_reset_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_template_reset ADD CONSTRAINT mail_template_reset_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_tracking_value ADD CONSTRAINT mail_tracking_value_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE mail_tracking_value ADD CONSTRAINT mail_tracking_value_currency_id_fkey FOREIGN KEY (currency_id) REFERENCES res_currency(id) ON DELETE SET NULL;
ALTER TABLE mail_tracking_value ADD CONSTRAINT mail_tracking_value_field_id_fkey FOREIGN KEY (field_id) REFERENCES ir_model_fields(id) ON DELETE SET NULL;
ALTER TABLE mail_tracking_value ADD CONSTRAINT mail_tracking_value_mail_message_id_fkey FOREIGN KEY (mail_message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE mail_tracking_value ADD CONSTRAINT mail_tracking_value_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE message_attachment_rel ADD CONSTRAINT message_attachment_rel_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE message_attachment_rel ADD CONSTRAINT message_attachment_rel_message_id_fkey FOREIGN KEY (message_id) REFERENCES mail_message(id) ON DELETE CASCADE;
ALTER TABLE portal_share ADD CONSTRAINT portal_share_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE portal_share ADD CONSTRAINT portal_share_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE portal_share_res_partner_rel ADD CONSTRAINT portal_share_res_partner_rel_portal_share_id_fkey FOREIGN KEY (portal_share_id) REFERENCES portal_share(id) ON DELETE CASCADE;
ALTER TABLE portal_share_res_partner_rel ADD CONSTRAINT portal_share_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE portal_wizard ADD CONSTRAINT portal_wizard_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE portal_wizard ADD CONSTRAINT portal_wizard_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE portal_wizard_res_partner_rel ADD CONSTRAINT portal_wizard_res_partner_rel_portal_wizard_id_fkey FOREIGN KEY (portal_wizard_id) REFERENCES portal_wizard(id) ON DELETE CASCADE;
ALTER TABLE portal_wizard_res_partner_rel ADD CONSTRAINT portal_wizard_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE portal_wizard_user ADD CONSTRAINT portal_wizard_user_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE portal_wizard_user ADD CONSTRAINT portal_wizard_user_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE portal_wizard_user ADD CONSTRAINT portal_wizard_user_wizard_id_fkey FOREIGN KEY (wizard_id) REFERENCES portal_wizard(id) ON DELETE CASCADE;
ALTER TABLE portal_wizard_user ADD CONSTRAINT portal_wizard_user_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_company ADD CONSTRAINT res_company_alias_domain_id_fkey FOREIGN KEY (alias_domain_id) REFERENCES mail_alias_domain(id) ON DELETE SET NULL;
ALTER TABLE res_role ADD CONSTRAINT res_role_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_role ADD CONSTRAINT res_role_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_role_res_users_rel ADD CONSTRAINT res_role_res_users_rel_res_role_id_fkey FOREIGN KEY (res_role_id) REFERENCES res_role(id) ON DELETE CASCADE;
ALTER TABLE res_role_res_users_rel ADD CONSTRAINT res_role_res_users_rel_res_users_id_fkey FOREIGN KEY (res_users_id) REFERENCES res_users(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_volumes ADD CONSTRAINT res_users_settings_volumes_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE res_users_settings_volumes ADD CONSTRAINT res_users_settings_volumes_guest_id_fkey FOREIGN KEY (guest_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_volumes ADD CONSTRAINT res_users_settings_volumes_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_volumes ADD CONSTRAINT res_users_settings_volumes_user_setting_id_fkey FOREIGN KEY (user_setting_id) REFERENCES res_users_settings(id) ON DELETE CASCADE;
ALTER TABLE res_users_settings_volumes ADD CONSTRAINT res_users_settings_volumes_write_uid_fkey FOREIGN KEY (write_uid) REFERENCES res_users(id) ON DELETE SET NULL;
ALTER TABLE scheduled_message_attachment_rel ADD CONSTRAINT scheduled_message_attachment_rel_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES ir_attachment(id) ON DELETE CASCADE;
ALTER TABLE scheduled_message_attachment_rel ADD CONSTRAINT scheduled_message_attachment_rel_scheduled_message_id_fkey FOREIGN KEY (scheduled_message_id) REFERENCES mail_scheduled_message(id) ON DELETE CASCADE;
