SELECT id, title, created_at FROM ticket
WHERE tenant_id = $1 AND status = 'open'
ORDER BY created_at DESC, id DESC
LIMIT 20
