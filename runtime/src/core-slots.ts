import { core } from './core.js';

/** The slot functions of whichever copy of the runtime this realm uses. */
export const { register, getLocal, setLocal, currentFrame, runIn, branch } = core;
