// Bundles the service for production with webpack and babel-loader. babel.config.cjs has the plugin.
const { join } = require('node:path');

module.exports = {
  mode: 'production',
  target: 'node20',
  entry: './src/main.ts',
  output: { path: join(__dirname, 'dist'), filename: 'math-chain.cjs' },
  // TypeScript imports name the compiled `.js` file; resolve them to the `.ts` source.
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  devtool: 'source-map',
  module: {
    rules: [{ test: /\.ts$/, loader: 'babel-loader' }],
  },
};
