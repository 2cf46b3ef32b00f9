CREATE INDEX CONCURRENTLY ticket_open ON ticket (tenant_id, created_at, id) WHERE status = 'open';
