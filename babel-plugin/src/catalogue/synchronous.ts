/**
 * Methods of maps and sets, which clients of caches and databases have, too: those call back later. They are known to
 * be synchronous only where the receiver is known to be a collection.
 */
export const collectionMethods: ReadonlySet<string> = new Set(['add', 'set', 'get', 'delete']);

/** Methods that call their callbacks before they return, on any receiver. */
export const synchronousMethods: ReadonlySet<string> = new Set(
  [
    // Arrays, iterators, maps, sets, strings, promises.
    'at concat every filter find findIndex findLast findLastIndex flatMap forEach from fromAsync',
    'groupBy map reduce reduceRight some sort toSorted sort drop take toArray',
    'toSpliced append prepend remove log error warn info debug replace replaceAll match split getOrInsertComputed computeIfAbsent',
    'has push unshift splice includes indexOf',
    // Objects and functions of the language.
    'assign create define defineProperty entries freeze keys stringify parse values',
    // Tests and checks.
    'describe each expect extend it only skip test toThrow toThrowError throws rejects resolves',
    'mockImplementation mockImplementationOnce mockReturnValue spyOn fn mock doMock hoisted step',
    'toBe toEqual toStrictEqual equal strictEqual deepEqual property assert fail ok',
  ]
    .join(' ')
    .split(' '),
);
