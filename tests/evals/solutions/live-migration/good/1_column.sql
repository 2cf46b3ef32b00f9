SET lock_timeout = '1s';
ALTER TABLE purchase ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
