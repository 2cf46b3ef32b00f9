/**
 * A built-in module that a browser cannot have. Packages may load it, and go on as long as they do not use it: each of its
 * members is a function that says so.
 */
function member(name) {
  return function unavailable() {
    throw Object.assign(new Error(`${name} is not available in a browser`), { code: 'ERR_METHOD_NOT_IMPLEMENTED' });
  };
}
exports.absent = (builtin) =>
  new Proxy(
    { constants: {} },
    {
      get: (known, key) =>
        key in known || typeof key === 'symbol' || key === '__esModule' || key === 'then' || key === 'default'
          ? known[key]
          : (known[key] = member(`${key} of node:${builtin}`)),
    },
  );
