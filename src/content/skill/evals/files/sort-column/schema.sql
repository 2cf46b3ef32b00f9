-- What we pay for an item, its cost, is nobody's business.
CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL, cost int NOT NULL);
