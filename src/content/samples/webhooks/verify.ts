import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

// #region verify
/** Without a dot, so that nobody can move the borders of what is signed. */
const Signed = z.object({
  'webhook-id': z.string().regex(/^[\w-]{1,100}$/),
  'webhook-timestamp': z.string().regex(/^\d{1,12}$/),
  'webhook-signature': z.string(),
});

/** How old a delivery may be, or how far ahead its clock, in seconds. */
const TOLERANCE = 300;

/** The key in `whsec_...`. Throws at the start of the program, not later. */
export function secretOf(text: string | undefined): Buffer {
  const secret = Buffer.from((text ?? '').replace(/^whsec_/, ''), 'base64');
  if (secret.length < 24)
    throw new Error('a webhook secret has 24 bytes or more');
  return secret;
}

/** Signs id, time and bytes, as in Standard Webhooks 1.0.0. */
export function signatureOf(
  secret: Buffer,
  id: string,
  timestamp: string,
  body: Buffer,
): string {
  const hmac = createHmac('sha256', secret).update(`${id}.${timestamp}.`);
  return `v1,${hmac.update(body).digest('base64')}`;
}

/** The event's id, if one of the secrets signed these very bytes lately. */
export function authenticId(
  secrets: Buffer[],
  headers: IncomingHttpHeaders,
  body: unknown,
  now = Date.now(),
): string | undefined {
  const { data } = Signed.safeParse(headers);
  if (!data || !Buffer.isBuffer(body)) return undefined;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = data;
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE) return undefined;

  // While a secret is replaced there are two of them, on either side.
  const given = data['webhook-signature'].split(' ');
  const isGiven = (secret: Buffer) => {
    const right = Buffer.from(signatureOf(secret, id, timestamp, body));
    return given
      .map((text) => Buffer.from(text))
      .some(
        // Of different lengths, they would make timingSafeEqual throw.
        (one) => one.length === right.length && timingSafeEqual(one, right),
      );
  };
  return secrets.some(isGiven) ? id : undefined;
}
// #endregion verify
