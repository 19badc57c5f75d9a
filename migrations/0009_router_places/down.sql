DROP TABLE lastmile_router_place;
