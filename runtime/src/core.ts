import {
  adopt,
  adoptThrough,
  back,
  backInModule,
  begin,
  fulfil,
  refuse,
  currentFrame,
  end,
  enter,
  enterModule,
  pause,
  proceed,
  resume,
  resumeModule,
  run,
  runIn,
  runThrough,
  setCurrentFrame,
  suspend,
} from './current.js';
import { asAsync, notConstructor, asyncMembers, toKey } from './async-shape.js';
import { combine } from './combinators.js';
import { listen } from './emitters.js';
import { addListener, removeListener } from './event-targets.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import {
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  chain,
  tryCall,
  withResolvers,
} from './promises.js';
import { shared } from './realm.js';
import { siteOf, sites } from './sites.js';
import { getLocal, setLocal } from './slots.js';
import { getSpawnCallback, snapshot, spawn, spawnArguments, wrap } from './spawn.js';
import { delegated, stepByHand, steps } from './steps.js';
import { register } from './token.js';

/** The functions over the current frame, as one set: two copies must not mix theirs. */
export const core = shared('core', {
  adopt,
  adoptThrough,
  back,
  backInModule,
  begin,
  fulfil,
  refuse,
  end,
  enter,
  enterModule,
  pause,
  proceed,
  resume,
  resumeModule,
  run,
  runThrough,
  suspend,
  asAsync,
  notConstructor,
  asyncMembers,
  toKey,
  steps,
  delegated,
  stepByHand,
  sites,
  siteOf,
  combine,
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  chain,
  tryCall,
  withResolvers,
  listen,
  addListener,
  removeListener,
  outside: OUTSIDE,
  branch,
  currentFrame,
  joinFrames,
  runIn,
  setCurrentFrame,
  getLocal,
  setLocal,
  register,
  getSpawnCallback,
  snapshot,
  spawn,
  spawnArguments,
  wrap,
});
