import type { CallbackPoint, ClassMethodPoint, Points } from './entries.js';

const timer: CallbackPoint = { kind: 'timer', callbacks: [0] };
const microtask: CallbackPoint = { kind: 'microtask', callbacks: [0] };
const observer: CallbackPoint = { kind: 'observer', callbacks: [0] };
const stream: CallbackPoint = { kind: 'stream', callbacks: [0], as: 'spawnMembers' };
const completion: CallbackPoint = { kind: 'callback', callbacks: [0] };
const outcome: CallbackPoint = { kind: 'callback', callbacks: [0, 1] };

/** Global functions and constructors of the Web and of Node. A dot separates a member from its object. */
export const globals: Points = {
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  requestAnimationFrame: timer,
  webkitRequestAnimationFrame: timer,
  requestIdleCallback: timer,
  'scheduler.postTask': timer,
  queueMicrotask: microtask,
  'process.nextTick': microtask,

  fetch: { kind: 'promise', helper: 'fetchHere' },
  'Array.fromAsync': { kind: 'promise', helper: 'fromAsync' },

  'new FinalizationRegistry': observer,
  'new MutationObserver': observer,
  'new IntersectionObserver': observer,
  'new ResizeObserver': observer,
  'new PerformanceObserver': observer,
  'new ReportingObserver': observer,
  'new PressureObserver': observer,

  'new ReadableStream': stream,
  'new WritableStream': stream,
  'new TransformStream': stream,

  'document.startViewTransition': { kind: 'callback', callbacks: [0], as: 'spawnMembers' },
  'navigator.locks.request': { kind: 'callback', callbacks: 'last' },
  'navigator.geolocation.getCurrentPosition': outcome,
  'navigator.geolocation.watchPosition': outcome,
  'navigator.mediaSession.setActionHandler': { kind: 'callback', callbacks: [1] },
  'Notification.requestPermission': completion,

  postMessage: { kind: 'worker', helper: 'postHere' },
  addEventListener: { kind: 'listener', helper: 'addListenerHere' },
  removeEventListener: { kind: 'listener', helper: 'removeListenerHere' },

  'process.setUncaughtExceptionCaptureCallback': {
    ...{ kind: 'listener', callbacks: [0], as: 'spawnFailureListener' },
  },
};

/** Methods of classes of the Web platform. */
export const webMethods: Readonly<Record<string, ClassMethodPoint>> = {
  decodeAudioData: { kind: 'callback', callbacks: [1, 2] },
  getAsString: completion,
  requestVideoFrameCallback: timer,
  toBlob: completion,
};

/** Properties that take a listener: `target.onmessage = f`. */
export const handlers: ReadonlySet<string> = new Set(
  [
    // HTML: every element, document and window.
    'abort animationcancel animationend animationiteration animationstart auxclick beforeinput',
    'beforematch beforetoggle blur cancel canplay canplaythrough change click close command',
    'contextlost contextmenu contextrestored copy cuechange cut dblclick drag dragend dragenter',
    'dragleave dragover dragstart drop durationchange emptied ended error focus formdata',
    'fullscreenchange fullscreenerror gotpointercapture input invalid keydown keypress keyup load',
    'loadeddata loadedmetadata loadstart lostpointercapture mousedown mouseenter mouseleave',
    'mousemove mouseout mouseover mouseup paste pause play playing pointercancel pointerdown',
    'pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup',
    'progress ratechange reset resize scroll scrollend securitypolicyviolation seeked seeking',
    'select selectionchange selectstart slotchange stalled submit suspend timeupdate toggle',
    'touchcancel touchend touchmove touchstart transitioncancel transitionend transitionrun',
    'transitionstart volumechange waiting wheel',
    'afterprint beforeprint beforeunload hashchange languagechange message messageerror offline',
    'online pagehide pagereveal pageshow pageswap popstate rejectionhandled storage',
    'unhandledrejection unload DOMContentLoaded readystatechange visibilitychange',
    // XMLHttpRequest, WebSocket, EventSource, IndexedDB, and the rest of the platform.
    'loadend timeout open success blocked upgradeneeded complete versionchange connect disconnect',
    'dataavailable start stop resume finish remove addtrack removetrack track icecandidate',
    'iceconnectionstatechange negotiationneeded datachannel bufferedamountlow connectionstatechange',
    'signalingstatechange statechange controllerchange updatefound install activate fetch push',
    'sync notificationclick notificationclose devicechange enter leave end boundary mark result',
    'nomatch speechstart speechend soundstart soundend audiostart audioend voiceschanged',
    'processorerror audioprocess sourceopen sourceclose updatestart update updateend prioritychange',
    'currententrychange navigate navigatesuccess navigateerror dispose uncapturederror',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `on${name}`),
);
