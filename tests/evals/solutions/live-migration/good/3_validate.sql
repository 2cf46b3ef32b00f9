ALTER TABLE purchase VALIDATE CONSTRAINT purchase_buyer_fkey;
