-- roles_grant(): grants again; returns the roles that are missing, by spaces
select hookline.grant_roles()
