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
  enterCreated,
  enterModule,
  leaveFor,
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
import { listen, listenBy, listening, showing } from './emitters.js';
import {
  addListener,
  addListenerBy,
  addListenerHere,
  removeListenerHere,
  removeListener,
  unlisten,
} from './event-targets.js';
import { eventOnce, eventsOn } from './events.js';
import { handlerFor, handlerOf } from './handlers.js';
import { members } from './members.js';
import { spawnInMethod } from './methods.js';
import { middleware } from './middleware.js';
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
import { promisified } from './promisify.js';
import { shared } from './realm.js';
import { spawnArguments } from './rules.js';
import { siteOf, sites } from './sites.js';
import { getLocal, setLocal } from './slots.js';
import { getSpawnCallback, snapshot, spawn, spawnAlike, spawnEach, wrap } from './spawn.js';
import { stages } from './stages.js';
import { created, delegated, delegatedHere, restOf, stepByHand, steps } from './steps.js';
import { newChannel, newWorker, post, postHere, received, startThread } from './threads/index.js';
import { register } from './token.js';
import { asValue, bare } from './values.js';

/** The functions over the current frame, as one set: two copies must not mix theirs. */
export const core = shared(
  'core',
  {
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
    delegatedHere,
    created,
    restOf,
    enterCreated,
    leaveFor,
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
    spawnAlike,
    spawnEach,
    spawnArguments,
    spawnInMethod,
    listenBy,
    listening,
    showing,
    addListenerBy,
    handlerFor,
    handlerOf,
    members,
    stages,
    middleware,
    eventOnce,
    eventsOn,
    promisified,
    asValue,
    bare,
    newWorker,
    newChannel,
    post,
    postHere,
    received,
    addListenerHere,
    removeListenerHere,
    unlisten,
    wrap,
  },
  startThread,
);
