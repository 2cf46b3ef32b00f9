CREATE TABLE buyer (id int PRIMARY KEY);

-- 200 million rows, read and written all day.
CREATE TABLE purchase (id int PRIMARY KEY, buyer_id int NOT NULL, total int NOT NULL);
