export const { performance, PerformanceObserver } = globalThis;
export const constants = {};
export default { performance, PerformanceObserver, constants };
