// #region rules
/** What Prisma's schema cannot say. In a project this is a migration. */
export const RULES = `
ALTER TABLE product
  ADD CONSTRAINT stock_not_negative CHECK (stock >= 0),
  ADD CONSTRAINT price_not_negative CHECK (price_cents >= 0);

ALTER TABLE order_line
  ADD CONSTRAINT quantity_positive CHECK (quantity > 0),
  ADD CONSTRAINT line_price_not_negative CHECK (price_cents >= 0);

ALTER TABLE customer_order
  ADD CONSTRAINT total_not_negative CHECK (total_cents >= 0);
`;
// #endregion rules
