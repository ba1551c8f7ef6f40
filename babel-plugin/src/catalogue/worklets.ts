/** Files that may have functions which the compiler of worklets moves to another thread. */
export const mayHaveWorklets =
  /react-native-(?:reanimated|worklets|gesture-handler)\b|\b__workletClass\b/;

/** The property by which a class asks to be one. */
export const workletClass = '__workletClass';

/**
 * Functions whose arguments become worklets without the directive, with the indexes of those arguments. The
 * compiler of `react-native-worklets` knows them by these names, whatever they are imported from.
 */
export const workletTakers: Readonly<Record<string, readonly number[]>> = {
  // Hooks and animations.
  useFrameCallback: [0],
  useAnimatedStyle: [0],
  useAnimatedProps: [0],
  useAnimatedReaction: [0, 1],
  useAnimatedScrollHandler: [0],
  useDerivedValue: [0],
  useHandler: [0],
  createAnimatedPropAdapter: [0],
  withTiming: [1, 2, 3],
  withSpring: [2, 3],
  withDecay: [1],
  withRepeat: [3],
  // Callbacks of layout animations.
  withCallback: [0],
  custom: [0],
  progressAnimation: [0],
  // Other threads.
  runOnUI: [0],
  runOnUISync: [0],
  runOnUIAsync: [0],
  executeOnUIRuntimeSync: [0],
  scheduleOnUI: [0],
  runOnRuntime: [1],
  runOnRuntimeSync: [1],
  runOnRuntimeAsync: [1],
  scheduleOnRuntime: [1],
  runOnRuntimeSyncWithId: [1],
  runOnRuntimeAsyncWithId: [1],
  scheduleOnRuntimeWithId: [1],
  createWorkletRuntime: [0, 1],
  createShareable: [2],
  registerCustomSerializable: [0],
  // Gestures.
  useTapGesture: [0],
  usePanGesture: [0],
  usePinchGesture: [0],
  useRotationGesture: [0],
  useFlingGesture: [0],
  useLongPressGesture: [0],
  useNativeGesture: [0],
  useManualGesture: [0],
  useHoverGesture: [0],
};

/** The object whose methods make gestures, and the methods of gestures that take worklets. */
export const gestures = {
  maker: 'Gesture',
  methods: new Set([
    ...['onBegin', 'onStart', 'onEnd', 'onFinalize', 'onUpdate', 'onChange'],
    ...['onTouchesDown', 'onTouchesMove', 'onTouchesUp', 'onTouchesCancelled'],
  ]) as ReadonlySet<string>,
};
