CREATE TABLE idempotency (key text PRIMARY KEY, amount int NOT NULL, charge_id int REFERENCES charge (id));
