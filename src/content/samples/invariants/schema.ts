// #region schema
/** Each rule stands where no code can go past it, if there is such a place. */
export const RULES_IN_SQL = `
  CREATE TABLE customer (
    id    integer PRIMARY KEY,
    email text NOT NULL
  );
  CREATE UNIQUE INDEX customer_email ON customer (lower(email));

  CREATE TABLE booking (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL CONSTRAINT booking_customer
      REFERENCES customer,
    room        integer NOT NULL,
    -- An empty range clashes with nothing, and has no bounds: NULL, which a
    -- CHECK lets pass. One without an end takes the room for ever.
    during      tstzrange NOT NULL CONSTRAINT begins_and_ends
      CHECK ((isfinite(lower(during)) AND isfinite(upper(during))) IS TRUE),
    price_cents integer NOT NULL CONSTRAINT price_not_negative
      CHECK (price_cents >= 0),
    refunded    integer NOT NULL DEFAULT 0 CONSTRAINT refund_within_price
      CHECK (refunded BETWEEN 0 AND price_cents),
    status      text NOT NULL CONSTRAINT status_known
      CHECK (status IN ('HELD', 'PAID', 'USED', 'CANCELLED')),
    reason      text CONSTRAINT reason_if_cancelled
      CHECK ((status = 'CANCELLED') = (reason IS NOT NULL)),
    -- Two bookings clash if both the room and the time overlap.
    CONSTRAINT room_booked_once EXCLUDE USING gist (
      int8range(room, room, '[]') WITH &&, during WITH &&
    ) WHERE (status <> 'CANCELLED')
  );
  CREATE UNIQUE INDEX one_held ON booking (customer_id)
    WHERE status = 'HELD';

  -- A CHECK sees the new row alone; which status comes next needs both.
  CREATE FUNCTION next_status() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (OLD.status, NEW.status) NOT IN (
      ('HELD', 'PAID'), ('HELD', 'CANCELLED'), ('PAID', 'USED'),
      ('PAID', 'CANCELLED')
    ) THEN
      RAISE '% cannot become %', OLD.status, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'next_status';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER next_status BEFORE UPDATE OF status ON booking
    FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION next_status();
`;
// #endregion schema
