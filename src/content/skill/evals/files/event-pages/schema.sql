-- A few million rows; an import writes thousands of them in one transaction.
CREATE TABLE event (id int PRIMARY KEY, created_at timestamptz NOT NULL, kind text NOT NULL);
CREATE INDEX event_created_at_id ON event (created_at, id);
