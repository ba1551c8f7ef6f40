// The entry for test runners and other tools that observe a program: which code runs, what it starts, what fails
// and what it logs.
export {
  currentCause,
  frameAfter,
  frameAtEnd,
  frameBehind,
  frameOfFailure,
} from './causes/frames.js';
export type { FrameView } from './causes/frames.js';
export { observe } from './causes/observer.js';
export type { Activation, Cause, Listening, Observer } from './causes/observer.js';
export { sitesOf } from './causes/sites.js';
export type { Site } from './causes/sites.js';
export { contextOf } from './faces/context-of.js';
export { continueTask, listenToTrace } from './xtrace/log.js';
export type { TraceListener } from './xtrace/log.js';
export { joinTraces, traceSlot } from './xtrace/trace.js';
export type { Trace } from './xtrace/trace.js';
