import npm from 'util/util.js';

const { types } = npm;
export const { isAsyncFunction, isDate, isMap, isNativeError, isPromise, isRegExp, isSet, isUint8Array } = types;
export default types;
