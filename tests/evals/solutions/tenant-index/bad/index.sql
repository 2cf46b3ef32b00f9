CREATE INDEX ticket_created_at ON ticket (created_at, tenant_id, status);
CREATE INDEX ticket_tenant_id ON ticket (tenant_id);
