-- Where rows of subscriptions are: each router that was told of one, and the menus. A row stays until the router holds nothing of the
-- subscription any more; it outlives the subscription, whose rows on the router do so too.
CREATE TABLE lastmile_router_place (
    subscription_id integer NOT NULL,
    router_id integer NOT NULL REFERENCES isp_mikrotik_router (id) ON DELETE CASCADE,
    menus text NOT NULL,
    PRIMARY KEY (subscription_id, router_id)
);
CREATE INDEX lastmile_router_place_router_id_index ON lastmile_router_place (router_id);

-- Services that an earlier version of this program put on routers. A database that is being taken over has none of them.
INSERT INTO lastmile_router_place (subscription_id, router_id, menus)
SELECT s.id, home.id, '/ip/dhcp-server/lease /ip/firewall/address-list /ip/hotspot/user /ppp/secret /queue/simple'
FROM isp_subscription s
JOIN LATERAL (
    SELECT r.id FROM isp_mikrotik_router r LEFT JOIN isp_device d ON d.id = r.device_id
    WHERE r.id = s.router_id OR r.sector_id = s.sector_id
    ORDER BY r.id = s.router_id DESC NULLS LAST, d.name, r.id LIMIT 1
) home ON TRUE
WHERE s.state IN ('active', 'suspended')
    AND EXISTS (SELECT 1 FROM __diesel_schema_migrations WHERE version = '0008' AND run_on < CURRENT_TIMESTAMP);
