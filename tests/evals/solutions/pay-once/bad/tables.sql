CREATE TABLE idempotency (key text PRIMARY KEY, answer json NOT NULL);
