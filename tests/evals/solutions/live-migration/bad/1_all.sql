ALTER TABLE purchase ADD COLUMN currency text;
UPDATE purchase SET currency = 'EUR';
ALTER TABLE purchase ALTER currency SET NOT NULL;
ALTER TABLE purchase ADD FOREIGN KEY (buyer_id) REFERENCES buyer (id);
CREATE INDEX ON purchase (buyer_id);
