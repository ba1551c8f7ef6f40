// The runtime that the tests load carries no context through uninstrumented code.
process.env['THROUGHLINE_BRIDGE'] = 'off';
