CREATE TABLE article (id int PRIMARY KEY, title text NOT NULL, archived boolean NOT NULL);
