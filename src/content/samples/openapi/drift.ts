import assert from 'node:assert/strict';
import { differences, type Trial } from './differences.ts';
import { rows, serverOf, type Row } from './orders.ts';

// #region document
/** Written by hand for release 1.0, and true at that time. */
const handWritten = {
  openapi: '3.1.1',
  info: { title: 'Orders', version: '1.0.0' },
  paths: {
    '/orders': {
      get: {
        parameters: [
          { in: 'query', name: 'offset', schema: { type: 'integer' } },
          { in: 'query', name: 'limit', schema: { type: 'integer' } },
        ],
        responses: { 200: { description: 'A page of orders' } },
      },
      post: {
        requestBody: {
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/NewOrder' },
            },
          },
        },
        responses: {
          201: {
            description: 'The order',
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Order' },
              },
            },
          },
        },
      },
    },
    '/orders/{id}': {
      get: {
        parameters: [{ in: 'path', name: 'id', required: true, schema: {} }],
        responses: {
          200: {
            description: 'The order',
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Order' },
              },
            },
          },
        },
      },
      put: { responses: { 200: { description: 'The order, replaced' } } },
    },
  },
  components: {
    schemas: {
      NewOrder: {
        type: 'object',
        required: ['items'],
        properties: {
          items: { type: 'array', items: { type: 'object' } },
          coupon: { type: 'string' },
        },
      },
      Order: {
        type: 'object',
        required: ['id', 'status', 'total'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          status: { type: 'string', enum: ['PENDING', 'PAID'] },
          total: { type: 'integer' },
          note: { type: 'string', nullable: true },
        },
      },
    },
  },
};
// #endregion document

const id = 'a3bb189e-8bf9-4c3a-9c1e-1f2d3c4b5a69';
const order: Row = {
  id,
  status: 'REFUNDED',
  totalCents: 500,
  note: null,
  costCents: 180,
};
rows.set(id, order);

const items = [{ sku: 'PEN-1', quantity: 2 }];
const trials: Trial[] = [
  { method: 'get', path: '/orders', query: { offset: '0' } },
  { method: 'get', path: '/orders', query: { limit: '500' } },
  { method: 'get', path: '/orders', query: { status: 'PAID' } },
  { method: 'post', path: '/orders', body: { items } },
  { method: 'post', path: '/orders', body: { items: [] } },
  { method: 'post', path: '/orders', body: { coupon: 'TEN', items } },
  { method: 'get', path: '/orders/{id}', id },
];
const found = await differences(handWritten, serverOf(), trials);
console.log(found.join('\n'));
console.log(`${found.length} differences`);
const count = (part: string) =>
  found.filter((line) => line.includes(part)).length;
assert.equal(count('not documented'), 3);
assert.equal(count('not served'), 1);
assert.equal(count('refuses'), 4);
assert.equal(count('note: invalid_type'), 2);
assert.equal(found.length, 15);
