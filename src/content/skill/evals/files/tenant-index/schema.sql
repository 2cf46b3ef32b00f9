-- Of 60 million tickets 8 percent are open.
CREATE TABLE ticket (
  id int PRIMARY KEY,
  tenant_id int NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL,
  title text NOT NULL
);
