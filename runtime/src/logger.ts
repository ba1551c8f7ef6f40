export { LEVELS, setLevel } from './logger/levels.js';
export type { Level } from './logger/levels.js';
export { configureLoggers, getLogger } from './logger/loggers.js';
export type { Logger, LoggerOptions } from './logger/loggers.js';
