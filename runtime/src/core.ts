import {
  adopt,
  adoptThrough,
  back,
  currentFrame,
  end,
  enter,
  pause,
  proceed,
  resume,
  run,
  runIn,
  runThrough,
  setCurrentFrame,
  suspend,
} from './current.js';
import { asAsync, asyncMembers, toKey } from './async-shape.js';
import { combine } from './combinators.js';
import { listen } from './emitters.js';
import { addListener, removeListener } from './event-targets.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import {
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  then,
  tryCall,
  withResolvers,
} from './promises.js';
import { shared } from './realm.js';
import { siteOf, sites } from './sites.js';
import { getLocal, setLocal } from './slots.js';
import { getSpawnCallback, snapshot, spawn, spawnArguments, wrap } from './spawn.js';
import { steps } from './steps.js';
import { register } from './token.js';

/** The functions over the current frame, as one set: two copies must not mix theirs. */
export const core = shared('core', {
  adopt,
  adoptThrough,
  back,
  end,
  enter,
  pause,
  proceed,
  resume,
  run,
  runThrough,
  suspend,
  asAsync,
  asyncMembers,
  toKey,
  steps,
  sites,
  siteOf,
  combine,
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  then,
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
