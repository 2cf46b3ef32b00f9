CREATE INDEX CONCURRENTLY purchase_buyer_id ON purchase (buyer_id);
