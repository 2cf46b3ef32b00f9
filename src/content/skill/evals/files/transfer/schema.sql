CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
