SET lock_timeout = '1s';
ALTER TABLE purchase
  ADD CONSTRAINT purchase_buyer_fkey FOREIGN KEY (buyer_id) REFERENCES buyer (id) NOT VALID;
