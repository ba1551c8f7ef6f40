export { countLosses, overBudget, readBudget, writeBudget } from './budget.js';
export type { Budget } from './budget.js';
export { explain } from './explain.js';
export type { Finding, Status } from './finding.js';
export { scan } from './scan.js';
export type { FileReport } from './scan.js';
export { formatReport } from './text.js';
