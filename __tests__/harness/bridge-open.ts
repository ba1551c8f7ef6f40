// The runtime that the tests load carries the context through uninstrumented code by AsyncLocalStorage.
process.env['THROUGHLINE_BRIDGE'] = 'on';
